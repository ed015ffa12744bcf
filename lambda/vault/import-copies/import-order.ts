import { carriedTags } from '../../../src/contract/carried-tags';
import { MINUTE } from '../../../src/contract/durations';
import { databaseParts, isSnapshotArn, type KeyArn, snapshotParts } from '../../../src/contract/ids';
import { attemptOf, optionGroupName, TAGS, vaultCopyName } from '../../../src/contract/names';
import type { CopyOrder, Snapshot } from '../../_kit/ports/snapshots';

/** What an order is made from. */
interface OrderFacts {
  /** The export copies as seen through their access roles: RDS shows no tags of a snapshot that is merely shared. */
  readonly throughAccessRoles: ReadonlyMap<string, Snapshot>;
  /** The vault's copies of each export copy, by its ARN. */
  readonly copiesOf: ReadonlyMap<string, readonly Snapshot[]>;
  readonly importKey: KeyArn;
  readonly now: Date;
}

/** By how much a source's clock may differ from RDS's. */
const SAME_TIME = MINUTE;

/** What is known of the origin of a snapshot, and which of the source's tags RDS contradicts. */
interface Origin {
  readonly tags: Readonly<Record<string, string>>;
  readonly disputed: readonly ('resource-id' | 'source-time' | 'snapshot')[];
}

/**
 * What a vault copy says of its origin. RDS's word counts, be it of the shared snapshot or, through the access role, of the
 * same snapshot in its own account; a tag of the source is what fills in. Without RDS's word on the resource id there is
 * none: the ARN of the database, which RDS gives, is its identity then.
 *
 * `DbiResourceId` and `DbClusterResourceId` are of the database that the snapshot was taken of; the API's pages list them
 * without saying whether RDS shows them to an account that a snapshot is shared with.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBSnapshot.html
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBClusterSnapshot.html
 * Assumption (shared-snapshots-show-the-resource-id).
 */
function originOf(snapshot: Snapshot, exportCopy: Snapshot): Origin {
  const said = (key: string) => exportCopy.tags.get(key);
  const resourceId = snapshot.resourceId ?? exportCopy.resourceId;
  const [saidId, saidSnapshot] = [said(TAGS.resourceId), said(TAGS.snapshot)];
  const { time, isDisputed } = sourceTime(snapshot, exportCopy);
  const isOfAccount =
    saidSnapshot !== undefined &&
    isSnapshotArn(saidSnapshot) &&
    snapshotParts(saidSnapshot).account === snapshotParts(snapshot.arn).account;
  const tags = {
    [TAGS.snapshot]: isOfAccount ? saidSnapshot : undefined,
    [TAGS.sourceTime]: time,
    [TAGS.plan]: said(TAGS.plan),
    [TAGS.resourceId]: resourceId,
  };
  return {
    tags: Object.fromEntries(
      Object.entries(tags).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
    ),
    disputed: [
      ...(resourceId !== undefined && saidId !== undefined && saidId !== resourceId ? ['resource-id' as const] : []),
      ...(isDisputed ? ['source-time' as const] : []),
      ...(saidSnapshot !== undefined && !isOfAccount ? ['snapshot' as const] : []),
    ],
  };
}

const told = ({ takenAt }: Snapshot): number => takenAt?.getTime() ?? Number.POSITIVE_INFINITY;

/**
 * When the data was taken: never later than RDS says. RDS keeps the time of an instance's first snapshot through all copies
 * (`OriginalSnapshotCreateTime`); of a cluster's it says only when the export copy was made.
 */
function sourceTime(snapshot: Snapshot, exportCopy: Snapshot) {
  const latest = Math.min(told(snapshot), told(exportCopy));
  const said = Date.parse(exportCopy.tags.get(TAGS.sourceTime) ?? '');
  const isKnown = Number.isFinite(latest) && (snapshot.kind === 'instance' || !Number.isNaN(said));
  const time = isKnown ? Math.min(latest, Number.isNaN(said) ? latest : said) : said;
  return {
    time: Number.isNaN(time) ? undefined : new Date(time).toISOString(),
    isDisputed: said - latest > SAME_TIME,
  };
}

/**
 * The order for the vault's copy of a shared snapshot: under the import key, named after the ARN, which RDS vouches for,
 * and marked with the vault's own words. The source's are carried along as tags, and none of them can be a mark of ours.
 */
export function importOrder(snapshot: Snapshot, { throughAccessRoles, copiesOf, importKey, now }: OrderFacts) {
  const exportCopy = throughAccessRoles.get(snapshot.arn) ?? snapshot;
  const failed = copiesOf.get(snapshot.arn) ?? [];
  const attempt = failed.reduce((most, copy) => Math.max(most, attemptOf(copy.name)), 0) + 1;
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
