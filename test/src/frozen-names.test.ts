import { resourcesOf, templatesOf } from '../support/synthesized';

const { vault, management, source } = templatesOf();

/** What holds state, or is named by a policy in another account. */
const STATEFUL: Readonly<Record<string, string | undefined>> = {
  'AWS::Backup::BackupVault': 'BackupVaultName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::KMS::Key': undefined,
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SQS::Queue': 'QueueName',
};

function frozen(template: string): readonly string[] {
  return Object.entries(resourcesOf(template))
    .filter(([, { Type }]) => Type in STATEFUL)
    .map(([id, { Type, Properties }]) => {
      const name = Properties[STATEFUL[Type] ?? ''];
      const text = typeof name === 'string' ? name : (JSON.stringify(name)?.replace(/"/g, '') ?? '-');
      return `${id} ${text}`;
    })
    .sort();
}

// A new logical id makes CloudFormation replace the thing: a key under which nothing can be read any more, a queue that
// nobody writes to, an empty table. A new name leaves the policies of other accounts pointing at nothing.
test('logical ids and names of what holds state never change', () => {
  expect(frozen(vault)).toMatchInlineSnapshot(`
[
  "FollowSourcesStepRole98C39C25 checkvalve-follow-sources-eu-central-1",
  "ImportCopiesStepRoleB0B2C28C checkvalve-import-copies-eu-central-1",
  "ImportKey8375D8E4 -",
  "InboxDeadLettersFE4330BC checkvalve-inbox-dead-letters",
  "InboxQueue96F60793 checkvalve-inbox",
  "SourcesTable1309FECA checkvalve-sources",
]
`);
  expect(frozen(management)).toMatchInlineSnapshot(`
[
  "EnrollAccountsStepRole675DB989 checkvalve-enroll-accounts",
  "RegistryDoorRole73D883AD checkvalve-registry-door",
  "RegistryTableDB777839 checkvalve-registry",
]
`);
  expect(frozen(source)).toMatchInlineSnapshot(`
[
  "BackupRole4CD139C5 {Fn::Join:[,[checkvalve-backup-,{Ref:AWS::Region},-,{Fn::Select:[4,{Fn::Split:[-,{Fn::Select:[2,{Fn::Split:[/,{Ref:AWS::StackId}]}]}]}]}]]}",
  "BackupVaultD1FD0DC4 {Fn::Join:[,[checkvalve-,{Fn::Select:[4,{Fn::Split:[-,{Fn::Select:[2,{Fn::Split:[/,{Ref:AWS::StackId}]}]}]}]}]]}",
  "CopiesTopicA77B4146 checkvalve-copies",
  "ExportKey9B3B64D1 -",
  "ExportSnapshotsStepRoleD54F10EC {Fn::Join:[,[checkvalve-export-snapshots-,{Ref:AWS::Region}]]}",
  "VaultDoorRole69681C5F {Fn::Join:[,[checkvalve-vault-door-,{Ref:AWS::Region}]]}",
]
`);
});
