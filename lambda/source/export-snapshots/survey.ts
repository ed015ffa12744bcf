import { countsTowardQuota, isOfAwsBackup } from '../../../src/contract/backup-snapshots';
import { type AccountId, type KeyArn, type Kind, keyIdOf, type SnapshotArn } from '../../../src/contract/ids';
import { PREFIX, RECOVERY_POINT_TAGS, TAGS } from '../../../src/contract/names';
import { type Hold, isDueAgain, readHold, wasAlertedToday } from '../../../src/contract/verdicts';
import { type CopyLimits, groupBy, inFlight, isFailed } from '../../_kit/copies';
import type { Remembered } from '../../_kit/ports/export-memory';
import type { Snapshot } from '../../_kit/ports/snapshots';

/** What export-snapshots looks at. */
export interface ExportFacts {
  /** Every snapshot of the account, whoever made it. */
  readonly snapshots: readonly Snapshot[];
  /** What earlier runs wrote down of the snapshots of AWS Backup and RDS. */
  readonly memory: ReadonlyMap<SnapshotArn, Remembered>;
  readonly exportKey: KeyArn;
  /** Ids of keys that this one has replaced: what is tagged with them still crosses, under this key. */
  readonly previousKeyIds?: readonly string[];
  readonly vaultAccount: AccountId;
  /** The tag that makes a database a production database; AWS Backup carries it over to the snapshot. */
  readonly databaseTag: { readonly key: string; readonly value: string };
  readonly limits: CopyLimits;
  /** Names of the snapshots that the events of this run have told of. */
  readonly told: ReadonlySet<string>;
  readonly now: Date;
}

/** The part of the account's quota of manual snapshots that export copies may use. */
const PART_OF_QUOTA = 0.25;

/** Our own export copies: by name and by mark. A snapshot that somebody merely named like ours is left alone. */
export const isExportCopy = ({ name, tags }: Snapshot): boolean =>
  name.startsWith(`${PREFIX}-`) && tags.get(TAGS.role) === 'export';
/** What AWS Backup made; and an automated snapshot of RDS on which somebody has put our tag, so that it crosses. RDS
 * shares neither as it is. What a team made by hand is its own, also when it carries our tag.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.html */
export const isCopyable = (snapshot: Snapshot): boolean =>
  isOfAwsBackup(snapshot) || (snapshot.name.startsWith('rds:') && snapshot.tags.has(RECOVERY_POINT_TAGS.exportKey));
/** The vault has it. */
export const isImported = ({ tags }: Snapshot): boolean => tags.has(TAGS.copiedAt);
/** The verdict that a tag remembers. */
export const holdOf = ({ tags }: Snapshot): Hold | undefined => readHold(tags.get(TAGS.held));

/** When the data was taken, as text that sorts; a copy carries it in a tag. */
export const sourceTime = (snapshot: Snapshot): string =>
  snapshot.tags.get(TAGS.sourceTime) ?? (snapshot.takenAt ?? snapshot.createdAt)?.toISOString() ?? '';

/** The oldest data first. The times are written out once for each snapshot, not once for each comparison. */
export const byTime = (snapshots: readonly Snapshot[]): Snapshot[] =>
  snapshots
    .map((snapshot) => ({ snapshot, key: `${sourceTime(snapshot)} ${snapshot.arn}` }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ snapshot }) => snapshot);

/** The facts, sorted and counted once; the counts go down as the plan uses them up. */
export interface World extends ExportFacts {
  readonly copies: readonly Snapshot[];
  /** All that are not export copies, the oldest first. */
  readonly sources: readonly Snapshot[];
  /** Those that carry the id of this tooling's key: after a re-enrollment there are others, which are not ours to mark. */
  readonly sourceOf: ReadonlyMap<string, Snapshot>;
  readonly copiesOf: ReadonlyMap<string, readonly Snapshot[]>;
  readonly copiesOfDatabase: ReadonlyMap<string, readonly Snapshot[]>;
  readonly notImported: Map<string, number>;
  readonly busy: Set<string>;
  /** Copies that may still be started, by kind. */
  readonly slots: Record<Kind, number>;
  /** Snapshots that our part of the quota, and the quota itself, still allow. */
  readonly room: Record<Kind, { ours: number; all: number }>;
  /** Databases of which a person has heard within a day. */
  readonly heard: Set<string>;
  /** RDS has refused the export key, and it is not time to ask again. */
  readonly keyIsShut: boolean;
}

/** Sorts and counts the facts. */
export function survey(facts: ExportFacts): World {
  const { limits, now } = facts;
  const snapshots = facts.snapshots.map((one) => recalled(one, facts.memory.get(one.arn)));
  const { copies, others, manual } = sorted(snapshots);
  const keyIds = [keyIdOf(facts.exportKey), ...(facts.previousKeyIds ?? [])];
  const isForUs = ({ tags }: Snapshot) => keyIds.includes(tags.get(RECOVERY_POINT_TAGS.exportKey) ?? '');
  const notImported = new Map<string, number>();
  for (const copy of copies) {
    if (!isImported(copy) && !isFailed(copy)) notImported.set(copy.database, (notImported.get(copy.database) ?? 0) + 1);
  }
  const room = (kind: Kind) => ({
    ours: Math.floor(limits.manualSnapshotQuota * PART_OF_QUOTA) - copies.filter((copy) => copy.kind === kind).length,
    all: limits.manualSnapshotQuota - manual[kind].all,
  });
  return {
    ...facts,
    snapshots,
    copies,
    sources: byTime(others),
    sourceOf: new Map(others.filter(isForUs).map((source) => [source.arn as string, source])),
    copiesOf: groupBy(copies, (copy) => copy.tags.get(TAGS.snapshot) ?? copy.arn),
    copiesOfDatabase: groupBy(copies, ({ database }) => database),
    notImported,
    busy: new Set(copies.filter(inFlight).map(({ database }) => database)),
    slots: {
      instance: limits.maxInstanceCopiesInFlight - manual.instance.inFlight,
      cluster: limits.maxClusterCopiesInFlight - manual.cluster.inFlight,
    },
    room: { instance: room('instance'), cluster: room('cluster') },
    ...memory(snapshots, now),
  };
}

/**
 * A snapshot with what is remembered of it among its tags, where earlier releases wrote it: what they wrote is still read,
 * so that an upgrade exports nothing anew. What the memory says wins. Export copies are never remembered there: their tags
 * are ours to write.
 */
function recalled(snapshot: Snapshot, memory: Remembered | undefined): Snapshot {
  if (!memory || isExportCopy(snapshot)) return snapshot;
  const { copiedAt, held } = memory;
  const more: [string, string][] = [
    ...(copiedAt ? [[TAGS.copiedAt, copiedAt] as [string, string]] : []),
    ...(held ? [[TAGS.held, held] as [string, string]] : []),
  ];
  return { ...snapshot, tags: new Map([...snapshot.tags, ...more]) };
}

/** Our copies and all others, and how many manual snapshots there are: in one go, since an account may have thousands. */
function sorted(snapshots: readonly Snapshot[]) {
  const [copies, others]: [Snapshot[], Snapshot[]] = [[], []];
  const manual = { instance: { all: 0, inFlight: 0 }, cluster: { all: 0, inFlight: 0 } };
  for (const snapshot of snapshots) {
    (isExportCopy(snapshot) ? copies : others).push(snapshot);
    if (!countsTowardQuota(snapshot)) continue;
    manual[snapshot.kind].all += 1;
    if (inFlight(snapshot)) manual[snapshot.kind].inFlight += 1;
  }
  return { copies, others, manual };
}

/** What earlier runs remember. */
function memory(snapshots: readonly Snapshot[], now: Date): Pick<World, 'heard' | 'keyIsShut'> {
  const heard = new Set<string>();
  let keyIsShut = false;
  for (const snapshot of snapshots) {
    const hold = holdOf(snapshot);
    if (!hold) continue;
    if (wasAlertedToday(hold, now)) heard.add(snapshot.database);
    // On an export copy it is the vault that speaks, of its own key.
    const ofOurKey = hold.code === 'checkvalve-key-not-accessible' && !isExportCopy(snapshot);
    if (ofOurKey && !isDueAgain(hold, now)) keyIsShut = true;
  }
  return { heard, keyIsShut };
}

/** A copy of this snapshot is to be started: what it uses up is counted. */
export function take({ kind, database }: Snapshot, { slots, room, busy, notImported }: World): void {
  slots[kind] -= 1;
  room[kind].ours -= 1;
  room[kind].all -= 1;
  busy.add(database);
  notImported.set(database, (notImported.get(database) ?? 0) + 1);
}
