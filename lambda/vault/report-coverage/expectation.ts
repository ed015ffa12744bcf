import { type CoverageRow, isExpected } from '../../../src/contract/coverage';
import type { Decision } from '../../../src/contract/decisions';
import type { Database } from '../../_kit/ports/databases';
import type { Rpo } from './facts';

/** What decides whether copies of a database that exists are expected, and since when. */
export interface ExpectationFacts {
  readonly database: Database;
  /** It has the tag by which the backup plans select databases. */
  readonly wanted: boolean;
  /** Its row in the report before. */
  readonly record?: CoverageRow;
  /** The row in the report before of the database that had its name then. */
  readonly namesake?: CoverageRow;
  /** The vault has copies of it, or of a database with its name. */
  readonly hasCopies: boolean;
  /** When the vault accepted its account. */
  readonly accountSince: Date;
  /** An operator's decision that it is no longer backed up. */
  readonly exclusion?: Decision;
  readonly now: Date;
}

/** Whether copies are expected. All times ISO 8601. */
export interface Expectation {
  readonly expected: boolean;
  /** An operator decided that it is no longer backed up. */
  readonly isExcluded: boolean;
  readonly wantedSince?: string;
  /** Since when a first copy is awaited. */
  readonly waitsSince: string;
  readonly tagRemovedSince?: string;
}

/** Statuses of a database that waits for its first or next copy. */
const WAITS: readonly CoverageRow['status'][] = ['new', 'never', 'late', 'unknown'];

const earlier = (a: string | undefined, b: string): string =>
  a !== undefined && Date.parse(a) < Date.parse(b) ? a : b;

/**
 * Whether copies of a database are expected. A source can only add to this. Once copies are expected, they still are after
 * the tag is removed, after a rename, and after another database gets the name, and the wait for a first copy does not begin
 * again. Only an operator's decision ends the expectation. Pure.
 */
export function expectationOf(facts: ExpectationFacts): Expectation {
  const { database, wanted, record, namesake, now } = facts;
  const before = record ?? namesake;
  const wasExpected = [record, namesake].some((one) => one !== undefined && isExpected(one));
  // A tag that was added later than the database was created starts the wait: before, no copy was expected.
  const isTaggedNow = wanted && record?.wanted === false && !wasExpected;
  const wantedSince = !wanted ? undefined : isTaggedNow ? now.toISOString() : record?.wantedSince;
  const isExcluded = isDecided(facts, wantedSince);
  const expected = !isExcluded && (wanted || wasExpected || facts.hasCopies);
  const begins = Math.max(
    (database.createdAt ?? now).getTime(),
    facts.accountSince.getTime(),
    Date.parse(wantedSince ?? '') || 0,
  );
  const waited = record ? wasExpected : namesake !== undefined && WAITS.includes(namesake.status);
  const waitsSince = earlier(waited ? before?.waitsSince : undefined, new Date(begins).toISOString());
  const tagRemovedSince = before?.wanted ? now.toISOString() : before?.tagRemovedSince;
  return {
    expected,
    isExcluded,
    waitsSince,
    ...(wantedSince !== undefined && { wantedSince }),
    ...(expected && !wanted && tagRemovedSince !== undefined && { tagRemovedSince }),
  };
}

/** A decision is about the database that had the name then. It ends when the tag is added again. */
function isDecided({ exclusion, database, now }: ExpectationFacts, wantedSince: string | undefined): boolean {
  const at = Date.parse(exclusion?.at ?? '');
  return at >= (database.createdAt ?? now).getTime() && !(Date.parse(wantedSince ?? '') > at);
}

/**
 * The RPO in hours: the shortest of the tags that match, or the default. A source can change its tags: a longer RPO counts only
 * once a copy is within the RPO before.
 */
export function rpoOf(
  tags: ReadonlyMap<string, string>,
  { hours, byTag }: Rpo,
  record?: Pick<CoverageRow, 'status' | 'rpoHours'>,
  isWithin: (hours: number) => boolean = () => false,
): number {
  const matching = byTag.filter(({ key, value }) => tags.get(key) === value).map((one) => one.hours);
  const asked = matching.length > 0 ? matching.reduce((min, one) => Math.min(min, one)) : hours;
  const before = record?.rpoHours;
  const isOffered = before === hours || byTag.some((one) => one.hours === before);
  return before !== undefined && isOffered && before < asked && !isWithin(before) ? before : asked;
}
