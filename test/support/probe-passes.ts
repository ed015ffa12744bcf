import { evaluate } from '../../src/policy-evaluator/evaluate';
import type { PolicyDocument } from '../../src/policy-evaluator/policy';
import type { PolicyBook } from '../../src/trust/policy-book';
import type { Probe } from './must-be-refused';

/** The identity policy of an administrator. */
const ALL: PolicyDocument = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

/** Whether the access of a probe is allowed by these policies. */
export function passes(policies: PolicyBook, { principal, access, allowsItselfAll, resourcePolicy }: Probe): boolean {
  const arn = typeof principal === 'string' ? principal : '';
  const { decision } = evaluate({
    principal,
    ...(arn && { principalAccount: arn.split(':')[4] }),
    action: access.action,
    resource: access.resource,
    resourceAccount: access.resourceAccount,
    context: access.context,
    identityPolicies: allowsItselfAll ? [ALL] : policies.identityPolicies(arn),
    resourcePolicy: policies.resourcePolicy(access.resource) ?? resourcePolicy ?? null,
  });
  return decision === 'Allowed';
}
