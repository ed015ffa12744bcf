import {
  backupRoleAssumption,
  deliveryToQueue,
  functionInvocation,
  functionRoleAssumption,
  impliedByBackup,
  impliedByRunning,
} from '../../../../src/trust/implied/service-accesses';
import { publicationToTopic, queueKeyAccesses } from '../../../../src/trust/implied/service-messages';

const topic = 'arn:aws:sns:eu-central-1:222200001111:checkvalve-copies';
const inbox = 'arn:aws:sqs:eu-central-1:333300002222:checkvalve-inbox';
const step = 'arn:aws:lambda:eu-central-1:333300002222:function:checkvalve-import-copies';
const rule = 'arn:aws:events:eu-central-1:333300002222:rule/sweep';
const role = 'arn:aws:iam::333300002222:role/checkvalve-import-copies-eu-central-1';

test.each([
  [
    'a message',
    deliveryToQueue(topic, inbox),
    { action: 'sqs:SendMessage', resource: inbox, resourceAccount: '333300002222' },
    { 'aws:SourceArn': topic, 'aws:SourceAccount': '222200001111' },
  ],
  [
    'a wake-up',
    functionInvocation(step, rule),
    { action: 'lambda:InvokeFunction', resource: step, resourceAccount: '333300002222' },
    { 'aws:SourceArn': rule, 'aws:SourceAccount': '333300002222' },
  ],
  [
    'Lambda taking a role',
    functionRoleAssumption(step, role),
    { action: 'sts:AssumeRole', resource: role, resourceAccount: '333300002222' },
    { 'aws:SourceArn': step, 'aws:SourceAccount': '333300002222' },
  ],
  [
    'AWS Backup taking a role',
    backupRoleAssumption(role),
    { action: 'sts:AssumeRole', resource: role, resourceAccount: '333300002222' },
    { 'aws:SourceAccount': '333300002222' },
  ],
])('%s has its resource and its source', (_, access, what, context) => {
  expect(access).toMatchObject(what);
  expect(access.context).toEqual({ 'aws:SecureTransport': 'true', ...context });
});

test('a function writes its log and reads its queue', () => {
  const log = 'arn:aws:logs:eu-central-1:333300002222:log-group:/aws/lambda/checkvalve-import-copies:*';
  const actions = (queue?: string) => impliedByRunning(log, queue).map(({ action, resource }) => [action, resource]);
  const writing = [
    ['logs:CreateLogStream', log],
    ['logs:PutLogEvents', log],
  ];
  expect(actions()).toEqual(writing);
  expect(actions(inbox)).toEqual([
    ...writing,
    ['sqs:DeleteMessage', inbox],
    ['sqs:GetQueueAttributes', inbox],
    ['sqs:ReceiveMessage', inbox],
  ]);
});

test.each([
  ['db:orders', 'snapshot', 'DBSnapshot'],
  ['cluster:ledger', 'cluster-snapshot', 'DBClusterSnapshot'],
])('a backup of %s creates, tags and deletes a %s', (name, kind, suffix) => {
  const stem = 'arn:aws:rds:eu-central-1:222200001111';
  const point = `${stem}:${kind}:awsbackup:job-1`;
  const key = 'arn:aws:kms:eu-central-1:222200001111:key/k';
  const all = impliedByBackup(`${stem}:${name}`, point, key, 'arn:aws:backup:x:1:backup-vault:v');
  const texts = all.map(({ action, resource }) => `${action} ${resource}`);
  expect(texts).toEqual(
    expect.arrayContaining([
      `rds:Create${suffix} ${stem}:${name}`,
      `rds:Create${suffix} ${point}`,
      `rds:Copy${suffix} ${stem}:${kind}:rds:automated`,
      `rds:Copy${suffix} ${point}`,
      `rds:AddTagsToResource ${point}`,
      `rds:ListTagsForResource ${stem}:${name}`,
      `rds:Delete${suffix} ${point}`,
    ]),
  );
  expect(all.find(({ action }) => action === 'kms:CreateGrant')?.context).toMatchObject({
    'kms:GrantIsForAWSResource': 'true',
    'kms:ViaService': 'rds.eu-central-1.amazonaws.com',
  });
  const unencrypted = impliedByBackup(`${stem}:${name}`, point, undefined, 'arn:aws:backup:x:1:backup-vault:v');
  expect(unencrypted.filter(({ action }) => action.startsWith('kms:'))).toEqual([]);
});

describe('a service that publishes to a topic under a key', () => {
  const alerts = 'arn:aws:sns:eu-central-1:333300002222:checkvalve-alerts';
  const key = 'arn:aws:kms:eu-central-1:333300002222:key/k';
  const alarm = 'arn:aws:cloudwatch:eu-central-1:333300002222:alarm:a';
  const secure = { 'aws:SecureTransport': 'true' };
  const sourceOf = (arn: string) => ({ ...secure, 'aws:SourceArn': arn, 'aws:SourceAccount': '333300002222' });

  test.each([
    ['cloudwatch.amazonaws.com', alarm, sourceOf(alarm)],
    // https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    ['events.amazonaws.com', rule, secure],
  ])('%s names its source to the topic, and to the key where AWS says so', (service, source, toKey) => {
    const accesses = publicationToTopic(service, source, alerts, key);
    expect(accesses.map(({ action, resource, context }) => [action, resource, context])).toEqual([
      ['sns:Publish', alerts, sourceOf(source)],
      ['kms:Decrypt', key, toKey],
      ['kms:GenerateDataKey', key, toKey],
    ]);
    expect(publicationToTopic(service, source, alerts)).toHaveLength(1);
  });

  test('an encrypted queue needs its key as well', () => {
    expect(queueKeyAccesses('sns.amazonaws.com', topic)).toEqual([]);
    expect(queueKeyAccesses('sns.amazonaws.com', topic, key).map(({ action }) => action)).toEqual([
      'kms:Decrypt',
      'kms:GenerateDataKey',
    ]);
  });
});
