import { HOUR } from '../../src/contract/durations';

/** A database whose newest copy in the vault is older than this is behind: what two days leave waiting comes in in order. */
const BEHIND_MS = 50 * HOUR;
/** Two backups of a database that lie closer together, such as a daily and a monthly one, count as one. */
const ONE_BACKUP_MS = 12 * HOUR;

const isBehind = (newest: number | undefined, now: number): boolean => newest !== undefined && now - newest > BEHIND_MS;

/**
 * Whether data of a time is older than the newest that the vault has of its database: it adds to history, not to the RPO. While
 * the database is behind, nothing else counts as one backup with the newest. All in milliseconds since the epoch.
 */
export const isOlder = (time: number, newest: number | undefined, now: number): boolean =>
  newest !== undefined && newest - time > (isBehind(newest, now) ? 0 : ONE_BACKUP_MS);

/** What a turn is decided by. */
export interface Waiting {
  readonly database: string;
  /** When its data was taken, in milliseconds since the epoch. */
  readonly time: number;
}

/**
 * The order in which waiting snapshots get their turns, out of the order of their data: the oldest first. Of a database that is
 * behind, the newest goes before its others, in the turn of the oldest: the RPO is kept from then on. What is older than what
 * the vault has of its database goes last, the oldest first. `newest`: when the newest data of each database was taken that
 * the vault has. Linear.
 */
export function inTurn<T extends Waiting>(
  oldestFirst: readonly T[],
  newest: ReadonlyMap<string, number>,
  now: number,
): readonly T[] {
  const older: T[] = [];
  const current: T[] = [];
  for (const one of oldestFirst) (isOlder(one.time, newest.get(one.database), now) ? older : current).push(one);
  const lastOf = new Map(current.map((one) => [one.database, one]));
  const begun = new Set<string>();
  const ranked = current.flatMap((one): readonly T[] => {
    const last = lastOf.get(one.database);
    if (!last || !isBehind(newest.get(one.database), now)) return [one];
    if (begun.has(one.database)) return one === last ? [] : [one];
    begun.add(one.database);
    return one === last ? [one] : [last, one];
  });
  return [...ranked, ...older];
}
