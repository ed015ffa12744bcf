import { writingOnlyAdds as rule } from '../../../../src/trust/rules/writing-only-adds';
import { allow, at, either, judged, MANAGEMENT, OPEN, type ResourceTable, role, SOURCE, VAULT } from './judging';

const THINGS: ResourceTable = {
  Table: ['AWS::DynamoDB::Table', { TableName: 'checkvalve-sources' }],
  Inbox: ['AWS::SQS::Queue', { QueueName: 'checkvalve-inbox' }],
};
const found = (resources: ResourceTable) => judged(rule, 'vault', { ...THINGS, ...resources }, { sections: OPEN });
const as = (step: string, ...statements: readonly object[]) =>
  found({ Role: role(`checkvalve-${step}-eu-central-1`, ...statements.map(allow)) });
const stem = `arn:aws:rds:eu-central-1:${VAULT}`;
const mark = { Condition: { StringEquals: { 'aws:RequestTag/checkvalve:role': 'vault' } } };
const shared = { Action: 'rds:CopyDBSnapshot', Resource: 'arn:aws:rds:eu-central-1:*:snapshot:checkvalve-*' };
/** What the role denies itself: to copy its own snapshots, and to make copies without our mark. */
const deny = (more: object = {}) => ({
  Effect: 'Deny',
  Action: ['rds:CopyDBClusterSnapshot', 'rds:CopyDBSnapshot'],
  Resource: [`${stem}:cluster-snapshot:*`, `${stem}:snapshot:*`],
  Condition: { StringNotEquals: { 'aws:RequestTag/checkvalve:role': 'vault' } },
  ...more,
});
const sharedClusters = {
  Action: 'rds:CopyDBClusterSnapshot',
  Resource: 'arn:aws:rds:eu-central-1:*:cluster-snapshot:checkvalve-*',
};
const copy = { Action: 'rds:CopyDBSnapshot', Resource: `${stem}:snapshot:checkvalve-*`, ...mark };

const tagging = (Condition: object | undefined) => ({
  Action: 'rds:AddTagsToResource',
  Resource: `${stem}:snapshot:checkvalve-*`,
  ...(Condition && { Condition }),
});
const failure = {
  StringEquals: { 'aws:ResourceTag/checkvalve:role': 'vault' },
  'ForAllValues:StringEquals': { 'aws:TagKeys': ['checkvalve:failed-at'] },
  Null: { 'aws:TagKeys': 'false' },
};

test.each<[string, string, object]>([
  ['import-copies', 'tag new copies with our mark', tagging(mark.Condition)],
  ['import-copies', 'tag as failed', tagging(failure)],
  [
    'import-copies',
    'receive notifications',
    { Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage'], Resource: at('Inbox') },
  ],
  [
    'import-copies',
    'open access roles',
    { Action: 'sts:AssumeRole', Resource: 'arn:aws:iam::*:role/checkvalve-snapshot-access-eu-central-1' },
  ],
  ['follow-sources', 'keep sources', { Action: ['dynamodb:PutItem', 'dynamodb:Scan'], Resource: at('Table') }],
  [
    'follow-sources',
    'open the registry',
    { Action: 'sts:AssumeRole', Resource: `arn:aws:iam::${MANAGEMENT}:role/checkvalve-registry-access` },
  ],
  [
    'follow-sources',
    'subscribe',
    { Action: 'sns:Subscribe', Resource: 'arn:aws:sns:eu-central-1:*:checkvalve-copies' },
  ],
  ['prune-copies', 'look', { Action: 'rds:DescribeDBSnapshots', Resource: `${stem}:snapshot:*` }],
])('%s may %s', (step, _, statement) => expect(as(step, statement)).toEqual([]));

test.each<[string, string, object]>([
  ['follow-sources', 'remove a source', { Action: 'dynamodb:DeleteItem', Resource: at('Table') }],
  ['follow-sources', 'take any role', { Action: 'sts:AssumeRole', Resource: 'arn:aws:iam::*:role/*' }],
  [
    'follow-sources',
    'open access roles of sources',
    { Action: 'sts:AssumeRole', Resource: 'arn:aws:iam::*:role/checkvalve-snapshot-access-eu-central-1' },
  ],
  ['follow-sources', 'subscribe to anything', { Action: 'sns:Subscribe', Resource: '*' }],
  ['import-copies', 'change the inbox’s policy', { Action: 'sqs:SetQueueAttributes', Resource: at('Inbox') }],
  ['import-copies', 'empty the inbox', { Action: 'sqs:PurgeQueue', Resource: at('Inbox') }],
  ['import-copies', 'send to the inbox', { Action: 'sqs:SendMessage', Resource: at('Inbox') }],
  ['import-copies', 'copy without our mark', { ...copy, Condition: undefined }],
  ['import-copies', 'copy whatever is shared, its own copies too', shared],
  [
    'import-copies',
    'copy what another account says that it owns',
    { ...shared, Condition: { StringNotEquals: { 'aws:ResourceAccount': VAULT } } },
  ],
  ['import-copies', 'copy under any name', { ...copy, Resource: 'arn:aws:rds:eu-central-1:*:snapshot:*' }],
  ['import-copies', 'make a copy under any name', { ...copy, Resource: `${stem}:snapshot:*` }],
  ['import-copies', 'tag any copy', tagging(undefined)],
  ['import-copies', 'tag as failed a snapshot that is not a copy', tagging({ ...failure, StringEquals: undefined })],
  [
    'import-copies',
    'lift a hold with a mark',
    tagging({
      ...failure,
      'ForAllValues:StringEquals': { 'aws:TagKeys': ['checkvalve:failed-at', 'checkvalve:legal-hold'] },
    }),
  ],
  ['import-copies', 'mark with no key at all', tagging({ ...failure, Null: undefined })],
  ['prune-copies', 'tag as failed', tagging(failure)],
  ['import-copies', 'stop its own schedule', { Action: 'events:DisableRule', Resource: '*' }],
  ['import-copies', 'change code', { Action: 'lambda:UpdateFunctionCode', Resource: '*' }],
  ['import-copies', 'untag', { Action: 'rds:RemoveTagsFromResource', Resource: `${stem}:snapshot:checkvalve-*` }],
  [
    'import-copies',
    'reach another account',
    { Action: 'sqs:ReceiveMessage', Resource: `arn:aws:sqs:eu-central-1:${SOURCE}:checkvalve-inbox` },
  ],
  ['import-copies', 'do anything', { Action: 'sqs:*', Resource: at('Inbox') }],
  ['other', 'copy', copy],
])('%s may not %s', (step, _, statement) => {
  expect(as(step, statement)).toEqual([expect.stringContaining(`checkvalve-${step}-eu-central-1 may `)]);
});

test('import-copies may copy shared snapshots if its role denies copying the vault’s own', () => {
  expect(as('import-copies', shared, sharedClusters, deny())).toEqual([]);
  expect(as('prune-copies', shared, deny())).not.toEqual([]);
  expect(as('import-copies', { ...shared, Resource: 'arn:aws:rds:eu-central-1:*:snapshot:*' }, deny())).not.toEqual([]);
});

const placeholderOf = (value: unknown) => ({ 'aws:RequestTag/checkvalve:role': value });
test.each<[string, object]>([
  ['another action', { Action: 'rds:CopyDBClusterSnapshot' }],
  ['some names only', { Resource: [`${stem}:cluster-snapshot:*`, `${stem}:snapshot:other-*`] }],
  ['snapshots of clusters only', { Resource: `${stem}:cluster-snapshot:*` }],
  ['another Region', { Resource: `arn:aws:rds:eu-west-1:${VAULT}:*` }],
  ['another mark', { Condition: { StringNotEquals: placeholderOf('export') } }],
  ['what is marked', { Condition: { StringEquals: placeholderOf('vault') } }],
  ['all but two marks', { Condition: { StringNotEquals: placeholderOf(['vault', 'export']) } }],
  ['what is tagged at all', { Condition: { StringNotEqualsIfExists: placeholderOf('vault') } }],
  [
    'less, by another condition',
    { Condition: { StringNotEquals: placeholderOf('vault'), Bool: { 'aws:SecureTransport': 'false' } } },
  ],
  ['nothing where a parameter is set', { Resource: either(`${stem}:snapshot:*`, `${stem}:snapshot:other`) }],
])('import-copies may not copy shared snapshots if its role denies only %s', (_, more) => {
  expect(as('import-copies', shared, deny(more))).toContainEqual(
    expect.stringContaining('checkvalve-import-copies-eu-central-1 may rds:CopyDBSnapshot on '),
  );
});

test('a Deny of a role applies to that role alone', () => {
  const other = { Other: role('checkvalve-prune-copies-eu-central-1', allow(deny())) };
  const importer = role('checkvalve-import-copies-eu-central-1', allow(shared));
  expect(found({ ...other, Importer: importer })).not.toEqual([]);
});

test.each<[string, object]>([
  ['what a parameter names', { Action: 'sqs:ReceiveMessage', Resource: { Ref: 'AccountParameter' } }],
  ['one or the other', { Action: 'sqs:ReceiveMessage', Resource: either(at('Inbox'), '*') }],
  ['marked, or not', { ...copy, Condition: either(copy.Condition, { Ref: 'AWS::NoValue' }) }],
])('an unknown value is a finding: %s', (_, statement) => expect(as('import-copies', statement)).not.toEqual([]));

test('a role that deletes or shares reads no input from outside', () => {
  const deletes = { Action: 'rds:DeleteDBSnapshot', Resource: `${stem}:snapshot:checkvalve-*` };
  const looks = { Action: 'rds:DescribeDBSnapshots', Resource: `${stem}:snapshot:*` };
  expect(as('prune-copies', deletes, looks)).toEqual([]);
  const receives = { Action: 'sqs:ReceiveMessage', Resource: at('Inbox') };
  expect(as('prune-copies', deletes, receives)).toContain(
    'checkvalve-prune-copies-eu-central-1 can delete or share, and reads input from outside the vault',
  );
  const opens = { Action: 'sts:AssumeRole', Resource: 'arn:aws:iam::*:role/checkvalve-snapshot-access-eu-central-1' };
  expect(as('import-copies', opens, { ...deletes, Action: 'rds:ModifyDBSnapshotAttribute' })).toContainEqual(
    expect.stringContaining('reads input from outside the vault'),
  );
});

test.each<[string, object | undefined, number]>([
  ['two runs at once', { MaximumConcurrency: 2 }, 0],
  ['ten', { MaximumConcurrency: 10 }, 0],
  ['a hundred', { MaximumConcurrency: 100 }, 1],
  ['as many as come', undefined, 1],
  ['what a parameter says', { MaximumConcurrency: { Ref: 'AccountParameter' } }, 1],
])('a queue that starts %s', (_, ScalingConfig, faults) => {
  const properties = { EventSourceArn: at('Inbox'), FunctionName: 'x', ...(ScalingConfig && { ScalingConfig }) };
  expect(found({ Feed: ['AWS::Lambda::EventSourceMapping', properties] })).toHaveLength(faults);
});

test.each<[string, unknown, number]>([
  ['fifty accounts per day', '{"maxNewAccountsPerDay":50}', 0],
  ['none', '{"maxNewAccountsPerDay":0}', 0],
  ['a million', '{"maxNewAccountsPerDay":1000000}', 1],
  ['fewer than none', '{"maxNewAccountsPerDay":-1}', 1],
  ['as many as there are', '{}', 1],
  ['what cannot be read', '{', 1],
])('a follower that accepts %s', (_, limits, faults) => {
  const Variables = { CHECKVALVE_INBOX_ARN: 'x', CHECKVALVE_LIMITS: limits };
  expect(
    found({ Step: ['AWS::Lambda::Function', { Code: { ZipFile: '' }, Environment: { Variables } }] }),
  ).toHaveLength(faults);
});
