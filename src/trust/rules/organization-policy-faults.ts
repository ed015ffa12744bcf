import type { Estate, JudgedResource } from '../templates/judged-templates';
import { isUnresolved } from '../templates/value-location';
import { isList, isObject, type Json } from '../templates/template';

/** Root, unit or account of an organization.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_AttachPolicy.html */
const TARGET = /^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|\d{12})$/;

/**
 * What a policy of the organization could do to the vault. A service control policy binds whoever it is attached to, their
 * root users included: one on the vault could stop every step of it. Which accounts a unit holds only Organizations knows:
 * where the vault is a member, `organization-policies` stands among the powers that no template gives.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
 */
export function policyFaults({ type, properties }: JudgedResource, { accounts }: Estate): readonly string[] {
  if (type !== 'AWS::Organizations::Policy') return [];
  const { Type, Content = null, TargetIds = [] } = properties;
  return [
    ...(Type === 'SERVICE_CONTROL_POLICY' ? [] : [`it is no service control policy, but ${shown(Type)}`]),
    ...(onlyDenies(Content) ? [] : ['it does more than to deny, or cannot be read']),
    ...(isList(TargetIds) ? TargetIds : [TargetIds]).flatMap((target): readonly string[] => {
      if (target === accounts.vault) return ['it is attached to the vault, and could stop every step of it'];
      const isKnown = typeof target === 'string' && TARGET.test(target);
      return isKnown ? [] : [`nobody can tell whether it is attached to the vault: ${shown(target)}`];
    }),
  ];
}

const shown = (value: Json | undefined): string => (value === undefined ? 'of no type' : JSON.stringify(value));

/** Whether every statement of a policy is there, can be read, and denies. */
function onlyDenies(content: Json): boolean {
  const policy = parsed(content);
  if (!isObject(policy) || isUnresolved(JSON.stringify(policy))) return false;
  const { Statement: held = [], Version: _, Id: __, ...strange } = policy;
  const statements = isList(held) ? held : [held];
  return (
    Object.keys(strange).length === 0 &&
    statements.length > 0 &&
    statements.every((one) => isObject(one) && one.Effect === 'Deny')
  );
}

/** CloudFormation takes a policy as an object or as text. */
function parsed(content: Json): unknown {
  if (typeof content !== 'string') return content;
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}
