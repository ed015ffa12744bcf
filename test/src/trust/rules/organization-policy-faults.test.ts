import { guardrailPolicies } from '../../../../src/management/guardrail-policies';
import { writingOnlyAdds as rule } from '../../../../src/trust/rules/writing-only-adds';
import { allow, document, either, judged, OPEN, SOURCE, VAULT } from './judging';

const deny = { Effect: 'Deny', Action: 'rds:*', Resource: '*' };
const unit = 'ou-ex01-workload';
const found = (changed: object) => {
  const policy = { Name: 'x', Type: 'SERVICE_CONTROL_POLICY', Content: document(deny), TargetIds: [unit], ...changed };
  return judged(rule, 'management', { Policy: ['AWS::Organizations::Policy', policy] }, { sections: OPEN });
};
const more = 'it does more than deny, or cannot be read';
const onVault = 'it is attached to the vault, and could stop every step in it';

test.each<[string, object]>([
  ['deny in a unit', {}],
  ['deny in the root', { TargetIds: ['r-ex01'] }],
  ['deny in a source', { TargetIds: [SOURCE] }],
  ['be attached to nothing', { TargetIds: undefined }],
  ['be text', { Content: JSON.stringify(document(deny)) }],
  ['hold one statement that is no list', { Content: { Version: '2012-10-17', Statement: deny } }],
  ['deny all but something', { Content: document({ ...deny, Action: undefined, NotAction: 'iam:*' }) }],
  ...guardrailPolicies(['breakglass']).map(({ name, document: Content }): [string, object] => [name, { Content }]),
])('a policy of the organization may: %s', (_, changed) => expect(found(changed)).toEqual([]));

test.each<[string, object, string]>([
  ['stop the vault', { TargetIds: [VAULT] }, onVault],
  ['stop the vault among others', { TargetIds: [unit, VAULT] }, onVault],
  ['stop the vault, or another', { TargetIds: [either(VAULT, unit)] }, onVault],
  ['allow', { Content: document(deny, allow({ Action: '*', Resource: '*' })) }, more],
  ['allow in text', { Content: JSON.stringify(document(allow({ Action: '*', Resource: '*' }))) }, more],
  ['allow, or deny', { Content: document({ ...deny, Effect: either('Allow', 'Deny') }) }, more],
  ['deny in another case', { Content: document({ ...deny, Effect: 'deny' }) }, more],
  ['hold nothing', { Content: document() }, more],
  ['hold what no policy has', { Content: { ...document(deny), tags: {} } }, more],
  [
    'set backups',
    { Type: 'BACKUP_POLICY', Content: { plans: {} } },
    'it is not a service control policy, but "BACKUP_POLICY"',
  ],
  [
    'bind resources',
    { Type: 'RESOURCE_CONTROL_POLICY' },
    'it is not a service control policy, but "RESOURCE_CONTROL_POLICY"',
  ],
  ['be of no type', { Type: undefined }, 'it is not a service control policy, but without a type'],
])('a policy of the organization may not: %s', (_, changed, fault) => expect(found(changed)).toContain(fault));

test.each<[string, object]>([
  ['what a parameter targets', { TargetIds: [{ Ref: 'AccountParameter' }] }],
  ['targets that a parameter lists', { TargetIds: { Ref: 'AccountParameter' } }],
  ['targets that another stack exports', { TargetIds: [{ 'Fn::ImportValue': 'Unit' }] }],
  ['a target that is none', { TargetIds: ['every-account'] }],
  ['a type from a parameter', { Type: { Ref: 'AccountParameter' } }],
  ['content from a parameter', { Content: { Ref: 'AccountParameter' } }],
  ['an effect from a parameter', { Content: document({ ...deny, Effect: { Ref: 'AccountParameter' } }) }],
  ['an action from a parameter', { Content: document({ ...deny, Action: { Ref: 'AccountParameter' } }) }],
  ['text that is no policy', { Content: 'deny everything' }],
  ['no content', { Content: undefined }],
])('an unknown value is a finding: %s', (_, changed) => expect(found(changed)).toHaveLength(1));
