import { awsOwnedKeyCopy } from './aws-owned-key-copy';
import { clusterBackupEvent } from './cluster-backup-event';
import { clusterBackupType } from './cluster-backup-type';
import { clusterBackupsInQuota } from './cluster-backups-in-quota';
import { denyInImportKey } from './deny-in-import-key';
import { denyOnOwnSnapshots } from './deny-on-own-snapshots';
import { eventbridgeKeyCondition } from './eventbridge-key-condition';
import { executionRoleTemplate } from './execution-role-template';
import { importRequestTagOnForeignSource } from './import-request-tag-on-foreign-source';
import { inFlightRefusalWording } from './in-flight-refusal-wording';
import { kmsViaServiceOnCopies } from './kms-via-service-on-copies';
import { optInExplicitArn } from './opt-in-explicit-arn';
import type { Probe } from './probe';
import { resourceAccountOfSharedSnapshot } from './resource-account-of-shared-snapshot';
import { secondAnalyzer } from './second-analyzer';
import { stackInstanceDeleteAfterMove } from './stack-instance-delete-after-move';
import { tagBackupSnapshots } from './tag-backup-snapshots';
import { tagListWithoutListTags } from './tag-list-without-list-tags';
import { tagSelectionRole } from './tag-selection-role';
import { vaultCopyWithoutSource } from './vault-copy-without-source';

/** All probes in the order of the run: those without cost first, those that take hours last. */
export const PROBES: readonly Probe[] = [
  secondAnalyzer,
  eventbridgeKeyCondition,
  executionRoleTemplate,
  stackInstanceDeleteAfterMove,
  clusterBackupType,
  clusterBackupsInQuota,
  clusterBackupEvent,
  tagBackupSnapshots,
  inFlightRefusalWording,
  awsOwnedKeyCopy,
  tagListWithoutListTags,
  importRequestTagOnForeignSource,
  resourceAccountOfSharedSnapshot,
  denyOnOwnSnapshots,
  denyInImportKey,
  kmsViaServiceOnCopies,
  vaultCopyWithoutSource,
  optInExplicitArn,
  tagSelectionRole,
];
