import { resourcesOf, templatesOf } from '../support/synthesized';

const { vault, management, tooling, source } = templatesOf();

/** Resources that hold state, or that a policy of another account names. */
const STATEFUL: Readonly<Record<string, string | undefined>> = {
  'AWS::Backup::BackupVault': 'BackupVaultName',
  'AWS::CloudFormation::StackSet': 'StackSetName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::KMS::Key': undefined,
  'AWS::S3::Bucket': 'BucketName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SQS::Queue': 'QueueName',
};

/** Resources that stay when a stack is deleted or the resource is replaced. */
const RETAINED: Readonly<Record<string, readonly string[]>> = {
  vault: ['DynamoDB::Table', 'DynamoDB::Table', 'KMS::Key', 'S3::Bucket', 'SQS::Queue'],
  management: ['DynamoDB::Table', 'KMS::Key'],
  tooling: [],
  source: ['Backup::BackupVault', 'IAM::Role', 'KMS::Key'],
};

function frozen(template: string): readonly string[] {
  return Object.entries(resourcesOf(template))
    .filter(([, { Type }]) => Type in STATEFUL)
    .map(([id, { Type, Properties }]) => {
      const name = Properties[STATEFUL[Type] ?? ''];
      const text = typeof name === 'string' ? name : (JSON.stringify(name)?.replace(/"/g, '') ?? '-');
      return `${Type.slice('AWS::'.length)} ${id} ${text}`;
    })
    .sort();
}

test.each(Object.entries({ vault, management, tooling, source }))(
  'each resource that %s retains is in the table',
  (_, text) => {
    const retained = Object.values(resourcesOf(text)).filter(({ DeletionPolicy }) => DeletionPolicy === 'Retain');
    expect(retained.map(({ Type }) => Type).filter((type) => !(type in STATEFUL))).toEqual([]);
  },
);

test.each(Object.entries({ vault, management, tooling, source }))(
  '%s retains exactly the resources of the table',
  (account, text) => {
    const retained = Object.values(resourcesOf(text)).filter(
      ({ DeletionPolicy: kept, UpdateReplacePolicy: replaced }) => {
        expect([kept, replaced]).toEqual([kept, kept]);
        return kept === 'Retain';
      },
    );
    expect(retained.map(({ Type }) => Type.slice('AWS::'.length)).sort()).toEqual(RETAINED[account]);
  },
);

// With a new logical id, CloudFormation replaces the resource: copies under the old key become unreadable, a queue receives
// nothing, a table is empty, a StackSet has no instances. With a new name, policies of other accounts name a resource that
// does not exist.
test('logical ids and names of stateful resources do not change', () => {
  expect(frozen(vault)).toMatchInlineSnapshot(`
[
  "DynamoDB::Table CopyIndexTable34F33FA8 checkvalve-copy-index",
  "DynamoDB::Table SourcesTable1309FECA checkvalve-sources",
  "IAM::Role FollowSourcesStepRole98C39C25 checkvalve-follow-sources-eu-central-1",
  "IAM::Role ImportCopiesStepRoleB0B2C28C checkvalve-import-copies-eu-central-1",
  "IAM::Role PruneCopiesStepRole089FEDB2 checkvalve-prune-copies-eu-central-1",
  "IAM::Role ReportCoverageStepRoleD1753568 checkvalve-report-coverage-eu-central-1",
  "KMS::Key AlertsKey9E1197AF -",
  "KMS::Key ImportKey8375D8E4 -",
  "S3::Bucket EvidenceBucketC67FF768 checkvalve-evidence-333300002222-eu-central-1",
  "SNS::Topic AlertsTopicCF7C81C9 checkvalve-alerts",
  "SQS::Queue ImportCopiesWakeupsDeadLetters7A44CA95 checkvalve-wakeups-dead-letters",
  "SQS::Queue ImportCopiesWakeupsQueue623F4BE1 checkvalve-wakeups",
  "SQS::Queue InboxDeadLettersFE4330BC checkvalve-inbox-dead-letters",
  "SQS::Queue InboxQueue96F60793 checkvalve-inbox",
]
`);
  expect(frozen(management)).toMatchInlineSnapshot(`
[
  "DynamoDB::Table RegistryTableDB777839 checkvalve-registry",
  "IAM::Role EnrollAccountsStepRole675DB989 checkvalve-enroll-accounts",
  "IAM::Role RegistryAccessRole07443F08 checkvalve-registry-access",
  "IAM::Role WatchRolloutStepRole1CC4BB19 checkvalve-watch-rollout",
  "KMS::Key AlertsKey9E1197AF -",
  "SNS::Topic AlertsTopicCF7C81C9 checkvalve-alerts",
  "SQS::Queue EnrollAccountsWorkDeadLettersC52DAD8E checkvalve-enroll-accounts-dead-letters.fifo",
  "SQS::Queue EnrollAccountsWorkQueue4432A9A5 checkvalve-enroll-accounts.fifo",
  "SQS::Queue WatchRolloutWorkDeadLetters7EA82270 checkvalve-watch-rollout-dead-letters.fifo",
  "SQS::Queue WatchRolloutWorkQueue6E46EEC9 checkvalve-watch-rollout.fifo",
]
`);
  expect(frozen(tooling)).toMatchInlineSnapshot(`
[
  "CloudFormation::StackSet StackSetToolingA6789DB7 source-tooling",
]
`);
  expect(frozen(source)).toMatchInlineSnapshot(`
[
  "Backup::BackupVault BackupVaultD1FD0DC4 {Fn::Join:[,[checkvalve-,{Fn::Select:[4,{Fn::Split:[-,{Fn::Select:[2,{Fn::Split:[/,{Ref:AWS::StackId}]}]}]}]}]]}",
  "DynamoDB::Table ExportMemoryTableB290BFF6 checkvalve-export-memory",
  "IAM::Role BackupRole4CD139C5 {Fn::Join:[,[checkvalve-backup-,{Ref:AWS::Region},-,{Fn::Select:[4,{Fn::Split:[-,{Fn::Select:[2,{Fn::Split:[/,{Ref:AWS::StackId}]}]}]}]}]]}",
  "IAM::Role CoverageAccessRole076D2789 {Fn::Join:[,[checkvalve-coverage-access-,{Ref:AWS::Region}]]}",
  "IAM::Role EnableBackupStepRole76D98D6E {Fn::Join:[,[checkvalve-enable-backup-,{Ref:AWS::Region}]]}",
  "IAM::Role ExportSnapshotsStepRoleD54F10EC {Fn::Join:[,[checkvalve-export-snapshots-,{Ref:AWS::Region}]]}",
  "IAM::Role SnapshotAccessRoleD879D6A5 {Fn::Join:[,[checkvalve-snapshot-access-,{Ref:AWS::Region}]]}",
  "KMS::Key ExportKey9B3B64D1 -",
  "SNS::Topic CopiesTopicA77B4146 checkvalve-copies",
  "SQS::Queue ExportSnapshotsWakeupsDeadLettersA0E0E73F checkvalve-wakeups-dead-letters",
  "SQS::Queue ExportSnapshotsWakeupsQueue19D8A65A checkvalve-wakeups",
]
`);
});
