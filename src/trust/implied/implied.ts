import { CheckvalveError } from '../../contract/errors';
import { accountPart } from '../arn';
import { type Access, type AccessRow, type AwsCall, type CallFacts, textOf } from './access';
import { RDS_ROWS } from './rds';

const REFERENCE = 'https://docs.aws.amazon.com/service-authorization/latest/reference';
const KEY_PERMISSIONS = 'https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html';

/** A call on one resource. The policy of the resource applies. */
const on =
  (
    page: string,
    resource: (call: AwsCall) => string,
    context: (call: AwsCall) => Access['context'] = () => ({}),
  ): AccessRow =>
  (call) => {
    const arn = resource(call);
    return [
      {
        action: `${call.service}:${call.operation}`,
        resource: arn,
        resourceAccount: accountPart(arn) || call.account,
        context: context(call),
        page,
      },
    ];
  };

const table = (call: AwsCall) => `arn:aws:dynamodb:${call.region}:${call.account}:table/${textOf(call, 'TableName')}`;
/** The queue of a URL, which ends with the account and the name of the queue. */
const queue = (call: AwsCall) => {
  const [account = '', name = ''] = textOf(call, 'QueueUrl').split('/').slice(-2);
  return `arn:aws:sqs:${call.region}:${account}:${name}`;
};
/** A key of the caller’s account by its id, the only form that the code uses. */
const ownKey = (call: AwsCall) => `arn:aws:kms:${call.region}:${call.account}:key/${textOf(call, 'KeyId')}`;
const stackSet = (call: AwsCall, kind = 'stackset') =>
  `arn:aws:cloudformation:${call.region}:${call.account}:${kind}/${textOf(call, 'StackSetName')}:id`;

/** An account or an organizational unit, with the ARN that Organizations writes. */
const inOrganization: (field: string) => AccessRow = (field) => (call, facts) => {
  const id = textOf(call, field);
  const kind = /^\d/.test(id) ? 'account' : 'ou';
  const resource = `arn:aws:organizations::${call.account}:${kind}/${facts.organizationId}/${id}`;
  return on(`${REFERENCE}/list_awsorganizations.html`, () => resource)(call, facts);
};

/** AWS authorizes changes of stack instances on the StackSet, on its targets, and on the resource types of its template. */
const changingInstances: AccessRow = (call, facts) => {
  const { DeploymentTargets: targets } = call.input as { DeploymentTargets?: { OrganizationalUnitIds?: string[] } };
  const targetArns = (targets?.OrganizationalUnitIds ?? []).map(
    (unit) => `${stackSet(call, 'stackset-target')}/${unit}`,
  );
  const types = [`arn:aws:cloudformation:${call.region}::type/resource/AWS-KMS-Key`];
  return [stackSet(call), ...targetArns, ...types].flatMap((arn) => [
    ...on(`${REFERENCE}/list_awscloudformation.html`, () => arn)(call, facts),
  ]);
};

const object = (call: AwsCall): string => `arn:aws:s3:::${textOf(call, 'Bucket')}/${textOf(call, 'Key')}`;

/** Without `s3:ListBucket`, S3 answers 403 instead of 404 for a missing object. */
const readingObject: AccessRow = (call, facts) => {
  const page = 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html';
  const listing = { ...call, operation: 'ListBucket' };
  const bucket = () => `arn:aws:s3:::${textOf(call, 'Bucket')}`;
  return [...on(page, object)(call, facts), ...on(page, bucket)(listing, facts)];
};

/** An object that is written with a retention date needs one more permission. */
const writingObject: AccessRow = (call, facts) => {
  const page = 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html';
  const locking = { ...call, operation: 'PutObjectRetention' };
  return [...on(page, object)(call, facts), ...(call.input.ObjectLockMode ? on(page, object)(locking, facts) : [])];
};

const onStackSet = on(`${REFERENCE}/list_awscloudformation.html`, (call) => stackSet(call));

/**
 * A publisher to an encrypted topic needs the key of the topic, through SNS.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
const publishing: AccessRow = (call, facts) => {
  const topic = textOf(call, 'TopicArn');
  const keyArn = facts.topicKey?.(topic);
  const keyAccesses = (action: string) =>
    on(
      'https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html',
      () => keyArn ?? '',
      () => ({ 'kms:ViaService': `sns.${call.region}.amazonaws.com` }),
    )(call, facts).map((access) => ({ ...access, action }));
  return [
    ...on('https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html', () => topic)(call, facts),
    ...(keyArn ? ['kms:Decrypt', 'kms:GenerateDataKey'].flatMap(keyAccesses) : []),
  ];
};

/** A backup vault under the key that AWS manages. Its policy allows every principal of the account through AWS Backup. */
const creatingBackupVault: AccessRow = (call, facts) => {
  const vault = `arn:aws:backup:${call.region}:${call.account}:backup-vault:${textOf(call, 'BackupVaultName')}`;
  const page = 'https://docs.aws.amazon.com/aws-backup/latest/devguide/access-control.html';
  const mount = { ...call, service: 'backup-storage', operation: 'MountCapsule' };
  return [...on(page, () => vault)(call, facts), ...on(page, () => '*')(mount, facts)];
};

/**
 * The permissions that AWS checks for each operation: for the call itself, and for what AWS does on the caller’s behalf. Each
 * access names AWS’s page that documents it.
 */
const ROWS: Readonly<Record<string, AccessRow>> = {
  ...RDS_ROWS,
  'backup:ListBackupJobs': on(`${REFERENCE}/list_awsbackup.html`, () => '*'),
  'backup:CreateBackupVault': creatingBackupVault,
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
  'dynamodb:BatchGetItem': (call, facts) => {
    const tables = Object.keys((call.input.RequestItems as object | undefined) ?? {});
    const named = (TableName: string) => ({ ...call, input: { TableName } });
    return tables.flatMap((name) => on(`${REFERENCE}/list_amazondynamodb.html`, table)(named(name), facts));
  },
  'dynamodb:GetItem': on(`${REFERENCE}/list_amazondynamodb.html`, table),
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
 * @throws CheckvalveError `UNSUPPORTED_POLICY` for an operation without a row
 */
export function impliedAccesses(call: AwsCall, facts: CallFacts): readonly Access[] {
  const name = `${call.service}:${call.operation}`;
  const row = ROWS[name];
  if (!row) {
    const remedy = 'Add a row to src/trust/implied, with AWS’s page of the permissions that the operation needs.';
    throw new CheckvalveError('UNSUPPORTED_POLICY', `The permissions that ${name} needs are not listed`, remedy);
  }
  const everyCall = { 'aws:SecureTransport': 'true', 'aws:RequestedRegion': call.region };
  return row(call, facts).map((access) => ({ ...access, context: { ...everyCall, ...access.context } }));
}
