import { CheckvalveError } from '../../contract/errors';
import { type Access, type AwsCall, type Row, textOf, type WorldFacts } from './access';
import { RDS_ROWS } from './rds';

const REFERENCE = 'https://docs.aws.amazon.com/service-authorization/latest/reference';
const KEY_PERMISSIONS = 'https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html';
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
/** The queue that a URL names: its last two parts are the account and the queue. */
const queue = (call: AwsCall) => {
  const [account = '', name = ''] = textOf(call, 'QueueUrl').split('/').slice(-2);
  return `arn:aws:sqs:${call.region}:${account}:${name}`;
};
/** A key of the caller's account, by its id: no other way of naming one is in use. */
const ownKey = (call: AwsCall) => `arn:aws:kms:${call.region}:${call.account}:key/${textOf(call, 'KeyId')}`;
const stackSet = (call: AwsCall, kind = 'stackset') =>
  `arn:aws:cloudformation:${call.region}:${call.account}:${kind}/${textOf(call, 'StackSetName')}:id`;

/** An account or a unit of the organization, as Organizations writes its ARN. */
const inOrganization: (field: string) => Row = (field) => (call, world) => {
  const id = textOf(call, field);
  const kind = /^\d/.test(id) ? 'account' : 'ou';
  const resource = `arn:aws:organizations::${call.account}:${kind}/${world.organizationId}/${id}`;
  return on(`${REFERENCE}/list_awsorganizations.html`, () => resource)(call, world);
};

/** What changes instances is asked for on the StackSet, on where it is pushed to, and on the types that it pushes. */
const changingInstances: Row = (call, world) => {
  const { DeploymentTargets: targets } = call.input as { DeploymentTargets?: { OrganizationalUnitIds?: string[] } };
  const places = (targets?.OrganizationalUnitIds ?? []).map((unit) => `${stackSet(call, 'stackset-target')}/${unit}`);
  const types = [`arn:aws:cloudformation:${call.region}::type/resource/AWS-KMS-Key`];
  return [stackSet(call), ...places, ...types].flatMap((arn) => [
    ...on(`${REFERENCE}/list_awscloudformation.html`, () => arn)(call, world),
  ]);
};

const object = (call: AwsCall): string => `arn:aws:s3:::${textOf(call, 'Bucket')}/${textOf(call, 'Key')}`;

/** Who may not list a bucket is told that an object is forbidden, where it is missing. */
const readingObject: Row = (call, world) => {
  const page = 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html';
  const listing = { ...call, operation: 'ListBucket' };
  const bucket = () => `arn:aws:s3:::${textOf(call, 'Bucket')}`;
  return [...on(page, object)(call, world), ...on(page, bucket)(listing, world)];
};

/** An object that is written with a lock of its own asks for one permission more. */
const writingObject: Row = (call, world) => {
  const page = 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html';
  const locking = { ...call, operation: 'PutObjectRetention' };
  return [...on(page, object)(call, world), ...(call.input.ObjectLockMode ? on(page, object)(locking, world) : [])];
};

const onStackSet = on(`${REFERENCE}/list_awscloudformation.html`, (call) => stackSet(call));

/** Whoever publishes to a topic under a key needs that key, through SNS.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html */
const publishing: Row = (call, world) => {
  const topic = textOf(call, 'TopicArn');
  const keyArn = world.topicKey?.(topic);
  const sealed = (action: string) =>
    on(
      'https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html',
      () => keyArn ?? '',
      () => ({ 'kms:ViaService': `sns.${call.region}.amazonaws.com` }),
    )(call, world).map((access) => ({ ...access, action }));
  return [
    ...on('https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html', () => topic)(call, world),
    ...(keyArn ? ['kms:Decrypt', 'kms:GenerateDataKey'].flatMap(sealed) : []),
  ];
};

/** A backup vault under the key that AWS manages, which lets every principal of the account in through AWS Backup. */
const makingBackupVault: Row = (call, world) => {
  const vault = `arn:aws:backup:${call.region}:${call.account}:backup-vault:${textOf(call, 'BackupVaultName')}`;
  const page = 'https://docs.aws.amazon.com/aws-backup/latest/devguide/access-control.html';
  const mount = { ...call, service: 'backup-storage', operation: 'MountCapsule' };
  return [...on(page, () => vault)(call, world), ...on(page, () => '*')(mount, world)];
};

/**
 * What each call implies: the permissions that AWS asks of the caller, for the call itself and for what AWS does on the
 * caller's behalf. One row an operation; the page that says so stands with each access.
 */
const ROWS: Readonly<Record<string, Row>> = {
  ...RDS_ROWS,
  'backup:ListBackupJobs': on(`${REFERENCE}/list_awsbackup.html`, () => '*'),
  'backup:CreateBackupVault': makingBackupVault,
  'backup:DescribeRegionSettings': on(`${REFERENCE}/list_awsbackup.html`, () => '*'),
  'backup:UpdateRegionSettings': on(`${REFERENCE}/list_awsbackup.html`, () => '*'),
  'cloudformation:CreateStackInstances': changingInstances,
  'cloudformation:DeleteStackInstances': changingInstances,
  'cloudformation:DescribeStackSet': onStackSet,
  'cloudformation:DescribeStackSetOperation': onStackSet,
  'cloudformation:ListStackInstances': onStackSet,
  'cloudformation:ListStackSetOperationResults': onStackSet,
  'cloudformation:ListStackSetOperations': onStackSet,
  'cloudformation:UpdateStackInstances': changingInstances,
  'dynamodb:BatchGetItem': (call, world) => {
    const tables = Object.keys((call.input.RequestItems as object | undefined) ?? {});
    const named = (TableName: string) => ({ ...call, input: { TableName } });
    return tables.flatMap((name) => on(`${REFERENCE}/list_amazondynamodb.html`, table)(named(name), world));
  },
  'dynamodb:PutItem': on(`${REFERENCE}/list_amazondynamodb.html`, table),
  'dynamodb:UpdateItem': on(`${REFERENCE}/list_amazondynamodb.html`, table),
  'dynamodb:Scan': on(`${REFERENCE}/list_amazondynamodb.html`, table),
  'kms:GetKeyPolicy': on(KEY_PERMISSIONS, ownKey),
  'kms:ListKeyPolicies': on(KEY_PERMISSIONS, ownKey),
  'organizations:DescribeAccount': inOrganization('AccountId'),
  'organizations:ListAccounts': on(`${REFERENCE}/list_awsorganizations.html`, () => '*'),
  'organizations:ListParents': inOrganization('ChildId'),
  'organizations:ListTagsForResource': inOrganization('ResourceId'),
  's3:GetObject': readingObject,
  's3:PutObject': writingObject,
  'sns:Publish': publishing,
  'sns:Subscribe': on(
    'https://docs.aws.amazon.com/sns/latest/dg/sns-send-message-to-sqs-cross-account.html',
    (call) => textOf(call, 'TopicArn'),
    (call) => ({ 'sns:Protocol': textOf(call, 'Protocol'), 'sns:Endpoint': textOf(call, 'Endpoint') }),
  ),
  'sqs:ChangeMessageVisibility': on(`${REFERENCE}/list_amazonsqs.html`, queue),
  'sqs:GetQueueAttributes': on(`${REFERENCE}/list_amazonsqs.html`, queue),
  'sqs:GetQueueUrl': on(
    `${REFERENCE}/list_amazonsqs.html`,
    (call) => `arn:aws:sqs:${call.region}:${call.account}:${textOf(call, 'QueueName')}`,
  ),
  'sqs:SendMessage': on(`${REFERENCE}/list_amazonsqs.html`, queue),
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
