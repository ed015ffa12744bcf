import type { DBClusterSnapshot, DBSnapshot } from '@aws-sdk/client-rds';
import { databaseArn, type KeyArn, type SnapshotArn, snapshotArn, snapshotParts } from '../../../src/contract/ids';
import { currentTags } from '../../../src/contract/release-0-1-0';
import { type ListedTag, tagMap } from '../../../src/contract/tags';
import type { Snapshot } from '../ports/snapshots';

/** Tags of a snapshot, by their current keys. */
export const snapshotTags = (tags: readonly ListedTag[] | undefined): ReadonlyMap<string, string> =>
  currentTags(tagMap(tags));

function ofDatabase(arn: SnapshotArn, type: 'db' | 'cluster', name: string | undefined) {
  const { region, account } = snapshotParts(arn);
  return databaseArn(`arn:aws:rds:${region}:${account}:${type}:${name}`);
}

/** An instance snapshot. @throws CheckvalveError `INVALID_INPUT` when RDS leaves out what it always gives */
export function instanceSnapshot(found: DBSnapshot): Snapshot {
  const arn = snapshotArn(found.DBSnapshotArn);
  return {
    arn,
    kind: 'instance',
    name: snapshotParts(arn).name,
    status: found.Status ?? 'unknown',
    type: found.SnapshotType ?? 'unknown',
    database: ofDatabase(arn, 'db', found.DBInstanceIdentifier),
    resourceId: found.DbiResourceId,
    engine: found.Engine ?? 'unknown',
    engineVersion: found.EngineVersion,
    encrypted: found.Encrypted ?? false,
    kmsKeyArn: found.KmsKeyId as KeyArn | undefined,
    createdAt: found.SnapshotCreateTime,
    takenAt: found.OriginalSnapshotCreateTime ?? found.SnapshotCreateTime,
    sizeGiB: found.AllocatedStorage ?? 0,
    tags: snapshotTags(found.TagList),
  };
}

/** A cluster snapshot; RDS does not say when the data of a copy was taken. */
export function clusterSnapshot(found: DBClusterSnapshot): Snapshot {
  const arn = snapshotArn(found.DBClusterSnapshotArn);
  return {
    arn,
    kind: 'cluster',
    name: snapshotParts(arn).name,
    status: found.Status ?? 'unknown',
    type: found.SnapshotType ?? 'unknown',
    database: ofDatabase(arn, 'cluster', found.DBClusterIdentifier),
    resourceId: found.DbClusterResourceId,
    engine: found.Engine ?? 'unknown',
    engineVersion: found.EngineVersion,
    encrypted: found.StorageEncrypted ?? false,
    kmsKeyArn: found.KmsKeyId as KeyArn | undefined,
    createdAt: found.SnapshotCreateTime,
    takenAt: found.SnapshotCreateTime,
    // Assumption (cluster-snapshots-show-their-size).
    sizeGiB: found.AllocatedStorage ?? 0,
    tags: snapshotTags(found.TagList),
  };
}
