import type { Assumption } from './assumption';

/** Assumptions about AWS Backup. */
export const AWS_BACKUP: readonly Assumption[] = [
  {
    id: 'backup-snapshots-can-be-tagged',
    statement:
      'A customer can tag the instance and cluster snapshots of AWS Backup (`rds:AddTagsToResource` on `awsbackup:` names).',
    certainty: 'unknown',
    reliedOnIn: [
      'lambda/source/export-snapshots/act.ts',
      'lambda/_kit/copies.ts',
      'stacksets/source-tooling/export-snapshots.ts',
    ],
    ifWrong:
      'RDS refuses the tags that mark snapshots of AWS Backup: their tags do not show which snapshots were exported, failed or are held back.',
    mitigation:
      '`export-snapshots` also records its exports in a table of the source, and continues after a refused tag; `report-coverage` reads the reasons in that table.',
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
    mitigation:
      'The name decides, not the type: a snapshot whose name starts with `awsbackup:` is of AWS Backup, and cluster snapshots are listed without a type.',
    probe: { id: 'cluster-backup-type' },
  },
  {
    id: 'cluster-backups-do-not-count',
    statement: 'The snapshots of AWS Backup do not count toward the quotas of manual snapshots.',
    certainty: 'documented',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AutomatedBackups.AWSBackup.html',
    reliedOnIn: ['lambda/source/export-snapshots/export-capacity.ts', 'lambda/_kit/copies.ts'],
    ifWrong: 'The quota is full earlier than `export-snapshots` computes, and RDS refuses an export copy.',
    mitigation: 'A refusal for a full quota has its own verdict: it sends an alert, and the export is tried again.',
    probe: { id: 'cluster-backups-in-quota' },
  },
  {
    id: 'cluster-backups-emit-event-0075',
    statement:
      'RDS emits RDS-EVENT-0075 with the name `awsbackup:job-…` when AWS Backup has completed a snapshot of an Aurora cluster.',
    certainty: 'inferred',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Events.Messages.html',
    reliedOnIn: ['stacksets/source-tooling/export-snapshots.ts', 'lambda/source/export-snapshots/parse-events.ts'],
    ifWrong: 'No event of RDS starts the export of a cluster snapshot.',
    mitigation: 'The event of AWS Backup starts it too, and the hourly sweep finds snapshots without an event.',
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
    mitigation: 'The event of AWS Backup starts it too, and the hourly sweep finds snapshots without an event.',
    probe: { none: 'The sweep makes the answer irrelevant.' },
  },
  {
    id: 'backup-selects-by-tag-without-get-resources',
    statement:
      'AWS Backup selects databases by tag with a backup role that lacks `tag:GetResources`, which AWS’s recipe for such roles names.',
    certainty: 'unknown',
    source:
      'https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html#customer-managed-policies',
    reliedOnIn: ['stacksets/source-tooling/backup-permissions.ts', 'stacksets/source-tooling/backup-plans.ts'],
    ifWrong: 'AWS Backup selects no database, no job fails, and only the coverage report shows it.',
    mitigation: 'The backup role has every action for RDS in AWS’s recipe.',
    probe: { id: 'tag-selection-role' },
    stricterInEmulator: {
      switch: 'backupRoleJudged',
      behavior:
        'AWS Backup selects no database with a role without `tag:GetResources`, and needs every action of the recipe.',
    },
  },
  {
    id: 'backup-role-actions-suffice',
    statement: 'AWS Backup needs no action for RDS beyond those of its managed policies.',
    certainty: 'inferred',
    source: 'https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html',
    reliedOnIn: ['stacksets/source-tooling/backup-permissions.ts'],
    ifWrong: 'Backup jobs fail for a missing permission.',
    mitigation: 'A job that fails emits an event and names the permission; coverage reports the database as late.',
    probe: { none: 'Every daily backup tests it, and a failure is reported.' },
  },
  {
    id: 'named-instances-need-no-opt-in',
    statement:
      'A backup plan that names RDS instances by ARN backs them up even when RDS is not opted in; Aurora, Neptune and DocumentDB always need the opt-in.',
    certainty: 'documented',
    source: 'https://docs.aws.amazon.com/aws-backup/latest/devguide/working-with-supported-services.html',
    reliedOnIn: ['src/contract/verdicts.ts', 'lambda/source/enable-backup/plan.ts'],
    ifWrong: 'Instances are not backed up when RDS is not opted in.',
    mitigation: '`enable-backup` opts in to every needed service, with any selection.',
    probe: { id: 'opt-in-explicit-arn' },
  },
  {
    id: 'copies-of-backups-are-named-copyjob',
    statement: 'AWS Backup names a snapshot that it copies into another Region `awsbackup:copyjob-…`.',
    certainty: 'observed',
    source: 'observed: in published lists of snapshots; docs/adr/0017-copies-in-another-region-stay-there.md',
    reliedOnIn: ['lambda/source/export-snapshots/plan.ts', 'src/contract/names.ts'],
    ifWrong: 'The tooling of the other Region reads the tags of such a copy.',
    mitigation: 'The tag names the export key of the first Region, which is not a key of the other Region.',
    probe: { none: 'It needs a backup vault in a second Region; the tag decides without the name.' },
  },
  {
    id: 'source-time-of-snapshots-may-be-missing',
    statement: 'RDS may leave out `SnapshotCreateTime` until a snapshot is available, and always shows it afterward.',
    certainty: 'unknown',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBSnapshot.html',
    reliedOnIn: ['lambda/_kit/aws/snapshot-shape.ts'],
    ifWrong: 'An available snapshot has no creation time.',
    mitigation: 'A snapshot is exported only when it is available; one without a time is sorted first.',
    probe: { none: 'Tests cover both cases.' },
  },
  {
    id: 'manual-snapshots-are-no-recovery-points',
    statement:
      'AWS Backup cannot take over a manual RDS snapshot as a recovery point, so that Vault Lock cannot protect vault copies.',
    certainty: 'inferred',
    source: 'https://docs.aws.amazon.com/aws-backup/latest/devguide/rds-backup.html',
    reliedOnIn: [],
    ifWrong: 'Vault Lock could also protect vault copies.',
    mitigation: 'No code relies on it: IAM and the separate account protect vault copies.',
    probe: { none: 'No code relies on it.' },
  },
];
