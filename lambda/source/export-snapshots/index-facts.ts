import { keyIdOf } from '../../../src/contract/ids';
import { RECOVERY_POINT_TAGS, TAGS } from '../../../src/contract/names';
import { isDueAgain, wasAlertedToday } from '../../../src/contract/verdicts';
import { inTurn, isOlder } from '../../_kit/backlog';
import type { Capacity } from '../../_kit/capacity';
import { groupBy } from '../../_kit/copies';
import { holdOf, isExportCopy } from '../../_kit/export-copies';
import type { Remembered } from '../../_kit/ports/export-memory';
import type { Snapshot } from '../../_kit/ports/snapshots';
import { type ExportResource, exportCapacity } from './export-capacity';
import { byTime, isImported, sourceTime } from './export-copies';
import type { ExportFacts } from './facts';

/** The facts, sorted and counted once. */
export interface IndexedFacts extends ExportFacts {
  /** Export copies. */
  readonly copies: readonly Snapshot[];
  /** All other snapshots, the oldest first. */
  readonly sources: readonly Snapshot[];
  /** Snapshots with the tag of this tooling's key, by ARN: those of another enrollment of the account are not changed. */
  readonly sourceOf: ReadonlyMap<string, Snapshot>;
  /** Export copies, by the ARN of their snapshot. */
  readonly copiesOf: ReadonlyMap<string, readonly Snapshot[]>;
  /** Export copies, by database. */
  readonly copiesOfDatabase: ReadonlyMap<string, readonly Snapshot[]>;
  /** When the newest data of each database was taken that the vault has, in milliseconds since the epoch. */
  readonly newestImported: ReadonlyMap<string, number>;
  /** What is left for new copies; the plan reserves and releases it. */
  readonly capacity: Capacity<ExportResource>;
  /** Databases with an alert within a day. */
  readonly alerted: ReadonlySet<string>;
  /** RDS has refused the export key, and the next try is not due. */
  readonly isKeyRefused: boolean;
}

/** Sorts and counts the facts. Pure, and linear but for one sort. */
export function indexFacts(facts: ExportFacts): IndexedFacts {
  const snapshots = facts.snapshots.map((one) => withMemory(one, facts.memory.get(one.arn)));
  const copies = snapshots.filter(isExportCopy);
  const others = snapshots.filter((one) => !isExportCopy(one));
  const keyIds = [keyIdOf(facts.exportKey), ...(facts.previousKeyIds ?? [])];
  const newestImported = newestOf(snapshots.filter(isImported));
  const isOfOurKey = ({ tags }: Snapshot) => keyIds.includes(tags.get(RECOVERY_POINT_TAGS.exportKey) ?? '');
  return {
    ...facts,
    snapshots,
    copies,
    sources: byTime(others),
    sourceOf: new Map(others.filter(isOfOurKey).map((source) => [source.arn as string, source])),
    copiesOf: groupBy(copies, (copy) => copy.tags.get(TAGS.snapshot) ?? copy.arn),
    copiesOfDatabase: groupBy(copies, ({ database }) => database),
    newestImported,
    capacity: exportCapacity(snapshots, facts.limits, (one) =>
      isOlderThanImported(one, { newestImported, now: facts.now }),
    ),
    alerted: new Set(snapshots.filter((one) => hadAlertToday(one, facts.now)).map(({ database }) => database)),
    isKeyRefused: others.some((one) => refusesKey(one, facts.now)),
  };
}

const dataAt = (snapshot: Snapshot): number => Date.parse(sourceTime(snapshot)) || 0;

function newestOf(snapshots: readonly Snapshot[]): ReadonlyMap<string, number> {
  const newest = new Map<string, number>();
  for (const one of snapshots) newest.set(one.database, Math.max(newest.get(one.database) ?? 0, dataAt(one)));
  return newest;
}

/** Whether the vault has newer data of its database. */
export const isOlderThanImported = (
  snapshot: Snapshot,
  { newestImported, now }: Pick<IndexedFacts, 'newestImported' | 'now'>,
): boolean => isOlder(dataAt(snapshot), newestImported.get(snapshot.database), now.getTime());

/** Due snapshots, given in the order of their data, in the order in which they are copied. */
export function inOrder(oldestFirst: readonly Snapshot[], index: IndexedFacts): readonly Snapshot[] {
  const due = oldestFirst.map((snapshot) => ({ snapshot, database: snapshot.database, time: dataAt(snapshot) }));
  return inTurn(due, index.newestImported, index.now.getTime()).map(({ snapshot }) => snapshot);
}

/**
 * A snapshot with its memory among its tags, where earlier releases wrote it. These tags are still read, so that an upgrade exports
 * no snapshot twice; the memory takes precedence. Export copies are not in the memory: the step may write their tags.
 */
function withMemory(snapshot: Snapshot, memory: Remembered | undefined): Snapshot {
  if (!memory || isExportCopy(snapshot)) return snapshot;
  const { importedAt, held } = memory;
  const more: [string, string][] = [
    ...(importedAt ? [[TAGS.importedAt, importedAt] as [string, string]] : []),
    ...(held ? [[TAGS.held, held] as [string, string]] : []),
  ];
  return { ...snapshot, tags: new Map([...snapshot.tags, ...more]) };
}

function hadAlertToday(snapshot: Snapshot, now: Date): boolean {
  const hold = holdOf(snapshot);
  return hold !== undefined && wasAlertedToday(hold, now);
}

/** On an export copy, the verdict is the vault's, about the key of the vault. */
function refusesKey(source: Snapshot, now: Date): boolean {
  const hold = holdOf(source);
  return hold?.code === 'checkvalve-key-not-accessible' && !isDueAgain(hold, now);
}
