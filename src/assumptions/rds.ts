// Longer than most: one table of the assumptions about RDS and KMS.

import type { Assumption } from './assumption';

const COPY_PAGE = 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CopySnapshot.html';
const SHARE_PAGE = 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.html';

/** Assumptions about snapshots, their copies, quotas and keys in RDS. */
export const RDS: readonly Assumption[] = [
  {
    id: 'filters-find-snapshots-by-name',
    statement:
      'A filter on `db-snapshot-id` or `db-cluster-snapshot-id` takes up to a hundred names, and finds snapshots of AWS Backup by their name.',
    certainty: 'inferred',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBSnapshots.html',
    reliedOnIn: ['lambda/_kit/aws/rds-snapshot-lists.ts'],
    ifWrong: 'A run that was woken for single snapshots does not find them.',
    mitigation: 'A run that does not find what it looks for lists all snapshots, as each sweep does.',
    probe: { none: 'A rehearsal and the log of the first day show it: such a run logs snapshots.not-found.' },
  },
  {
    id: 'a-type-filter-lists-backups-of-instances',
    statement:
      'The filter `snapshot-type` with the values `manual` and `awsbackup` lists instances’ snapshots of both types.',
    certainty: 'inferred',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBSnapshots.html',
    reliedOnIn: ['lambda/_kit/aws/rds-snapshot-lists.ts'],
    ifWrong:
      'The listing lacks snapshots of AWS Backup, or manual ones: then a run may export more copies than their part of the quota.',
    mitigation:
      'A run that does not find a snapshot of AWS Backup asks for it by name. RDS keeps its own quota, and the hourly sweep lists every type for itself.',
    probe: { none: 'The log of the first day shows it: such a run calls DescribeDBSnapshots twice.' },
  },
  {
    id: 'request-tag-is-known-for-a-foreign-source',
    statement:
      'When the vault copies a snapshot of another account, the condition key `aws:RequestTag` is in the context for the source and for the target.',
    certainty: 'unknown',
    source: 'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html',
    reliedOnIn: ['src/vault/import-copies.ts'],
    ifWrong: 'AWS refuses every import by a role whose only statement has a condition on the tag.',
    mitigation:
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
    mitigation: 'The policy of the import key denies nothing to `*`: the roles have conditions instead.',
    probe: { id: 'deny-in-import-key' },
  },
  {
    id: 'rds-calls-the-export-key-with-via-service',
    statement:
      'Every call of RDS to the export key for the vault carries `kms:ViaService`, including the calls after the request to copy.',
    certainty: 'unknown',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.Keys.html',
    reliedOnIn: [
      'src/vault/import-copies.ts',
      'stacksets/source-tooling/export-key.ts',
      'stacksets/source-tooling/export-snapshots.ts',
    ],
    ifWrong: 'Every import fails with `KMSKeyNotAccessibleFault`, or the copy ends as `failed`.',
    mitigation:
      'None: no copy reaches the vault. Coverage reports every database as not protected. The README says to run this probe before the first account is enrolled.',
    probe: { id: 'kms-via-service-on-copies' },
  },
  {
    id: 'vault-copies-need-nothing-of-the-source',
    statement: 'A completed copy under the import key no longer needs the export copy or the export key.',
    certainty: 'inferred',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Overview.Encryption.Keys.html',
    reliedOnIn: ['lambda/source/export-snapshots/plan.ts', 'src/vault/import-key.ts'],
    ifWrong: 'When a source loses its key, the vault copies cannot be restored.',
    mitigation: 'None: the design depends on it. The README says to run this probe before anyone relies on a copy.',
    probe: { id: 'vault-copy-without-source' },
  },
  {
    id: 'aws-owned-keys-can-be-replaced',
    statement:
      'A cluster snapshot under an AWS owned key (`sse-rds`) can be copied under a customer key, and the copy can be shared.',
    certainty: 'unknown',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Overview.Encryption.html',
    reliedOnIn: ['lambda/_kit/aws/snapshot-shape.ts', 'lambda/_kit/aws/copy-refusal.ts'],
    ifWrong: 'Clusters with RDS’s default encryption cannot be protected.',
    mitigation:
      'The refusal becomes the verdict of the database, with RDS’s message; coverage shows it and an alert is sent.',
    probe: { id: 'aws-owned-key-copy' },
  },
  {
    id: 'permanent-share-refusals-name-options-or-keys',
    statement:
      'When RDS can never share a snapshot, the message of `InvalidDBSnapshotState` names options or encryption, and no temporary state of a snapshot.',
    certainty: 'unknown',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBSnapshotAttribute.html',
    reliedOnIn: ['lambda/_kit/aws/copy-refusal.ts'],
    ifWrong:
      'A copy that can never be shared is kept and reported daily as `share-refused`, or one that could be shared later is deleted and reported as `unshareable`.',
    mitigation:
      'Both are verdicts with RDS’s message, which coverage shows; the next snapshot of the database is tried again.',
    probe: { none: 'It needs a database with TDE, which costs a license.' },
  },
  {
    id: 'too-many-tags-are-an-error-of-one-snapshot',
    statement:
      'RDS refuses a 51st tag with a code that ends in `QuotaExceeded` or `LimitExceeded`, or contains `TagQuota` or `Invalid`.',
    certainty: 'unknown',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_AddTagsToResource.html',
    reliedOnIn: ['lambda/vault/import-copies/act.ts'],
    ifWrong: 'One export copy with 50 tags stops the tagging in its account until the next run.',
    mitigation:
      'It is an outcome of that account only; coverage names export copies without the tag of an import after six hours.',
    probe: {
      none: 'Any code is an outcome and fails no run: it decides only whether other copies of the account are tagged.',
    },
  },
  {
    id: 'in-flight-refusals-differ-from-quota-refusals',
    statement:
      'RDS refuses one copy too many in flight with `SnapshotQuotaExceeded`, and its message does not name manual snapshots; the message for a full quota does.',
    certainty: 'observed',
    source:
      'observed: https://github.com/pbudzon/aws-maintenance/issues/19 (copies), https://github.com/pbudzon/aws-maintenance/issues/12 (quota)',
    reliedOnIn: ['lambda/_kit/aws/copy-refusal.ts'],
    ifWrong: 'Too many copies in flight are reported as a full quota: an alert is sent, and the next try is late.',
    mitigation: 'Both are tried again: a copy is delayed by hours, and none is lost.',
    probe: { id: 'in-flight-refusal-wording' },
  },
  {
    id: 'option-group-refusals-have-a-fixed-message',
    statement: 'RDS’s error for a copy that needs an option group contains “requires a target option group”.',
    certainty: 'inferred',
    source: SHARE_PAGE,
    reliedOnIn: ['lambda/_kit/aws/copy-refusal.ts'],
    ifWrong: 'The verdict is `refused` instead of `options`: its remedy is less exact.',
    mitigation: 'The verdict shows RDS’s message, and the database is reported in both cases.',
    probe: { none: 'It needs an Oracle or SQL Server database with a license; no copy is lost if it is wrong.' },
  },
  {
    id: 'lists-show-tags-without-list-tags',
    statement: '`Describe…Snapshots` shows `TagList` to a role that lacks `rds:ListTagsForResource`.',
    certainty: 'unknown',
    source: 'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html',
    reliedOnIn: ['src/constructs/permissions.ts', 'stacksets/source-tooling/snapshot-access.ts'],
    ifWrong: 'Snapshots appear without tags, and no snapshot is exported or imported.',
    mitigation: 'Every role that lists snapshots also has `rds:ListTagsForResource`.',
    probe: { id: 'tag-list-without-list-tags' },
  },
  {
    id: 'copies-count-toward-the-quota',
    statement: 'Export copies and vault copies are manual snapshots, and count toward the quota.',
    certainty: 'inferred',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html',
    reliedOnIn: ['lambda/source/export-snapshots/export-capacity.ts', 'src/config/warnings.ts'],
    ifWrong: 'The quota has more room than computed.',
    mitigation: 'More room does no harm.',
    probe: { none: 'It does no harm if it is wrong.' },
  },
  {
    id: 'shares-emit-no-event',
    statement: 'RDS emits no event in the account that a snapshot is shared with.',
    certainty: 'inferred',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html',
    reliedOnIn: ['stacksets/source-tooling/copies-topic.ts', 'src/vault/inbox.ts'],
    ifWrong: 'RDS could notify the vault without a message of the source.',
    mitigation: 'A needless message does no harm, and the vault checks by itself every half hour.',
    probe: { none: 'It does no harm if it is wrong.' },
  },
  {
    id: 'finished-imports-emit-event-0197',
    statement: 'RDS emits RDS-EVENT-0197 in the vault when the import of an instance snapshot is complete.',
    certainty: 'observed',
    source: 'observed: https://github.com/skyscrapers/terraform-rds (rules of its cross-account replicator)',
    reliedOnIn: ['src/vault/import-copies.ts'],
    ifWrong: 'No event starts the run after a completed import.',
    mitigation: 'The sweep finds completed imports; a free slot is used up to half an hour later.',
    probe: { none: 'The sweep makes the answer irrelevant.' },
  },
  {
    id: 'any-account-may-share-with-the-vault',
    statement: 'Any AWS account can share a snapshot with the vault without its consent.',
    certainty: 'inferred',
    source: SHARE_PAGE,
    reliedOnIn: ['lambda/vault/import-copies/plan.ts'],
    ifWrong: 'There are fewer shared snapshots to ignore.',
    mitigation: 'The vault imports only from enrolled accounts.',
    probe: { none: 'It does no harm if it is wrong.' },
  },
  {
    id: 'no-condition-key-names-the-share-target',
    statement: 'No condition key holds the account that a snapshot is shared with.',
    certainty: 'inferred',
    source: 'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html',
    reliedOnIn: ['stacksets/source-tooling/export-snapshots.ts', 'src/management/guardrail-policies.ts'],
    ifWrong: 'The role of `export-snapshots` could be restricted further.',
    mitigation:
      'The role can share only its own copies; where the guardrails are on, an SCP denies sharing to all others.',
    probe: { none: 'AWS’s list has no such key; a new one would only allow more restrictions.' },
  },
  {
    id: 'db2-is-copied-and-shared-like-others',
    statement: 'RDS copies and shares snapshots of Db2 like those of other engines.',
    certainty: 'inferred',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ExportSnapshot.html',
    reliedOnIn: ['src/contract/protectable.ts'],
    ifWrong: 'RDS refuses the copy or the share of a Db2 snapshot.',
    mitigation: 'The refusal becomes the verdict of the database; coverage shows it and an alert is sent.',
    probe: { none: 'It needs a license of IBM; a refusal is reported.' },
  },
  {
    id: 'manual-snapshots-have-no-lock',
    statement: 'A manual RDS snapshot cannot be locked: an administrator of the vault can delete it.',
    certainty: 'inferred',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteSnapshot.html',
    reliedOnIn: ['src/vault/prune-copies.ts'],
    ifWrong: 'Vault copies could be protected better.',
    mitigation: 'The trust model names the vault’s administrators as trusted.',
    probe: { none: 'It does no harm if it is wrong.' },
  },
  {
    id: 'shared-snapshots-show-the-resource-id',
    statement:
      'RDS shows `DbiResourceId` and `DbClusterResourceId` of a snapshot to the account that it is shared with, or to its owner.',
    certainty: 'inferred',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBSnapshot.html',
    reliedOnIn: ['lambda/vault/import-copies/import-order.ts'],
    ifWrong: 'The vault has no stable id of a database, and treats a renamed database as a new one.',
    mitigation:
      '`import-copies` uses the id of the shared snapshot, else the id that the access role reads; without either, the ARN of the database is its identity. It never uses the tag of the source.',
    probe: { none: 'Tests cover all three cases.' },
  },
  {
    id: 'cluster-snapshots-show-their-size',
    statement: 'RDS gives the size of an Aurora cluster snapshot in `AllocatedStorage`.',
    certainty: 'unknown',
    reliedOnIn: ['lambda/_kit/aws/snapshot-shape.ts', 'src/contract/admission.ts'],
    ifWrong:
      'RDS returns 0 or 1, as for automated backups of Aurora: `vault.admission.maxCopyGiB` and `maxGiBPerAccountPerDay` do not limit copies of Aurora clusters, and the price in the log is too low.',
    mitigation:
      'Slots and quotas do not depend on the size: an account uses at most four fifths of the slots for clusters, and no quota of another account. The remaining risk is the cost of the storage, which AWS Budgets shows.',
    probe: { none: 'A cluster of a size that differs from 1 GiB costs more than the sandboxes may.' },
  },
  {
    id: 'disabled-regions-refuse-credentials',
    statement:
      'In a Region that an account has not enabled, RDS refuses calls of the account with `InvalidClientTokenId` or another error about the token.',
    certainty: 'inferred',
    source: 'https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html',
    reliedOnIn: ['lambda/_kit/aws/closed-regions.ts'],
    ifWrong: 'Coverage reports for accounts that a Region could not be read, and the alarm about it stays on.',
    mitigation: 'The report names the Region and AWS’s message; the configured Regions are not affected.',
    probe: { none: 'A sandbox account would have to enable and disable a Region, which takes hours.' },
  },
  {
    id: 'deletions-take-a-third-of-a-second',
    statement: 'RDS deletes a snapshot in about 0.3 seconds, so that a run of `prune-copies` deletes 500 to 900.',
    certainty: 'inferred',
    reliedOnIn: ['src/contract/retention.ts'],
    ifWrong: 'Copies are deleted more slowly than they arrive, and the quota of the vault fills up.',
    mitigation: '`prune-copies` continues in further runs; an alarm goes off before the quota is full.',
    probe: { none: 'It needs hundreds of snapshots. The metrics of the step show its duration.' },
  },
  {
    id: 'copies-take-minutes',
    statement: 'A copy of a snapshot takes about half an hour; the warnings about a slow vault use this number.',
    certainty: 'inferred',
    reliedOnIn: ['src/config/warnings.ts', 'src/simulation/in-memory-rds.ts'],
    ifWrong: 'A vault becomes too slow at another number of databases.',
    mitigation: 'Coverage measures the RPO of each database, with any duration of copies.',
    probe: { none: 'It depends on the size of a database.' },
  },
  {
    id: 'aurora-copies-across-region-and-account-at-once',
    statement: 'Aurora copies a snapshot into another Region and another account in one step.',
    certainty: 'unknown',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_CopyDBClusterSnapshot.CrossAccount.html',
    reliedOnIn: [],
    ifWrong: 'Two steps are needed.',
    mitigation: 'No code relies on it: the vault copies within the Region.',
    probe: { none: 'No code relies on it.' },
  },
  {
    id: 'clusters-without-instances-can-be-backed-up',
    statement: 'An Aurora cluster without an instance can be created, backed up by AWS Backup and copied.',
    certainty: 'unknown',
    reliedOnIn: ['src/operations/probe/databases.ts'],
    ifWrong: 'The probes of clusters cannot run.',
    mitigation: '`checkvalve probe` names each probe that could not run, with AWS’s message.',
    probe: { none: 'Every probe of a cluster tests it as well.' },
  },
];
