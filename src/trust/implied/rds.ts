import { CheckvalveError } from '../../contract/errors';
import { COPY_KEY_ACTIONS } from '../../contract/names';
import { accountPart } from '../arn';
import {
  type Access,
  type AccessRow,
  type AwsCall,
  type CallFacts,
  requestTags,
  resourceTags,
  type SnapshotFacts,
  textOf,
} from './access';

const ACTIONS = 'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html';
const COPY = 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CopySnapshot.html';
const TAG_ON_CREATE =
  'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/security_iam_id-based-policy-examples-grant-permissions-tags-on-create.html';
const KEYS = 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.Keys.html';

const stem = ({ account, region }: AwsCall): string => `arn:aws:rds:${region}:${account}`;

/** The ARN of a snapshot that a call names by ARN or, in the caller’s account, by name. */
const snapshotNamed = (call: AwsCall, type: string, name: string): string =>
  name.startsWith('arn:') ? name : `${stem(call)}:${type}:${name}`;

function factsOf(arn: string, callFacts: CallFacts): SnapshotFacts {
  const facts = callFacts.snapshot(arn);
  if (facts) return facts;
  throw new CheckvalveError(
    'INVALID_INPUT',
    `The snapshot ${arn} does not exist`,
    'Give the ARN of an existing snapshot.',
  );
}

/** AWS authorizes a list on every resource that it could contain. */
const listing =
  (...kinds: readonly string[]): AccessRow =>
  (call) =>
    kinds
      .map((kind) => `${kind}:*`)
      .map((resource) => ({
        action: `rds:${call.operation}`,
        resource: `${stem(call)}:${resource}`,
        resourceAccount: call.account,
        context: {},
        page: ACTIONS,
      }));

/** What RDS does with a key on behalf of the caller, for the key of the source and for the key of the copy. */
function keyAccesses(call: AwsCall, keyArn: string): readonly Access[] {
  const viaRds = { 'kms:ViaService': `rds.${call.region}.amazonaws.com` };
  const use = COPY_KEY_ACTIONS.map((action) => ({ action, context: viaRds, page: COPY }));
  const grant = {
    action: 'kms:CreateGrant',
    context: { ...viaRds, 'kms:GrantIsForAWSResource': 'true' },
    page: KEYS,
  };
  return [...use, grant].map((one) => ({ ...one, resource: keyArn, resourceAccount: accountPart(keyArn) }));
}

/**
 * AWS authorizes a copy on its source and on its target, and tags on the copy separately. The tags of the request are those of
 * the target. AWS does not document whether the context of the source holds them too; the stricter answer is no. The source
 * can belong to another account.
 */
const copying =
  (type: string, sourceField: string, targetField: string): AccessRow =>
  (call, callFacts) => {
    const from = snapshotNamed(call, type, textOf(call, sourceField));
    const to = snapshotNamed(call, type, textOf(call, targetField));
    const tagsInRequest = requestTags(call.input.Tags);
    const facts = factsOf(from, callFacts);
    const action = `rds:${call.operation}`;
    // RDS has no resource policies: the owner shares the snapshot, and the caller’s own policies decide.
    const own = { resourceAccount: call.account };
    const ownerOf = (arn: string) => ({
      'aws:ResourceAccount': callFacts.resourceAccountIsCaller ? call.account : accountPart(arn),
    });
    const source = {
      ...ownerOf(from),
      ...(callFacts.requestTagOnSource && tagsInRequest),
      ...resourceTags(from, facts),
    };
    const copy = [
      { action, resource: from, ...own, context: source, page: ACTIONS },
      { action, resource: to, ...own, context: { ...tagsInRequest, ...ownerOf(to) }, page: ACTIONS },
    ];
    const tags = { action: 'rds:AddTagsToResource', resource: to, ...own, context: tagsInRequest, page: TAG_ON_CREATE };
    const keyArn = textOf(call, 'KmsKeyId');
    return [
      ...copy,
      ...(Object.keys(tagsInRequest).length > 0 ? [tags] : []),
      ...(facts.keyArn ? keyAccesses(call, facts.keyArn) : []),
      ...(keyArn ? keyAccesses(call, keyArn) : []),
    ];
  };

/** A call on one existing snapshot. */
const onSnapshot =
  (type: string, field: string): AccessRow =>
  (call, callFacts) => {
    const resource = snapshotNamed(call, type, textOf(call, field));
    const context = { ...requestTags(call.input.Tags), ...resourceTags(resource, factsOf(resource, callFacts)) };
    return [{ action: `rds:${call.operation}`, resource, resourceAccount: call.account, context, page: ACTIONS }];
  };

/** The permissions that the operations of RDS need. */
export const RDS_ROWS: Readonly<Record<string, AccessRow>> = {
  'rds:AddTagsToResource': onSnapshot('snapshot', 'ResourceName'),
  'rds:CopyDBClusterSnapshot': copying(
    'cluster-snapshot',
    'SourceDBClusterSnapshotIdentifier',
    'TargetDBClusterSnapshotIdentifier',
  ),
  'rds:CopyDBSnapshot': copying('snapshot', 'SourceDBSnapshotIdentifier', 'TargetDBSnapshotIdentifier'),
  'rds:DeleteDBClusterSnapshot': onSnapshot('cluster-snapshot', 'DBClusterSnapshotIdentifier'),
  'rds:DeleteDBSnapshot': onSnapshot('snapshot', 'DBSnapshotIdentifier'),
  'rds:DescribeDBClusterSnapshots': listing('cluster', 'cluster-snapshot'),
  'rds:DescribeDBClusters': listing('cluster'),
  'rds:DescribeDBInstances': listing('db'),
  'rds:DescribeDBSnapshots': listing('db', 'snapshot'),
  'rds:ListTagsForResource': onSnapshot('snapshot', 'ResourceName'),
  'rds:ModifyDBClusterSnapshotAttribute': onSnapshot('cluster-snapshot', 'DBClusterSnapshotIdentifier'),
  'rds:ModifyDBSnapshotAttribute': onSnapshot('snapshot', 'DBSnapshotIdentifier'),
};
