// Longer than most: one table of what RDS and KMS do.

import type { Assumption } from './assumption';

const COPY_PAGE = 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CopySnapshot.html';
const SHARE_PAGE = 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.html';

/** What RDS does with snapshots, their copies, quotas and keys. */
export const RDS: readonly Assumption[] = [
  {
    id: 'request-tag-is-known-for-a-foreign-source',
    statement:
      'When the vault copies a snapshot of another account, the condition key `aws:RequestTag` is in the context for the source as for the target.',
    certainty: 'unknown',
    source: 'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html',
    reliedOnIn: ['src/vault/import-copies.ts'],
    ifWrong: 'AWS refuses every import of a role whose only statement asks for the tag.',
    harmlessBy:
      'The role has one statement for sources of other accounts, without the tag, and one for targets, with it.',
    probe: { id: 'import-request-tag-on-foreign-source' },
  },
  {
    id: 'a-deny-in-the-import-key-lets-rds-copy',
    statement:
      'RDS copies under a key whose policy denies `kms:CreateGrant` to `*` unless the grant is for an AWS service. AWS warns of such denies.',
    certainty: 'unknown',
    source: COPY_PAGE,
    reliedOnIn: ['src/vault/import-key.ts'],
    ifWrong: 'Every import fails under a key with such a statement.',
    harmlessBy: 'The policy of the import key denies nothing to `*`: the conditions of the roles do it instead.',
    probe: { id: 'deny-in-import-key' },
  },
  {
    id: 'rds-names-itself-to-the-export-key',
    statement:
      'Every call of RDS to the export key on the vault’s behalf carries `kms:ViaService`, those after the order to copy included.',
    certainty: 'unknown',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.Keys.html',
    reliedOnIn: [
      'src/vault/import-copies.ts',
      'stacksets/source-tooling/export-key.ts',
      'stacksets/source-tooling/export-snapshots.ts',
    ],
    ifWrong: 'Every import fails with `KMSKeyNotAccessibleFault`, or the copy ends as `failed`.',
    harmlessBy:
      'Nothing: no copy reaches the vault. Coverage reports every database as not protected, and the README says to ask this probe before the first account is enrolled.',
    probe: { id: 'kms-via-service-on-copies' },
  },
  {
    id: 'vault-copies-need-nothing-of-the-source',
    statement: 'A finished copy under the import key needs neither the export copy nor the export key any more.',
    certainty: 'inferred',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Overview.Encryption.Keys.html',
    reliedOnIn: ['lambda/source/export-snapshots/plan.ts', 'src/vault/import-key.ts'],
    ifWrong: 'A source that loses its key takes the vault copies with it.',
    harmlessBy: 'Nothing: the design rests on it. The README says to ask this probe before relying on a copy.',
    probe: { id: 'vault-copy-without-source' },
  },
  {
    id: 'aws-owned-keys-can-be-replaced',
    statement:
      'A cluster snapshot under a key that AWS owns (`sse-rds`) can be copied under a customer’s key, and the copy can be shared.',
    certainty: 'unknown',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Overview.Encryption.html',
    reliedOnIn: ['lambda/_kit/aws/snapshot-shape.ts', 'lambda/_kit/aws/copy-refusal.ts'],
    ifWrong: 'Clusters that RDS encrypts by itself cannot be protected.',
    harmlessBy:
      'The refusal becomes a verdict of the database, with RDS’s words; coverage shows it and people are alerted.',
    probe: { id: 'aws-owned-key-copy' },
  },
  {
    id: 'never-shared-speaks-of-options-or-keys',
    statement:
      'Where RDS will never share a snapshot, the message of `InvalidDBSnapshotState` speaks of options or of encryption, and of no state that a snapshot passes through.',
    certainty: 'unknown',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBSnapshotAttribute.html',
    reliedOnIn: ['lambda/_kit/aws/copy-refusal.ts'],
    ifWrong:
      'A copy that can never be shared is kept and told each day as `share-refused`, or one that could be shared later is deleted and called `unshareable`.',
    harmlessBy:
      'Either is a verdict with RDS’s words, which coverage shows; the next snapshot of the database is tried anew.',
    probe: { none: 'It takes a database with TDE, which costs a license.' },
  },
  {
    id: 'too-many-tags-are-an-error-of-one-snapshot',
    statement:
      'RDS refuses a 51st tag with a code that ends in `QuotaExceeded` or `LimitExceeded`, or contains `TagQuota` or `Invalid`.',
    certainty: 'unknown',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_AddTagsToResource.html',
    reliedOnIn: ['lambda/vault/import-copies/act.ts'],
    ifWrong: 'One export copy with 50 tags ends the marks in its account until the next run.',
    harmlessBy:
      'It is an outcome of that account alone; coverage names export copies that are not marked as taken after six hours.',
    probe: {
      none: 'Any code is an outcome and fails no run: it decides only whether other copies of the account are marked.',
    },
  },
  {
    id: 'busy-slots-do-not-read-like-a-full-quota',
    statement:
      'RDS refuses one copy too many at a time with `SnapshotQuotaExceeded`, and its message does not speak of manual snapshots, as that of a full quota does.',
    certainty: 'seen',
    source:
      'seen: https://github.com/pbudzon/aws-maintenance/issues/19 (copies), https://github.com/pbudzon/aws-maintenance/issues/12 (quota)',
    reliedOnIn: ['lambda/_kit/aws/copy-refusal.ts'],
    ifWrong: 'Busy slots read as a full quota: people are alerted, and the next try is late.',
    harmlessBy: 'Either answer is tried again; a copy is delayed by hours, and none is lost.',
    probe: { id: 'in-flight-refusal-wording' },
  },
  {
    id: 'option-groups-are-told-by-words',
    statement: 'RDS’s refusal of a copy that needs an option group says “requires a target option group”.',
    certainty: 'inferred',
    source: SHARE_PAGE,
    reliedOnIn: ['lambda/_kit/aws/copy-refusal.ts'],
    ifWrong: 'The verdict is `refused` in the place of `options`: its remedy is less exact.',
    harmlessBy: 'The verdict shows RDS’s own words, and the database is reported all the same.',
    probe: { none: 'It takes an Oracle or SQL Server database with a license; nothing is lost if it is wrong.' },
  },
  {
    id: 'lists-show-tags-without-list-tags',
    statement: '`Describe…Snapshots` shows `TagList` to a role that lacks `rds:ListTagsForResource`.',
    certainty: 'unknown',
    source: 'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html',
    reliedOnIn: ['src/constructs/permissions.ts', 'stacksets/source-tooling/snapshot-access.ts'],
    ifWrong: 'Snapshots seem to have no tags, and nothing is exported or imported.',
    harmlessBy: 'Every role that lists snapshots has `rds:ListTagsForResource` as well.',
    probe: { id: 'tag-list-without-list-tags' },
  },
  {
    id: 'copies-count-toward-the-quota',
    statement: 'Export copies and vault copies are manual snapshots, and count toward the quota.',
    certainty: 'inferred',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html',
    reliedOnIn: ['lambda/source/export-snapshots/export-capacity.ts', 'src/config/warnings.ts'],
    ifWrong: 'There is more room than is computed.',
    harmlessBy: 'More room does no harm.',
    probe: { none: 'Wrong does no harm.' },
  },
  {
    id: 'shares-emit-no-event',
    statement: 'RDS tells the account with which a snapshot is shared nothing of it.',
    certainty: 'inferred',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html',
    reliedOnIn: ['stacksets/source-tooling/copies-topic.ts', 'src/vault/inbox.ts'],
    ifWrong: 'The vault could be notified without a message of the source.',
    harmlessBy: 'A needless message does no harm, and the vault looks by itself every 15 minutes.',
    probe: { none: 'Wrong does no harm.' },
  },
  {
    id: 'finished-imports-emit-event-0197',
    statement: 'RDS emits RDS-EVENT-0197 in the vault when the import of an instance snapshot has finished.',
    certainty: 'seen',
    source: 'seen: https://github.com/skyscrapers/terraform-rds (rules of its cross-account replicator)',
    reliedOnIn: ['src/vault/import-copies.ts'],
    ifWrong: 'No event starts the run that follows a finished import.',
    harmlessBy: 'The sweep finds finished imports; a free slot is used up to 15 minutes later.',
    probe: { none: 'The sweep makes the answer irrelevant.' },
  },
  {
    id: 'any-account-may-share-with-the-vault',
    statement: 'Any AWS account may share a snapshot with the vault unasked.',
    certainty: 'inferred',
    source: SHARE_PAGE,
    reliedOnIn: ['lambda/vault/import-copies/plan.ts'],
    ifWrong: 'There are fewer shared snapshots to pass over.',
    harmlessBy: 'The vault imports only from accounts that it follows, whatever is shared.',
    probe: { none: 'Wrong does no harm.' },
  },
  {
    id: 'iam-does-not-see-with-whom-a-snapshot-is-shared',
    statement: 'No condition key tells IAM with which account a snapshot is shared.',
    certainty: 'inferred',
    source: 'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html',
    reliedOnIn: ['stacksets/source-tooling/export-snapshots.ts', 'src/management/guardrail-policies.ts'],
    ifWrong: 'The role of `export-snapshots` could be bound more closely.',
    harmlessBy:
      'The role is bound to its own copies; where the guardrails are on, an SCP denies sharing to all others.',
    probe: { none: 'The list of AWS has no such key; a new one would only allow more.' },
  },
  {
    id: 'db2-is-copied-and-shared-like-others',
    statement: 'RDS copies and shares snapshots of Db2 as it does those of other engines.',
    certainty: 'inferred',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ExportSnapshot.html',
    reliedOnIn: ['src/contract/protectable.ts'],
    ifWrong: 'RDS refuses the copy or the share of a Db2 snapshot.',
    harmlessBy: 'The refusal becomes a verdict of the database; coverage shows it and people are alerted.',
    probe: { none: 'It takes a license of IBM; a refusal is reported.' },
  },
  {
    id: 'manual-snapshots-have-no-lock',
    statement: 'Nothing locks a manual RDS snapshot: an administrator of the vault can delete it.',
    certainty: 'inferred',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteSnapshot.html',
    reliedOnIn: ['src/vault/prune-copies.ts'],
    ifWrong: 'Vault copies could be protected better.',
    harmlessBy: 'The trust model names the vault’s administrators as trusted.',
    probe: { none: 'Wrong does no harm.' },
  },
  {
    id: 'shared-snapshots-show-the-resource-id',
    statement:
      'RDS shows `DbiResourceId` and `DbClusterResourceId` of a snapshot to an account that it is shared with, or to its owner.',
    certainty: 'inferred',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBSnapshot.html',
    reliedOnIn: ['lambda/vault/import-copies/import-order.ts'],
    ifWrong: 'The vault knows no stable id of a database, and a renamed database begins anew.',
    harmlessBy:
      'The importer takes what RDS says of the shared snapshot, then what RDS says of it through the access role; without either, the ARN of the database is its identity. The tag of the source is never used for it.',
    probe: { none: 'Each of the answers is handled, and tests show all three.' },
  },
  {
    id: 'cluster-snapshots-show-their-size',
    statement: 'RDS gives the size of an Aurora cluster snapshot in `AllocatedStorage`.',
    certainty: 'unknown',
    reliedOnIn: ['lambda/_kit/aws/snapshot-shape.ts', 'src/contract/admission.ts'],
    ifWrong:
      'RDS says 0 or 1, as it does of automated backups of Aurora: `vault.admission.maxCopyGiB` and `maxGiBPerAccountPerDay` do not bound copies of Aurora clusters, and the price in the log is too low.',
    harmlessBy:
      'Slots and places do not depend on the size: an account holds at most four fifths of the slots for clusters, and no place of another. What is left is the cost of the storage, which AWS Budgets shows.',
    probe: { none: 'A cluster of a size that differs from 1 GiB costs more than the sandboxes may.' },
  },
  {
    id: 'a-region-that-is-not-enabled-knows-no-credentials',
    statement:
      'In a Region that an account has not enabled, RDS answers calls with its credentials with `InvalidClientTokenId` or another error about the token.',
    certainty: 'inferred',
    source: 'https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html',
    reliedOnIn: ['lambda/_kit/aws/closed-regions.ts'],
    ifWrong: 'Coverage says of accounts that a Region could not be looked at, and an alarm about it goes on.',
    harmlessBy: 'The report names the Region and AWS’s words; what is said of the configured Regions is not affected.',
    probe: { none: 'It would take a sandbox account that enables and disables a Region, which takes hours.' },
  },
  {
    id: 'deletions-take-a-third-of-a-second',
    statement:
      'RDS answers a deletion of a snapshot in about 0.3 seconds, so that a run of `prune-copies` deletes 500 to 900.',
    certainty: 'inferred',
    reliedOnIn: ['src/contract/retention.ts'],
    ifWrong: 'Copies leave more slowly than they arrive, and the quota of the vault fills up.',
    harmlessBy: '`prune-copies` goes on in further runs; a quota that fills up raises an alarm before it is full.',
    probe: { none: 'It takes hundreds of snapshots. The duration of the step is in its metrics.' },
  },
  {
    id: 'copies-take-minutes',
    statement: 'A copy of a snapshot takes about half an hour, which is what warnings of a slow vault compute with.',
    certainty: 'inferred',
    reliedOnIn: ['src/config/warnings.ts', 'src/simulation/in-memory-rds.ts'],
    ifWrong: 'The number of databases from which a vault lags is another.',
    harmlessBy: 'Coverage measures the RPO of each database, whatever copies take.',
    probe: { none: 'It depends on the size of a database.' },
  },
  {
    id: 'aurora-copies-across-region-and-account-at-once',
    statement: 'Aurora copies a snapshot into another Region and another account in one step.',
    certainty: 'unknown',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_CopyDBClusterSnapshot.CrossAccount.html',
    reliedOnIn: [],
    ifWrong: 'Two steps are needed.',
    harmlessBy: 'Nothing relies on it: the vault copies within the Region.',
    probe: { none: 'Nothing relies on it.' },
  },
  {
    id: 'clusters-without-instances-can-be-backed-up',
    statement: 'An Aurora cluster without an instance can be created, backed up by AWS Backup and copied.',
    certainty: 'unknown',
    reliedOnIn: ['src/operations/probe/databases.ts'],
    ifWrong: 'The probes of clusters cannot be asked.',
    harmlessBy: '`checkvalve probe` says which probe could not be asked, with AWS’s words.',
    probe: { none: 'Every probe of a cluster asks it on the way.' },
  },
];
