import { config } from '../../../src/checkvalve.config';
import { accountId, region } from '../../../src/contract/ids';
import { copiesTopicArn, NAMES } from '../../../src/contract/names';
import type { PrincipalInput } from '../../../src/policy-evaluator/case';
import { evaluate } from '../../../src/policy-evaluator/evaluate';
import type { PolicyDocument } from '../../../src/policy-evaluator/policy';
import { PolicyBook } from '../../../src/trust/policy-book';
import { resolveTemplate } from '../../../src/trust/templates/resolve-template';
import { templatesOf } from '../../support/synthesized';

const HERE = 'eu-central-1';
const VAULT = config.vault.account;
const SOURCE = accountId('222200001111');
const ALL: PolicyDocument = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
const place = { account: VAULT, region: HERE, stackName: `Vault-${HERE}` };
const book = PolicyBook.of(resolveTemplate(JSON.parse(templatesOf().vault), place).variants);

/** Everything of the vault that has a policy, and its copies, which can have none. */
const RESOURCES = [
  ...new Set(book.policies.map(({ ownerArn }) => ownerArn)),
  `arn:aws:rds:${HERE}:${VAULT}:snapshot:checkvalve-222200001111-orders-0011223344556677`,
  `arn:aws:rds:${HERE}:${VAULT}:cluster-snapshot:checkvalve-222200001111-ledger-0011223344556677`,
];
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  rds: [
    'DeleteDBSnapshot',
    'DeleteDBClusterSnapshot',
    'ModifyDBSnapshotAttribute',
    'CopyDBSnapshot',
    'AddTagsToResource',
  ],
  iam: ['sts:AssumeRole', 'sts:TagSession', 'iam:PassRole', 'iam:UpdateAssumeRolePolicy'],
  sqs: ['ReceiveMessage', 'DeleteMessage', 'PurgeQueue', 'SendMessage', 'SetQueueAttributes', 'AddPermission'],
  kms: ['Decrypt', 'CreateGrant', 'ScheduleKeyDeletion', 'DisableKey', 'PutKeyPolicy', 'ReEncryptFrom', 'RetireGrant'],
};

function ask(principal: PrincipalInput, action: string, resource: string, context = {}): string {
  const account = typeof principal === 'string' ? { principalAccount: principal.split(':')[4] } : {};
  return evaluate({
    principal,
    ...account,
    action,
    resource,
    resourceAccount: VAULT,
    context: { 'aws:SecureTransport': 'true', ...context },
    identityPolicies: typeof principal === 'string' ? [ALL] : [],
    // A role's trust policy is asked for sts: alone.
    resourcePolicy: action.startsWith('iam:') ? null : (book.resourcePolicy(resource) ?? null),
  }).decision;
}

const questions = RESOURCES.flatMap((resource) => {
  const service = resource.split(':')[2] ?? '';
  return (ACTIONS[service] ?? []).map((action) => [action.includes(':') ? action : `${service}:${action}`, resource]);
}) as [string, string][];

// Case 47.
test('an administrator of a source has no access to any resource of the vault', () => {
  for (const service of ['iam', 'kms', 'rds', 'sqs']) {
    expect(RESOURCES.filter((arn) => arn.split(':')[2] === service).length).toBeGreaterThan(0);
  }
  const admin = `arn:aws:iam::${SOURCE}:role/administrator`;
  expect(questions.filter(([action, resource]) => ask(admin, action, resource) === 'Allowed')).toEqual([]);
  expect(questions.length).toBeGreaterThan(30);
});

// Case 47.
test('the inbox accepts messages that SNS sends for a copies topic, and for no other topic', () => {
  const inbox = `arn:aws:sqs:${HERE}:${VAULT}:${NAMES.inbox}`;
  const sns = { service: 'sns.amazonaws.com' };
  const from = (topic: string) => ask(sns, 'sqs:SendMessage', inbox, { 'aws:SourceArn': topic });
  expect(from(copiesTopicArn(SOURCE, region(HERE)))).toBe('Allowed');
  expect(from(`arn:aws:sns:${HERE}:${SOURCE}:others`)).not.toBe('Allowed');
  expect(ask(sns, 'sqs:ReceiveMessage', inbox, { 'aws:SourceArn': copiesTopicArn(SOURCE, region(HERE)) })).not.toBe(
    'Allowed',
  );
});

// Case 47.
test('the evaluator can allow: the key of the vault allows an administrator of the vault', () => {
  const [key = ''] = RESOURCES.filter((arn) => arn.startsWith('arn:aws:kms:'));
  expect(ask(`arn:aws:iam::${VAULT}:role/administrator`, 'kms:DescribeKey', key)).toBe('Allowed');
});
