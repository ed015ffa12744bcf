import { CheckvalveError } from '../../contract/errors';
import { COPY_KEY_ACTIONS } from '../../contract/names';
import {
  type Access,
  type AwsCall,
  type Row,
  requestTags,
  resourceTags,
  type SnapshotFacts,
  textOf,
  type WorldFacts,
} from './access';

const ACTIONS = 'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html';
const COPY = 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CopySnapshot.html';
const TAG_ON_CREATE =
  'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/security_iam_id-based-policy-examples-grant-permissions-tags-on-create.html';
const KEYS = 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.Keys.html';

const stem = ({ account, region }: AwsCall): string => `arn:aws:rds:${region}:${account}`;
const accountIn = (arn: string): string => arn.split(':')[4] ?? '';

/** Snapshots are named by ARN or, in one's own account, by name. */
const snapshotNamed = (call: AwsCall, type: string, name: string): string =>
  name.startsWith('arn:') ? name : `${stem(call)}:${type}:${name}`;

function factsOf(arn: string, world: WorldFacts): SnapshotFacts {
  const facts = world.snapshot(arn);
  if (facts) return facts;
  throw new CheckvalveError('INVALID_INPUT', `There is no snapshot ${arn}`, 'RDS would answer the same.');
}

/** A listing is asked for on every resource it could name. */
const listing =
  (...kinds: readonly string[]): Row =>
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

/** What RDS does with a key on behalf of the caller: with the source's as with the copy's. */
function keyAccesses(call: AwsCall, keyArn: string): readonly Access[] {
  const viaRds = { 'kms:ViaService': `rds.${call.region}.amazonaws.com` };
  const use = COPY_KEY_ACTIONS.map((action) => ({ action, context: viaRds, page: COPY }));
  const grant = {
    action: 'kms:CreateGrant',
    context: { ...viaRds, 'kms:GrantIsForAWSResource': 'true' },
    page: KEYS,
  };
  return [...use, grant].map((one) => ({ ...one, resource: keyArn, resourceAccount: accountIn(keyArn) }));
}

/**
 * A copy is authorized on its source and on its target; a tag on the copy is a permission of its own. The tags of the
 * request are those of the target: whether they are in the context of the source, too, is documented nowhere, and the
 * stricter answer is no. The source may be another account's.
 */
const copying =
  (type: string, sourceField: string, targetField: string): Row =>
  (call, world) => {
    const from = snapshotNamed(call, type, textOf(call, sourceField));
    const to = snapshotNamed(call, type, textOf(call, targetField));
    const asked = requestTags(call.input.Tags);
    const facts = factsOf(from, world);
    const action = `rds:${call.operation}`;
    // A share stands in the place of a resource policy that RDS does not have: the caller's own policies decide.
    const mine = { resourceAccount: call.account };
    const ownerOf = (arn: string) => ({
      'aws:ResourceAccount': world.resourceAccountIsCaller ? call.account : accountIn(arn),
    });
    const source = { ...ownerOf(from), ...(world.requestTagOnSource && asked), ...resourceTags(from, facts) };
    const copy = [
      { action, resource: from, ...mine, context: source, page: ACTIONS },
      { action, resource: to, ...mine, context: { ...asked, ...ownerOf(to) }, page: ACTIONS },
    ];
    const tags = { action: 'rds:AddTagsToResource', resource: to, ...mine, context: asked, page: TAG_ON_CREATE };
    const keyArn = textOf(call, 'KmsKeyId');
    return [
      ...copy,
      ...(Object.keys(asked).length > 0 ? [tags] : []),
      ...(facts.keyArn ? keyAccesses(call, facts.keyArn) : []),
      ...(keyArn ? keyAccesses(call, keyArn) : []),
    ];
  };

/** A call on one snapshot that exists. */
const onSnapshot =
  (type: string, field: string): Row =>
  (call, world) => {
    const resource = snapshotNamed(call, type, textOf(call, field));
    const context = { ...requestTags(call.input.Tags), ...resourceTags(resource, factsOf(resource, world)) };
    return [{ action: `rds:${call.operation}`, resource, resourceAccount: call.account, context, page: ACTIONS }];
  };

/** What the calls of RDS imply. */
export const RDS_ROWS: Readonly<Record<string, Row>> = {
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
