import { carriedTags } from '../../../src/contract/carried-tags';
import { MINUTE } from '../../../src/contract/durations';
import { databaseParts, isSnapshotArn, type KeyArn, snapshotParts } from '../../../src/contract/ids';
import { attemptOf, optionGroupName, TAGS, vaultCopyName } from '../../../src/contract/names';
import type { CopyOrder, Snapshot } from '../../_kit/ports/snapshots';

/** The facts that an order needs. */
interface OrderFacts {
  /** The export copies, read through their access roles: RDS shows no tags of a snapshot that another account shares. */
  readonly throughAccessRoles: ReadonlyMap<string, Snapshot>;
  /** The vault's copies of each export copy, by its ARN. */
  readonly copiesOf: ReadonlyMap<string, readonly Snapshot[]>;
  readonly importKey: KeyArn;
  readonly now: Date;
}

/** How far a source's clock and RDS's may be apart. */
const MAX_APART = MINUTE;

/** The origin of a snapshot, and which of the source's tags RDS contradicts. */
interface Origin {
  readonly tags: Readonly<Record<string, string>>;
  readonly disputed: readonly ('resource-id' | 'source-time' | 'snapshot')[];
}

/**
 * The tags of a vault copy about its origin. What RDS says counts, of the shared snapshot or, through the access role, of the
 * same snapshot in its own account; a tag of the source only fills a gap. When RDS gives no resource id, the copy has none, and
 * the ARN of the database, which RDS gives, identifies the database.
 *
 * `DbiResourceId` and `DbClusterResourceId` identify the database of the snapshot. The API's pages do not say whether RDS shows
 * them to an account that a snapshot is shared with.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBSnapshot.html
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBClusterSnapshot.html
 * Assumption (shared-snapshots-show-the-resource-id).
 */
function originOf(snapshot: Snapshot, exportCopy: Snapshot): Origin {
  const resourceId = snapshot.resourceId ?? exportCopy.resourceId;
  const { tags: sourceTags } = exportCopy;
  const [taggedId, taggedSnapshot] = [sourceTags.get(TAGS.resourceId), sourceTags.get(TAGS.snapshot)];
  const { time, isDisputed } = sourceTime(snapshot, exportCopy);
  const isOfAccount =
    taggedSnapshot !== undefined &&
    isSnapshotArn(taggedSnapshot) &&
    snapshotParts(taggedSnapshot).account === snapshotParts(snapshot.arn).account;
  const tags = {
    [TAGS.snapshot]: isOfAccount ? taggedSnapshot : undefined,
    [TAGS.sourceTime]: time,
    [TAGS.plan]: sourceTags.get(TAGS.plan),
    [TAGS.resourceId]: resourceId,
  };
  return {
    tags: Object.fromEntries(
      Object.entries(tags).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
    ),
    disputed: [
      ...(resourceId !== undefined && taggedId !== undefined && taggedId !== resourceId
        ? ['resource-id' as const]
        : []),
      ...(isDisputed ? ['source-time' as const] : []),
      ...(taggedSnapshot !== undefined && !isOfAccount ? ['snapshot' as const] : []),
    ],
  };
}

const latestTime = ({ takenAt }: Snapshot): number => takenAt?.getTime() ?? Number.POSITIVE_INFINITY;

/**
 * When the data was taken: never later than RDS says. RDS keeps the time of an instance's first snapshot in all copies
 * (`OriginalSnapshotCreateTime`); for a cluster it gives only the time of the export copy.
 */
export function sourceTime(snapshot: Snapshot, exportCopy: Snapshot) {
  const latest = Math.min(latestTime(snapshot), latestTime(exportCopy));
  const tagged = Date.parse(exportCopy.tags.get(TAGS.sourceTime) ?? '');
  const isKnown = Number.isFinite(latest) && (snapshot.kind === 'instance' || !Number.isNaN(tagged));
  const time = isKnown ? Math.min(latest, Number.isNaN(tagged) ? latest : tagged) : tagged;
  return {
    time: Number.isNaN(time) ? undefined : new Date(time).toISOString(),
    isDisputed: tagged - latest > MAX_APART,
  };
}

/**
 * The order for the vault's copy of a shared snapshot: under the import key, with a name made from the ARN, which RDS vouches
 * for, and with the vault's own tags. It carries the source's tags along, and none of these replaces a tag of the vault.
 */
export function importOrder(snapshot: Snapshot, { throughAccessRoles, copiesOf, importKey, now }: OrderFacts) {
  const exportCopy = throughAccessRoles.get(snapshot.arn) ?? snapshot;
  const failed = copiesOf.get(snapshot.arn) ?? [];
  const attempt = failed.reduce((max, copy) => Math.max(max, attemptOf(copy.name)), 0) + 1;
  const origin = originOf(snapshot, exportCopy);
  const { tags, dropped } = carriedTags(exportCopy.tags, {
    ...origin.tags,
    ...(origin.disputed.length > 0 && { [TAGS.disputed]: origin.disputed.join(' ') }),
    [TAGS.role]: 'vault',
    [TAGS.database]: snapshot.database,
    [TAGS.exportCopy]: snapshot.arn,
    [TAGS.importStartedAt]: now.toISOString(),
  });
  const order: CopyOrder = {
    source: snapshot.arn,
    kind: snapshot.kind,
    name: vaultCopyName(databaseParts(snapshot.database).name, snapshot.arn, attempt),
    key: importKey,
    tags,
    optionGroup: optionGroupName(snapshot.engine, snapshot.engineVersion),
  };
  return { order, exportCopy, dropped };
}
