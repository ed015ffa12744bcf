import { type CoverageRow, isExpected } from '../../../src/contract/coverage';
import type { Decision } from '../../../src/contract/decisions';
import type { Database } from '../../_kit/ports/databases';
import type { Rpo } from './facts';

/** What decides whether copies of a database that exists are expected, and since when. */
export interface Past {
  readonly database: Database;
  /** It carries the tag by which the backup plans select. */
  readonly wanted: boolean;
  /** What the report before said of it. */
  readonly record?: CoverageRow;
  /** What the report before said of the database that had its name then. */
  readonly namesake?: CoverageRow;
  /** The vault has copies of it, or of one that had its name. */
  readonly hasCopies: boolean;
  /** When the vault accepted its account. */
  readonly accountSince: Date;
  /** The operator's decision that it is no longer backed up. */
  readonly exclusion?: Decision;
  readonly now: Date;
}

/** What follows. All times ISO 8601. */
export interface Expectation {
  readonly expected: boolean;
  /** An operator decided that it is no longer backed up. */
  readonly isExcluded: boolean;
  readonly wantedSince?: string;
  /** From when on a first copy is awaited. */
  readonly waitsSince: string;
  readonly tagRemovedSince?: string;
}

/** Verdicts under which a database still waits for a first copy, or for the next one. */
const WAITS: readonly CoverageRow['status'][] = ['new', 'never', 'late', 'unknown'];

const earlier = (a: string | undefined, b: string): string =>
  a !== undefined && Date.parse(a) < Date.parse(b) ? a : b;

/**
 * Whether copies of a database are expected. What a source can write only adds: once expected, a database stays so when its
 * tag goes, when it is renamed or when another one takes its name, and its wait for a first copy never begins anew; an
 * operator's decision alone ends it. Pure.
 */
export function expectationOf(past: Past): Expectation {
  const { database, wanted, record, namesake, now } = past;
  const before = record ?? namesake;
  const wasExpected = [record, namesake].some((one) => one !== undefined && isExpected(one));
  // A tag that came later than the database starts its clock: until then no copy was expected.
  const isTaggedNow = wanted && record?.wanted === false && !wasExpected;
  const wantedSince = !wanted ? undefined : isTaggedNow ? now.toISOString() : record?.wantedSince;
  const isExcluded = isDecided(past, wantedSince);
  const expected = !isExcluded && (wanted || wasExpected || past.hasCopies);
  const begins = Math.max(
    (database.createdAt ?? now).getTime(),
    past.accountSince.getTime(),
    Date.parse(wantedSince ?? '') || 0,
  );
  const waited = record ? wasExpected : namesake !== undefined && WAITS.includes(namesake.status);
  const waitsSince = earlier(waited ? before?.waitsSince : undefined, new Date(begins).toISOString());
  const tagRemovedSince = before?.wanted ? now.toISOString() : before?.tagRemovedSince;
  return {
    ...{ expected, isExcluded, waitsSince },
    ...(wantedSince !== undefined && { wantedSince }),
    ...(expected && !wanted && tagRemovedSince !== undefined && { tagRemovedSince }),
  };
}

/** A decision is about the database that had the name then, and ends when a copy is wanted anew. */
function isDecided({ exclusion, database, now }: Past, wantedSince: string | undefined): boolean {
  const at = Date.parse(exclusion?.at ?? '');
  return at >= (database.createdAt ?? now).getTime() && !(Date.parse(wantedSince ?? '') > at);
}

/**
 * The RPO in hours: the strictest that a tag of the database asks for, or the one for all. Tags are the source's to write: a
 * longer RPO counts only once a copy is within the one before.
 */
export function rpoOf(
  tags: ReadonlyMap<string, string>,
  { hours, byTag }: Rpo,
  record?: Pick<CoverageRow, 'status' | 'rpoHours'>,
  isWithin: (hours: number) => boolean = () => false,
): number {
  const fitting = byTag.filter(({ key, value }) => tags.get(key) === value).map((one) => one.hours);
  const asked = fitting.length > 0 ? fitting.reduce((least, one) => Math.min(least, one)) : hours;
  const before = record?.rpoHours;
  const isOffered = before === hours || byTag.some((one) => one.hours === before);
  return before !== undefined && isOffered && before < asked && !isWithin(before) ? before : asked;
}
