import { DAY, HOUR } from '../../src/contract/durations';
import { type AccountId, databaseParts, isDatabaseArn, isSnapshotArn, snapshotParts } from '../../src/contract/ids';
import { attemptOf, PREFIX, TAGS, vaultCopyName } from '../../src/contract/names';
import { isOlder } from './backlog';
import { isFailed } from './copies';
import type { Snapshot } from './ports/snapshots';

/** How far the data time that a source wrote may be from the import. */
const EARLIER = 7 * DAY;
const LATER = HOUR;

/** The vault's own copies: by name and by tag. */
export const isVaultCopy = ({ name, tags }: Snapshot): boolean =>
  name.startsWith(`${PREFIX}-`) && tags.get(TAGS.role) === 'vault';

/** The ARN of the database of a vault copy, from the vault's own tag: by name alone, `orders` of one account would be `orders` of
 * another. Empty without the tag. */
export const databaseOf = ({ tags }: Snapshot): string => tags.get(TAGS.database) ?? '';

/** The account whose data a vault copy holds: from a tag that only the vault writes, with what RDS says. */
export const originOf = ({ tags }: Snapshot): AccountId => (tags.get(TAGS.database)?.split(':')[4] ?? '') as AccountId;

/**
 * Whether the name of a vault copy, which no principal can change, and its tags, which the role of import-copies could change, have
 * the same origin: account, kind and name of the database (shortened in the name), and the export copy.
 */
export function nameMatchesTags({ name, kind, tags }: Snapshot): boolean {
  const [database = '', exportCopy = ''] = [tags.get(TAGS.database), tags.get(TAGS.exportCopy)];
  if (!isDatabaseArn(database) || !isSnapshotArn(exportCopy)) return false;
  const [of, from] = [databaseParts(database), snapshotParts(exportCopy)];
  return (
    of.account === from.account && of.kind === kind && name === vaultCopyName(of.name, exportCopy, attemptOf(name))
  );
}

const time = (text: string | undefined): number | undefined => {
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) ? undefined : at;
};

/** When the vault started a copy, by the vault's own clock; by RDS's when the tag is missing. */
export function importTime(held: Snapshot): Date {
  return new Date(time(held.tags.get(TAGS.importStartedAt)) ?? held.createdAt?.getTime() ?? 0);
}

/**
 * When a copy's data was taken: what the source wrote, limited to a plausible range around the import, and never later than RDS
 * says. Without a readable time, the earliest of the range.
 */
export function dataTime(held: Snapshot): Date {
  return new Date(believedTime(held.tags.get(TAGS.sourceTime), importTime(held).getTime(), held.takenAt));
}

/** The same of a copy that is imported at a time, in milliseconds: its data is then as old as the copy will say. */
export function believedTime(word: string | undefined, imported: number, takenAt: Date | undefined): number {
  const [earliest, latest] = [imported - EARLIER, imported + LATER];
  const believed = Math.min(Math.max(time(word) ?? earliest, earliest), latest);
  return Math.min(believed, takenAt?.getTime() ?? believed);
}

/** What the vault has of each database, and in which order it came. */
export interface History {
  /** When the newest data of each database was taken that the vault has, or has under way, in milliseconds since the epoch. */
  readonly newest: ReadonlyMap<string, number>;
  /** The copies whose data is older than that of a copy that the vault had of the database before. */
  readonly older: ReadonlySet<Snapshot>;
}

/** Reads it from the vault's copies. A failed copy is none. */
export function historyOf(copies: readonly Snapshot[]): History {
  const newest = new Map<string, number>();
  const older = new Set<Snapshot>();
  const begun = copies
    .filter((copy) => !isFailed(copy))
    .map((copy) => ({ copy, at: importTime(copy).getTime(), database: databaseOf(copy) }));
  for (const { copy, at, database } of begun.sort((a, b) => a.at - b.at)) {
    const data = believedTime(copy.tags.get(TAGS.sourceTime), at, copy.takenAt);
    const before = newest.get(database);
    if (isOlder(data, before, at)) older.add(copy);
    newest.set(database, Math.max(before ?? data, data));
  }
  return { newest, older };
}
