import { Aws } from 'aws-cdk-lib';
import type { EventPattern } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { type Allowance, readSnapshots } from '../../src/constructs/permissions';
import { StepLambda } from '../../src/constructs/step-lambda';
import { Wakeups } from '../../src/constructs/wakeups';
import * as ENV from '../../src/contract/env';
import type { AccountId, Region } from '../../src/contract/ids';
import { COPY_KEY_ACTIONS, PREFIX, RECOVERY_POINT_TAGS, roleNames, TAGS } from '../../src/contract/names';
import type { CopiesTopic } from './copies-topic';
import type { ExportKey } from './export-key';
import type { ExportMemoryTable } from './export-memory';

/** What export-snapshots needs around it. */
export interface ExportSnapshotsProps {
  readonly vaultAccount: AccountId;
  readonly code: string;
  readonly databaseTag: { readonly key: string; readonly value: string };
  readonly limits: Readonly<Record<string, number>>;
  readonly key: ExportKey;
  readonly topic: CopiesTopic;
  readonly memory: ExportMemoryTable;
}

/** The step export-snapshots: woken by what RDS and AWS Backup tell, and by a sweep for what they do not. */
export class ExportSnapshots extends Construct {
  constructor(scope: Construct, id: string, props: ExportSnapshotsProps) {
    super(scope, id);
    const { vaultAccount, code, databaseTag, limits, key, topic, memory } = props;
    const names = ENV.exportSnapshots;
    const wakeups = new Wakeups(this, 'Wakeups');
    const { handler } = new StepLambda(this, 'Step', {
      step: 'export-snapshots',
      roleName: roleNames.exporter(Aws.REGION as Region),
      code,
      environment: {
        [names.exportKeyArn]: key.keyArn,
        [names.previousKeyIds]: key.previousIds,
        [names.topicArn]: topic.topicArn,
        [names.vaultAccount]: vaultAccount,
        [names.wakeupsUrl]: wakeups.url,
        [names.exportMemoryTable]: memory.tableName,
        [names.databaseTag]: JSON.stringify(databaseTag),
        [names.limits]: JSON.stringify(limits),
      },
      may: [...permissions(key, topic, memory), wakeups.permissions],
    });
    wakeups
      .on('SnapshotEvents', 'Checkvalve: a snapshot of AWS Backup, or an export copy, is there', SNAPSHOT_EVENTS)
      .on('BackupEvents', 'Checkvalve: a job of AWS Backup for a database has got on', BACKUP_EVENTS)
      .wake(handler);
  }
}

/** Manual snapshot created, copy finished, cluster snapshot created. Our own copies are heard too, to be shared; the step
 * starts none for them, so this is no loop.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html */
const SNAPSHOT_EVENTS: EventPattern = {
  source: ['aws.rds'],
  detailType: ['RDS DB Snapshot Event', 'RDS DB Cluster Snapshot Event'],
  detail: {
    EventID: ['RDS-EVENT-0042', 'RDS-EVENT-0197', 'RDS-EVENT-0075'],
    SourceIdentifier: [{ prefix: 'awsbackup:' }, { prefix: `${PREFIX}-` }],
  },
};

/** Of whatever state, under whichever name the event has it: the step tells apart, and counts what it ignores.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html */
const BACKUP_EVENTS: EventPattern = {
  source: ['aws.backup'],
  detailType: ['Backup Job State Change'],
  detail: { resourceType: ['RDS', 'Aurora', 'DocumentDB', 'Neptune'] },
};

/** What the step may do, and on what. The conditions are the trust: only tagged snapshots, only our own copies. */
function permissions(key: ExportKey, topic: CopiesTopic, memory: ExportMemoryTable): readonly Allowance[] {
  const rds = `arn:aws:rds:${Aws.REGION}:${Aws.ACCOUNT_ID}`;
  const [copies, maxClusterCopiesInFlight] = [`${rds}:snapshot:${PREFIX}-*`, `${rds}:cluster-snapshot:${PREFIX}-*`];
  // What AWS Backup made, and what RDS made by itself: the names of both carry a colon, which no name of a team can.
  const made = (kind: string) => [`${rds}:${kind}:awsbackup:*`, `${rds}:${kind}:rds:*`];
  const [backups, clusterBackups] = [made('snapshot'), made('cluster-snapshot')];
  const tagged = (prefix: string) => ({
    StringEquals: { [`${prefix}/${RECOVERY_POINT_TAGS.exportKey}`]: key.acceptedIds },
  });
  const ours = { StringEquals: { [`aws:ResourceTag/${TAGS.role}`]: 'export' } };
  const marked = { StringEquals: { [`aws:RequestTag/${TAGS.role}`]: 'export' } };
  const keys = [`arn:aws:kms:${Aws.REGION}:${Aws.ACCOUNT_ID}:key/*`];
  const throughRds = { StringEquals: { 'kms:ViaService': `rds.${Aws.REGION}.amazonaws.com` } };
  return [
    ...readSnapshots(rds),
    {
      sid: 'CopyTaggedSnapshots',
      actions: ['rds:CopyDBSnapshot'],
      resources: backups,
      when: tagged('rds:snapshot-tag'),
      because: 'AWS Backup names its snapshots by job: the tag of the plan tells which are ours to copy.',
    },
    {
      sid: 'CopyTaggedClusterSnapshots',
      actions: ['rds:CopyDBClusterSnapshot'],
      resources: clusterBackups,
      when: tagged('rds:cluster-snapshot-tag'),
      because: 'AWS Backup names its snapshots by job: the tag of the plan tells which are ours to copy.',
    },
    {
      sid: 'MakeExportCopies',
      actions: ['rds:CopyDBSnapshot'],
      resources: [copies],
      when: marked,
      because: 'Copies are named after snapshots yet to be made: our prefix is what is known.',
    },
    {
      sid: 'MakeClusterExportCopies',
      actions: ['rds:CopyDBClusterSnapshot'],
      resources: [maxClusterCopiesInFlight],
      when: marked,
      because: 'Copies are named after snapshots yet to be made: our prefix is what is known.',
    },
    {
      sid: 'TagExportCopies',
      actions: ['rds:AddTagsToResource'],
      resources: [copies, maxClusterCopiesInFlight],
      because: 'Copies are named after snapshots yet to be made: our prefix is what is known.',
    },
    { sid: 'RememberExports', actions: ['dynamodb:Scan', 'dynamodb:UpdateItem'], resources: [memory.tableArn] },
    // For whoever looks at the snapshot, why it is not copied. Nothing depends on it: AWS documents nowhere that a tag of
    // AWS Backup's snapshots may be written. No other tag of it can be changed.
    {
      sid: 'ExplainSnapshots',
      actions: ['rds:AddTagsToResource'],
      resources: [...backups, ...clusterBackups],
      when: {
        ...tagged('aws:ResourceTag'),
        'ForAllValues:StringEquals': { 'aws:TagKeys': [TAGS.held] },
        Null: { 'aws:TagKeys': 'false' },
      },
      because: 'AWS Backup names its snapshots by job: the tag of the plan tells which are ours to mark.',
    },
    {
      sid: 'ShareAndDeleteExportCopies',
      actions: ['rds:ModifyDBSnapshotAttribute', 'rds:DeleteDBSnapshot'],
      resources: [copies],
      when: ours,
      because: 'Copies are named after snapshots yet to be made: our prefix is what is known.',
    },
    {
      sid: 'ShareAndDeleteClusterExportCopies',
      actions: ['rds:ModifyDBClusterSnapshotAttribute', 'rds:DeleteDBClusterSnapshot'],
      resources: [maxClusterCopiesInFlight],
      when: ours,
      because: 'Copies are named after snapshots yet to be made: our prefix is what is known.',
    },
    // The databases' own keys, whichever they are, and only through RDS.
    // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CopySnapshot.html
    {
      sid: 'UseKeysThroughRds',
      actions: COPY_KEY_ACTIONS,
      resources: keys,
      when: throughRds,
      because: 'Each database has a key of its own choice: only RDS may be asked to use it.',
    },
    {
      sid: 'GrantKeysToRds',
      actions: ['kms:CreateGrant'],
      resources: keys,
      when: {
        ...throughRds,
        Bool: { 'kms:GrantIsForAWSResource': 'true' },
      },
      because: 'Each database has a key of its own choice: only RDS may be asked to use it.',
    },
    { sid: 'Notify', actions: ['sns:Publish'], resources: [topic.topicArn] },
  ];
}
