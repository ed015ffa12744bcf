import type { Assumption } from './assumption';

/** What AWS Backup does. */
export const AWS_BACKUP: readonly Assumption[] = [
  {
    id: 'backup-snapshots-can-be-tagged',
    statement:
      'A customer may put tags on the instance and cluster snapshots that AWS Backup has made (`rds:AddTagsToResource` on `awsbackup:` names).',
    certainty: 'unknown',
    reliedOnIn: [
      'lambda/source/export-snapshots/act.ts',
      'lambda/_kit/copies.ts',
      'stacksets/source-tooling/export-snapshots.ts',
    ],
    ifWrong:
      'RDS refuses every mark on a snapshot of AWS Backup: which snapshots were exported, failed or are held back cannot be read from their tags.',
    harmlessBy:
      '`export-snapshots` remembers what it has exported in a table of the source as well, and a refused tag stops nothing; `report-coverage` reads the reasons in that table.',
    probe: { id: 'tag-backup-snapshots' },
  },
  {
    id: 'cluster-backups-are-typed-manual',
    statement: 'RDS shows the cluster snapshots of AWS Backup with the `SnapshotType` `manual`.',
    certainty: 'inferred',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AutomatedBackups.AWSBackup.html',
    reliedOnIn: [
      'lambda/source/export-snapshots/export-copies.ts',
      'lambda/_kit/copies.ts',
      'lambda/_kit/aws/rds-snapshot-lists.ts',
    ],
    ifWrong: 'RDS shows them as `awsbackup`, as it does for instances.',
    harmlessBy:
      'The name decides, not the type: what begins with `awsbackup:` is of AWS Backup, and cluster snapshots are listed without a type.',
    probe: { id: 'cluster-backup-type' },
  },
  {
    id: 'cluster-backups-do-not-count',
    statement: 'The snapshots of AWS Backup do not count toward the quotas of manual snapshots.',
    certainty: 'documented',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AutomatedBackups.AWSBackup.html',
    reliedOnIn: ['lambda/source/export-snapshots/export-capacity.ts', 'lambda/_kit/copies.ts'],
    ifWrong: 'The quota is full earlier than `export-snapshots` computes, and RDS refuses an export copy.',
    harmlessBy: 'A refusal for a full quota is a verdict of its own: it alerts people, and the export is tried again.',
    probe: { id: 'cluster-backups-in-quota' },
  },
  {
    id: 'cluster-backups-emit-event-0075',
    statement:
      'RDS emits RDS-EVENT-0075 with the name `awsbackup:job-…` when AWS Backup has finished a snapshot of an Aurora cluster.',
    certainty: 'inferred',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Events.Messages.html',
    reliedOnIn: ['stacksets/source-tooling/export-snapshots.ts', 'lambda/source/export-snapshots/parse-events.ts'],
    ifWrong: 'No event of RDS starts the export of a cluster snapshot.',
    harmlessBy:
      'AWS Backup’s own event starts it too, and the sweep, every 15 minutes, finds what no event has announced.',
    probe: { id: 'cluster-backup-event' },
  },
  {
    id: 'backups-without-automated-backups-emit-event-0042',
    statement:
      'RDS emits RDS-EVENT-0040 and RDS-EVENT-0042 when AWS Backup backs up an instance that has no automated backups.',
    certainty: 'inferred',
    source: 'https://docs.aws.amazon.com/aws-backup/latest/devguide/rds-backup.html',
    reliedOnIn: ['stacksets/source-tooling/export-snapshots.ts', 'lambda/source/export-snapshots/parse-events.ts'],
    ifWrong: 'No event of RDS starts the export of such a snapshot.',
    harmlessBy:
      'AWS Backup’s own event starts it too, and the sweep, every 15 minutes, finds what no event has announced.',
    probe: { none: 'The sweep makes the answer irrelevant.' },
  },
  {
    id: 'backup-selects-by-tag-without-get-resources',
    statement:
      'AWS Backup selects databases by tag under a backup role that lacks `tag:GetResources`, which AWS’s recipe for such roles names.',
    certainty: 'unknown',
    source:
      'https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html#customer-managed-policies',
    reliedOnIn: ['stacksets/source-tooling/backup-permissions.ts', 'stacksets/source-tooling/backup-plans.ts'],
    ifWrong: 'AWS Backup selects no database, no job fails, and only the report of coverage says so.',
    harmlessBy: 'The backup role has every action for RDS that AWS’s recipe names.',
    probe: { id: 'tag-selection-role' },
    stricterInEmulator: {
      switch: 'backupRoleJudged',
      behavior:
        'AWS Backup selects nothing under a role without `tag:GetResources`, and needs every action of the recipe.',
    },
  },
  {
    id: 'backup-role-actions-suffice',
    statement: 'AWS Backup needs no action for RDS beyond those that its managed policies name.',
    certainty: 'inferred',
    source: 'https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html',
    reliedOnIn: ['stacksets/source-tooling/backup-permissions.ts'],
    ifWrong: 'Backup jobs fail for a missing permission.',
    harmlessBy: 'A job that fails emits an event and names the permission; coverage reports the database as late.',
    probe: { none: 'Every nightly backup asks it, and a failure is reported.' },
  },
  {
    id: 'named-instances-need-no-opt-in',
    statement:
      'A backup plan that names RDS instances by ARN backs them up although RDS is not opted in; Aurora, Neptune and DocumentDB always need the opt-in.',
    certainty: 'documented',
    source: 'https://docs.aws.amazon.com/aws-backup/latest/devguide/working-with-supported-services.html',
    reliedOnIn: ['src/contract/verdicts.ts', 'lambda/source/enable-backup/plan.ts'],
    ifWrong: 'Instances are not backed up where RDS is not opted in.',
    harmlessBy: '`enable-backup` opts in to every service that is needed, whatever the selection says.',
    probe: { id: 'opt-in-explicit-arn' },
  },
  {
    id: 'copies-of-backups-are-named-copyjob',
    statement: 'AWS Backup names a snapshot that it copies into another Region `awsbackup:copyjob-…`.',
    certainty: 'seen',
    source:
      'seen: in lists of snapshots that users have published; docs/adr/0017-copies-in-another-region-do-not-cross.md',
    reliedOnIn: ['lambda/source/export-snapshots/plan.ts', 'src/contract/names.ts'],
    ifWrong: 'The tooling of the other Region looks at the tags of such a copy.',
    harmlessBy: 'The tag names the export key of the original’s Region, which is no key of the other Region.',
    probe: { none: 'It takes a second Region and a backup vault there; the tag holds without the name.' },
  },
  {
    id: 'source-time-of-snapshots-may-be-missing',
    statement: 'RDS may leave `SnapshotCreateTime` out while it makes a snapshot, and always shows it afterward.',
    certainty: 'unknown',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBSnapshot.html',
    reliedOnIn: ['lambda/_kit/aws/snapshot-shape.ts'],
    ifWrong: 'A finished snapshot has no time of its own.',
    harmlessBy: 'A snapshot is exported only once it is available; one without a time is sorted first.',
    probe: { none: 'Both ways are in the emulator’s tests.' },
  },
  {
    id: 'manual-snapshots-are-no-recovery-points',
    statement:
      'AWS Backup cannot adopt a manual RDS snapshot as a recovery point, so that no Vault Lock holds vault copies.',
    certainty: 'inferred',
    source: 'https://docs.aws.amazon.com/aws-backup/latest/devguide/rds-backup.html',
    reliedOnIn: [],
    ifWrong: 'There would be one more way to protect vault copies.',
    harmlessBy: 'Nothing relies on it: IAM and the separate account protect vault copies.',
    probe: { none: 'Nothing relies on it.' },
  },
];
