import { CheckvalveError } from '../../contract/errors';
import { type Access, type AwsCall, type Row, textOf, type WorldFacts } from './access';
import { RDS_ROWS } from './rds';

const REFERENCE = 'https://docs.aws.amazon.com/service-authorization/latest/reference';
const accountIn = (arn: string): string => arn.split(':')[4] ?? '';

/** A call on one resource whose policy, if it has one, counts. */
const on =
  (
    page: string,
    resource: (call: AwsCall) => string,
    context: (call: AwsCall) => Access['context'] = () => ({}),
  ): Row =>
  (call) => {
    const arn = resource(call);
    return [
      {
        action: `${call.service}:${call.operation}`,
        resource: arn,
        resourceAccount: accountIn(arn) || call.account,
        context: context(call),
        page,
      },
    ];
  };

const table = (call: AwsCall) => `arn:aws:dynamodb:${call.region}:${call.account}:table/${textOf(call, 'TableName')}`;
const stackSet = (call: AwsCall, kind = 'stackset') =>
  `arn:aws:cloudformation:${call.region}:${call.account}:${kind}/${textOf(call, 'StackSetName')}:id`;

/** An account or a unit of the organization, as Organizations writes its ARN. */
const inOrganization: (field: string) => Row = (field) => (call, world) => {
  const id = textOf(call, field);
  const kind = /^\d/.test(id) ? 'account' : 'ou';
  const resource = `arn:aws:organizations::${call.account}:${kind}/${world.organizationId}/${id}`;
  return on(`${REFERENCE}/list_awsorganizations.html`, () => resource)(call, world);
};

/** Making instances is asked for on the StackSet, on where it is pushed to, and on the types that it pushes. */
const creatingInstances: Row = (call, world) => {
  const { DeploymentTargets: targets } = call.input as { DeploymentTargets?: { OrganizationalUnitIds?: string[] } };
  const places = (targets?.OrganizationalUnitIds ?? []).map((unit) => `${stackSet(call, 'stackset-target')}/${unit}`);
  const types = [`arn:aws:cloudformation:${call.region}::type/resource/AWS-KMS-Key`];
  return [stackSet(call), ...places, ...types].flatMap((arn) => [
    ...on(`${REFERENCE}/list_awscloudformation.html`, () => arn)(call, world),
  ]);
};

/**
 * What each call implies: the permissions that AWS asks of the caller, for the call itself and for what AWS does on the
 * caller's behalf. One row an operation; the page that says so stands with each access.
 */
const ROWS: Readonly<Record<string, Row>> = {
  ...RDS_ROWS,
  'cloudformation:CreateStackInstances': creatingInstances,
  'cloudformation:ListStackInstances': on(`${REFERENCE}/list_awscloudformation.html`, (call) => stackSet(call)),
  'dynamodb:PutItem': on(`${REFERENCE}/list_amazondynamodb.html`, table),
  'dynamodb:Scan': on(`${REFERENCE}/list_amazondynamodb.html`, table),
  'organizations:ListAccounts': on(`${REFERENCE}/list_awsorganizations.html`, () => '*'),
  'organizations:ListParents': inOrganization('ChildId'),
  'organizations:ListTagsForResource': inOrganization('ResourceId'),
  'sns:Publish': on('https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html', (call) =>
    textOf(call, 'TopicArn'),
  ),
  'sns:Subscribe': on(
    'https://docs.aws.amazon.com/sns/latest/dg/sns-send-message-to-sqs-cross-account.html',
    (call) => textOf(call, 'TopicArn'),
    (call) => ({ 'sns:Protocol': textOf(call, 'Protocol'), 'sns:Endpoint': textOf(call, 'Endpoint') }),
  ),
  'sts:AssumeRole': on('https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html', (call) =>
    textOf(call, 'RoleArn'),
  ),
};

/** The operations that have a row. */
export const KNOWN_OPERATIONS: readonly string[] = Object.keys(ROWS);

/**
 * Every access that a call needs.
 * @throws CheckvalveError `UNSUPPORTED_POLICY` for an operation without a row: nothing is guessed
 */
export function implied(call: AwsCall, world: WorldFacts): readonly Access[] {
  const name = `${call.service}:${call.operation}`;
  const row = ROWS[name];
  if (!row) {
    const remedy = 'Give it a row in src/trust/implied, with the page of AWS that says what it needs.';
    throw new CheckvalveError('UNSUPPORTED_POLICY', `Nobody has written down what ${name} implies`, remedy);
  }
  const everyCall = { 'aws:SecureTransport': 'true', 'aws:RequestedRegion': call.region };
  return row(call, world).map((access) => ({ ...access, context: { ...everyCall, ...access.context } }));
}

/** What a Lambda function's role needs without a line of its code: writing its log, and reading the queue that feeds it. */
export const impliedByRunning = (logGroupArn: string, queueArn?: string): readonly Access[] =>
  [
    ...['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => ({
      action,
      resource: logGroupArn,
      page: 'https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html',
    })),
    ...(queueArn ? ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'] : []).map((action) => ({
      action,
      resource: queueArn ?? '',
      page: 'https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html',
    })),
  ].map((access) => ({
    ...access,
    resourceAccount: accountIn(access.resource),
    context: { 'aws:SecureTransport': 'true' },
  }));

/** What AWS Backup does under its role to back up one database. `points` is the ARN of the snapshot that it makes. */
export function impliedByBackup(
  database: string,
  point: string,
  keyArn: string | undefined,
  vaultArn: string,
): readonly Access[] {
  const cluster = database.split(':')[5] === 'cluster';
  const page = 'https://docs.aws.amazon.com/aws-backup/latest/devguide/access-control.html';
  const account = accountIn(database);
  const viaRds = { 'kms:ViaService': `rds.${database.split(':')[3]}.amazonaws.com` };
  const automated = point.replace(/awsbackup:.*/, 'rds:automated');
  const access = (action: string, resource: string, context: Access['context'] = {}): Access => ({
    action,
    resource,
    resourceAccount: account,
    context,
    page,
  });
  return [
    access(cluster ? 'rds:DescribeDBClusters' : 'rds:DescribeDBInstances', database),
    access(cluster ? 'rds:DescribeDBClusterSnapshots' : 'rds:DescribeDBSnapshots', point),
    access('rds:ListTagsForResource', database),
    access(cluster ? 'rds:CreateDBClusterSnapshot' : 'rds:CreateDBSnapshot', database),
    access(cluster ? 'rds:CreateDBClusterSnapshot' : 'rds:CreateDBSnapshot', point),
    access(cluster ? 'rds:CopyDBClusterSnapshot' : 'rds:CopyDBSnapshot', automated),
    access(cluster ? 'rds:CopyDBClusterSnapshot' : 'rds:CopyDBSnapshot', point),
    access('rds:AddTagsToResource', point),
    access(cluster ? 'rds:DeleteDBClusterSnapshot' : 'rds:DeleteDBSnapshot', point),
    ...(keyArn
      ? [
          access('kms:DescribeKey', keyArn, viaRds),
          access('kms:CreateGrant', keyArn, { ...viaRds, 'kms:GrantIsForAWSResource': 'true' }),
        ]
      : []),
    access('backup:DescribeBackupVault', vaultArn),
    access('backup:CopyIntoBackupVault', vaultArn),
  ];
}
