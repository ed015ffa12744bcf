import { countsTowardQuota } from '../../../src/contract/backup-snapshots';
import type { Kind } from '../../../src/contract/ids';
import { Capacity } from '../../_kit/capacity';
import { type CopyLimits, inFlight, isFailed } from '../../_kit/copies';
import { isExportCopy } from '../../_kit/export-copies';
import type { Snapshot } from '../../_kit/ports/snapshots';
import { isImported } from './export-copies';

/** Part of the account's quota of manual snapshots that export copies may use. */
export const PART_OF_QUOTA = 0.25;
/** Export copies of one database that may wait for the vault: more would use up the team's quota while the vault is down. */
const MAX_WAITING_PER_DATABASE = 2;
/** Of these, copies with older data than the vault has: they may wait long, and the next backup needs the other place. */
const MAX_OLDER_WAITING_PER_DATABASE = 1;

/**
 * What an export copy uses. `slot`: a copy in flight. `place`: one of the part of the quota for export copies. `quota`: one of the
 * account's quota. `turn`: the only copy in flight of its database. `waiting`: a copy of its database that waits for the vault.
 * `older`: one of these whose data is older than what the vault has.
 */
export type ExportResource = `${'slot' | 'place' | 'quota'}:${Kind}` | `${'turn' | 'waiting' | 'older'}:${string}`;

/** The places that an existing export copy uses: they are free when it is deleted. */
export const placesOf = ({ kind }: Pick<Snapshot, 'kind'>): readonly ExportResource[] => [
  `place:${kind}`,
  `quota:${kind}`,
];

/** What a copy that waits for the vault uses. */
export const waitingOf = (database: string, isOlder: boolean): readonly ExportResource[] =>
  isOlder ? [`waiting:${database}`, `older:${database}`] : [`waiting:${database}`];

/** All that a new export copy of a snapshot uses. */
export const resourcesOf = (
  { kind, database }: Pick<Snapshot, 'kind' | 'database'>,
  isOlder: boolean,
): readonly ExportResource[] => [
  `slot:${kind}`,
  ...placesOf({ kind }),
  `turn:${database}`,
  ...waitingOf(database, isOlder),
];

/** The capacity that the snapshots of the account leave for export copies. */
export function exportCapacity(
  snapshots: readonly Snapshot[],
  limits: CopyLimits,
  isOlder: (snapshot: Snapshot) => boolean,
): Capacity<ExportResource> {
  const used = new Map<ExportResource, number>();
  const use = (name: ExportResource) => used.set(name, (used.get(name) ?? 0) + 1);
  for (const snapshot of snapshots) {
    const { kind, database } = snapshot;
    if (countsTowardQuota(snapshot)) {
      use(`quota:${kind}`);
      if (inFlight(snapshot)) use(`slot:${kind}`);
    }
    if (!isExportCopy(snapshot)) continue;
    use(`place:${kind}`);
    if (inFlight(snapshot)) use(`turn:${database}`);
    if (!isImported(snapshot) && !isFailed(snapshot)) waitingOf(database, isOlder(snapshot)).forEach(use);
  }
  return new Capacity((name) => limitOf(name, limits) - (used.get(name) ?? 0));
}

function limitOf(name: ExportResource, limits: CopyLimits): number {
  const { manualSnapshotQuota, maxInstanceCopiesInFlight, maxClusterCopiesInFlight } = limits;
  if (name === 'slot:instance') return maxInstanceCopiesInFlight;
  if (name === 'slot:cluster') return maxClusterCopiesInFlight;
  if (name.startsWith('place:')) return Math.floor(manualSnapshotQuota * PART_OF_QUOTA);
  if (name.startsWith('quota:')) return manualSnapshotQuota;
  if (name.startsWith('turn:')) return 1;
  return name.startsWith('older:') ? MAX_OLDER_WAITING_PER_DATABASE : MAX_WAITING_PER_DATABASE;
}
