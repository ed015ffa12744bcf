import { Aws } from 'aws-cdk-lib';
import type { EventPattern } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { type Allowance, readSnapshots } from '../../src/constructs/permissions';
import { StepLambda } from '../../src/constructs/step-lambda';
import { WakeupQueue } from '../../src/constructs/wakeups';
import { DATABASE_SERVICES } from '../../src/contract/database-services';
import * as ENV from '../../src/contract/env';
import type { AccountId, Region } from '../../src/contract/ids';
import { INTERVALS } from '../../src/contract/intervals';
import {
  BACKUP_PREFIX,
  COPY_KEY_ACTIONS,
  PREFIX,
  RECOVERY_POINT_TAGS,
  roleNames,
  TAGS,
} from '../../src/contract/names';
import { SNAPSHOT_EVENTS } from '../../src/contract/rds-events';
import type { CopiesTopic } from './copies-topic';
import type { ExportKey } from './export-key';
import type { ExportMemoryTable } from './export-memory';

/** What `export-snapshots` needs. */
export interface ExportSnapshotsProps {
  readonly vaultAccount: AccountId;
  readonly code: string;
  readonly databaseTag: { readonly key: string; readonly value: string };
  readonly limits: Readonly<Record<string, number>>;
  readonly key: ExportKey;
  readonly topic: CopiesTopic;
  readonly memory: ExportMemoryTable;
}

/** The step `export-snapshots`: woken by events of RDS and AWS Backup, and by a sweep that finds what no event reported. */
export class ExportSnapshots extends Construct {
  constructor(scope: Construct, id: string, props: ExportSnapshotsProps) {
    super(scope, id);
    const { vaultAccount, code, databaseTag, limits, key, topic, memory } = props;
    const names = ENV.exportSnapshots;
    const wakeups = new WakeupQueue(this, 'Wakeups', INTERVALS.sourceSweepMinutes);
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
      .on('SnapshotEvents', 'Checkvalve: a snapshot of AWS Backup, or an export copy, was created', SNAPSHOT_CHANGES)
      .on('BackupEvents', 'Checkvalve: the state of a backup job of a database changed', BACKUP_JOBS)
      .wake(handler);
  }
}

/** Events of export copies wake the step to share them. It starts no copy for them, so that there is no loop. */
const SNAPSHOT_CHANGES: EventPattern = {
  source: ['aws.rds'],
  detailType: ['RDS DB Snapshot Event', 'RDS DB Cluster Snapshot Event'],
  detail: {
    EventID: [...SNAPSHOT_EVENTS],
    SourceIdentifier: [{ prefix: BACKUP_PREFIX }, { prefix: `${PREFIX}-` }],
  },
};

/** Backup jobs in any state, because the names of the state differ between events: the step distinguishes them.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html */
const BACKUP_JOBS: EventPattern = {
  source: ['aws.backup'],
  detailType: ['Backup Job State Change'],
  detail: { resourceType: [...DATABASE_SERVICES] },
};

/** Permissions of the step. Conditions limit it to tagged snapshots and to copies of Checkvalve. Longer than most: one list of
 * statements. */
function permissions(key: ExportKey, topic: CopiesTopic, memory: ExportMemoryTable): readonly Allowance[] {
  const rds = `arn:aws:rds:${Aws.REGION}:${Aws.ACCOUNT_ID}`;
  const [copies, clusterCopies] = [`${rds}:snapshot:${PREFIX}-*`, `${rds}:cluster-snapshot:${PREFIX}-*`];
  // Snapshots of AWS Backup and automated snapshots of RDS: their names have a colon, which no name of a team can have.
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
      because: 'AWS Backup names snapshots by job: the tag of the plan selects those to copy.',
    },
    {
      sid: 'CopyTaggedClusterSnapshots',
      actions: ['rds:CopyDBClusterSnapshot'],
      resources: clusterBackups,
      when: tagged('rds:cluster-snapshot-tag'),
      because: 'AWS Backup names snapshots by job: the tag of the plan selects those to copy.',
    },
    {
      sid: 'MakeExportCopies',
      actions: ['rds:CopyDBSnapshot'],
      resources: [copies],
      when: marked,
      because: 'The name of a copy contains its snapshot, which is not known at deployment: only the prefix is.',
    },
    {
      sid: 'MakeClusterExportCopies',
      actions: ['rds:CopyDBClusterSnapshot'],
      resources: [clusterCopies],
      when: marked,
      because: 'The name of a copy contains its snapshot, which is not known at deployment: only the prefix is.',
    },
    {
      sid: 'TagExportCopies',
      actions: ['rds:AddTagsToResource'],
      resources: [copies, clusterCopies],
      because: 'The name of a copy contains its snapshot, which is not known at deployment: only the prefix is.',
    },
    { sid: 'RememberExports', actions: ['dynamodb:Scan', 'dynamodb:UpdateItem'], resources: [memory.tableArn] },
    // Tags a snapshot with the reason why it is not copied, for operators. Nothing depends on the tag, because AWS does not
    // document that snapshots of AWS Backup can be tagged. The statement allows no other tag.
    {
      sid: 'ExplainSnapshots',
      actions: ['rds:AddTagsToResource'],
      resources: [...backups, ...clusterBackups],
      when: {
        ...tagged('aws:ResourceTag'),
        'ForAllValues:StringEquals': { 'aws:TagKeys': [TAGS.held] },
        Null: { 'aws:TagKeys': 'false' },
      },
      because: 'AWS Backup names snapshots by job: the tag of the plan selects those to tag.',
    },
    {
      sid: 'ShareAndDeleteExportCopies',
      actions: ['rds:ModifyDBSnapshotAttribute', 'rds:DeleteDBSnapshot'],
      resources: [copies],
      when: ours,
      because: 'The name of a copy contains its snapshot, which is not known at deployment: only the prefix is.',
    },
    {
      sid: 'ShareAndDeleteClusterExportCopies',
      actions: ['rds:ModifyDBClusterSnapshotAttribute', 'rds:DeleteDBClusterSnapshot'],
      resources: [clusterCopies],
      when: ours,
      because: 'The name of a copy contains its snapshot, which is not known at deployment: only the prefix is.',
    },
    // The keys of the databases, and only through RDS.
    // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CopySnapshot.html
    {
      sid: 'UseKeysThroughRds',
      actions: COPY_KEY_ACTIONS,
      resources: keys,
      when: throughRds,
      because: 'The keys of databases are not known at deployment; they are used only through RDS.',
    },
    {
      sid: 'GrantKeysToRds',
      actions: ['kms:CreateGrant'],
      resources: keys,
      when: {
        ...throughRds,
        Bool: { 'kms:GrantIsForAWSResource': 'true' },
      },
      because: 'The keys of databases are not known at deployment; they are used only through RDS.',
    },
    { sid: 'Notify', actions: ['sns:Publish'], resources: [topic.topicArn] },
  ];
}
