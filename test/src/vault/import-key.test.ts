import { COPY_KEY_ACTIONS } from '../../../src/contract/names';
import { evaluate } from '../../../src/policy-evaluator/evaluate';
import type { PolicyDocument } from '../../../src/policy-evaluator/policy';
import { resourcesOf, templatesOf } from '../../support/synthesized';

const VAULT = '333300002222';
const [[, key] = []] = Object.entries(resourcesOf(templatesOf().vault)).filter(
  ([id, { Type }]) => Type === 'AWS::KMS::Key' && id.startsWith('ImportKey'),
);
const text = JSON.stringify(key?.Properties.KeyPolicy);
const policy = JSON.parse(
  text.replace(/\{"Fn::Join":\["",\["arn:",\{"Ref":"AWS::Partition"\},"(:iam::\d{12}:root)"\]\]\}/g, '"arn:aws$1"'),
) as PolicyDocument;
const ALL: PolicyDocument = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

/** What an administrator of the vault may do with the import key. */
const may = (action: string, context: Record<string, string> = {}): string =>
  evaluate({
    principal: `arn:aws:iam::${VAULT}:role/administrator`,
    action,
    resource: `arn:aws:kms:eu-central-1:${VAULT}:key/00000000-0000-4000-8000-000000000001`,
    resourceAccount: VAULT,
    context,
    identityPolicies: [ALL],
    resourcePolicy: policy,
  }).decision;

test('the import key denies nothing to all principals, because RDS copies under it', () =>
  expect(text).not.toContain('Deny'));

test('the vault may administer the key, and RDS may copy under it', () => {
  const administration = [
    'PutKeyPolicy',
    'ScheduleKeyDeletion',
    'CancelKeyDeletion',
    'EnableKeyRotation',
    'TagResource',
  ];
  for (const action of [...administration.map((one) => `kms:${one}`), ...COPY_KEY_ACTIONS, 'kms:ListGrants'])
    expect([action, may(action)]).toEqual([action, 'Allowed']);
});

test('grants on the key are for AWS services only', () => {
  expect(may('kms:CreateGrant', { 'kms:GrantIsForAWSResource': 'true' })).toBe('Allowed');
  expect(may('kms:CreateGrant', { 'kms:GrantIsForAWSResource': 'false' })).toBe('ImplicitlyDenied');
  expect(may('kms:CreateGrant')).toBe('ImplicitlyDenied');
});
