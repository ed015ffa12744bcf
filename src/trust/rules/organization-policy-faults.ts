import type { JudgedTemplates } from '../templates/judged-templates';
import { isList, isObject, type Json, type ResolvedResource } from '../templates/template';
import { isUnresolved } from '../templates/value-location';

/** Root, organizational unit or account.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_AttachPolicy.html */
const TARGET = /^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|\d{12})$/;

/**
 * What a policy of the organization could do to the vault. A service control policy applies to all principals of the accounts
 * that it is attached to, root users included, so one on the vault could stop every step in it. Only Organizations knows
 * which accounts an organizational unit holds: where the vault is a member, the inherited power `organization-policies` says
 * so.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
 */
export function organizationPolicyFaults(
  { type, properties }: ResolvedResource,
  { accounts }: JudgedTemplates,
): readonly string[] {
  if (type !== 'AWS::Organizations::Policy') return [];
  const { Type, Content = null, TargetIds = [] } = properties;
  return [
    ...(Type === 'SERVICE_CONTROL_POLICY' ? [] : [`it is not a service control policy, but ${shown(Type)}`]),
    ...(onlyDenies(Content) ? [] : ['it does more than deny, or cannot be read']),
    ...(isList(TargetIds) ? TargetIds : [TargetIds]).flatMap((target): readonly string[] => {
      if (target === accounts.vault) return ['it is attached to the vault, and could stop every step in it'];
      const isKnown = typeof target === 'string' && TARGET.test(target);
      return isKnown ? [] : [`whether it is attached to the vault is unknown: ${shown(target)}`];
    }),
  ];
}

const shown = (value: Json | undefined): string => (value === undefined ? 'without a type' : JSON.stringify(value));

/** Whether a policy has statements, all of them can be read, and all of them deny. */
function onlyDenies(content: Json): boolean {
  const policy = parsed(content);
  if (!isObject(policy) || isUnresolved(JSON.stringify(policy))) return false;
  const { Statement: held = [], Version: _, Id: __, ...unknown } = policy;
  const statements = isList(held) ? held : [held];
  return (
    Object.keys(unknown).length === 0 &&
    statements.length > 0 &&
    statements.every((one) => isObject(one) && one.Effect === 'Deny')
  );
}

/** CloudFormation accepts a policy as an object or as text. */
function parsed(content: Json): unknown {
  if (typeof content !== 'string') return content;
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}
