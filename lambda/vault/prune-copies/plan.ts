import { DAY } from '../../../src/contract/durations';
import { PREFIX, TAGS } from '../../../src/contract/names';
import type { Distrust } from '../../../src/contract/pruning';
import {
  type CopyClass,
  MAX_FAILED_DELETIONS_PER_RUN,
  type Retention,
  sourceDeletedDaysOf,
} from '../../../src/contract/retention';
import { groupBy, isAvailable, progressOf } from '../../_kit/copies';
import type { Snapshot } from '../../_kit/ports/snapshots';
import { roundRobin } from '../../_kit/round-robin';
import { dataTime, nameMatchesTags, originOf } from '../../_kit/vault-copies';
import { calendarOf, type Good, inOrder, type Term, termsOf } from './copy-classes';
import { exportCopyOf, isFailedImport, mayHaveBeenGood, PATIENCE_DAYS, spentAttempts } from './failed-imports';
import { type ImportTimeProblem, importedSince } from './import-time';
import { type MassDeletion, massDeletionOf } from './mass-deletion';
import { distrustOf, type TimeFacts } from './trusted-time';

/** What prune-copies looks at. */
export interface PruneFacts extends TimeFacts {
  /** The vault's own manual snapshots, whoever made them. */
  readonly own: readonly Snapshot[];
  /** ARNs of what other accounts share with the vault at this time: RDS vouches for the list. */
  readonly shared: ReadonlySet<string>;
  readonly retention: Retention;
  /** Databases that are certainly gone, by ARN, and since when. */
  readonly gone: ReadonlyMap<string, Date>;
}

/** One thing to do. */
export interface PruneAction {
  readonly do: 'delete';
  readonly snapshot: Snapshot;
  readonly because: 'past-term' | 'failed-import';
  /** ARN of the database it is a copy of, as the vault wrote it down. */
  readonly database: string;
  /** Of a good copy: what it counted as, for how many days that is kept, and for how many days it has been here. */
  readonly term?: Term & { readonly ageDays: number };
}

/** Why a snapshot in the vault stays. */
export type KeptReason =
  | 'foreign-snapshot'
  | 'legal-hold'
  | 'not-available-yet'
  | 'being-deleted'
  | 'status-needs-operator'
  | 'database-tag-missing'
  | 'name-contradicts-tags'
  | ImportTimeProblem
  | 'import-may-be-retried'
  | 'within-term'
  | 'last-copy'
  | 'among-newest-copies'
  | 'export-copy-shared'
  | 'waits-for-next-run'
  | 'account-stopped'
  | 'time-not-trusted';

/** A snapshot that stays, and why. */
export interface Kept {
  readonly snapshot: Snapshot;
  readonly because: KeptReason;
  readonly database?: string;
  readonly copyClass?: CopyClass;
}

/** What must go, the longest overdue of each account first; what stays; and whose copies wait for a person. */
export interface PrunePlan {
  readonly actions: readonly PruneAction[];
  readonly kept: readonly Kept[];
  readonly stopped?: MassDeletion;
  /** Why nothing at all is deleted. */
  readonly distrust?: Distrust;
}

/** Our own vault copies: by type, by name and by mark. What somebody merely named like ours is left alone. */
const isOurs = ({ name, type, tags }: Snapshot): boolean =>
  type === 'manual' && name.startsWith(`${PREFIX}-`) && tags.get(TAGS.role) === 'vault';
/** Read from our own tag: by its name alone, `orders` of one account would be `orders` of another. */
const databaseOf = ({ tags }: Snapshot): string => tags.get(TAGS.database) ?? '';

/** Why a copy of ours is none that a term could be counted for, whatever its age; undefined for a good copy. */
function setAside(snapshot: Snapshot): KeptReason | undefined {
  if (snapshot.tags.has(TAGS.legalHold) && !isAvailable(snapshot)) return 'legal-hold';
  if (progressOf(snapshot) === 'working') return 'not-available-yet';
  if (progressOf(snapshot) === 'going') return 'being-deleted';
  if (!isAvailable(snapshot)) return 'status-needs-operator';
  if (!databaseOf(snapshot)) return 'database-tag-missing';
  return nameMatchesTags(snapshot) ? undefined : 'name-contradicts-tags';
}

/** Decides what goes. Pure; linear but for sorts. */
export function plan(facts: PruneFacts): PrunePlan {
  const { own, shared, retention, now } = facts;
  const ours = own.filter(isOurs);
  const foreign = own.filter((snapshot) => !isOurs(snapshot));
  const kept: Kept[] = foreign.map((snapshot) => ({ snapshot, because: 'foreign-snapshot' }));
  const spent = new Set(spentAttempts(ours, shared, now).filter(({ tags }) => !tags.has(TAGS.legalHold)));
  const good: Snapshot[] = [];
  for (const snapshot of ours) {
    const tryAgain = isFailedImport(snapshot) && !mayHaveBeenGood(snapshot) && !snapshot.tags.has(TAGS.legalHold);
    const because = tryAgain ? 'import-may-be-retried' : setAside(snapshot);
    if (!because) good.push(snapshot);
    else if (!spent.has(snapshot)) kept.push({ snapshot, because, database: databaseOf(snapshot) });
  }
  const due = overdue(good, facts, kept);
  const stopped = massDeletionOf(
    due.map(({ snapshot }) => snapshot),
    good,
    retention,
  );
  const held = new Set(stopped?.accounts.map(({ account }) => account));
  const failed = [...spent].map((snapshot): PruneAction => {
    return { do: 'delete', snapshot, because: 'failed-import', database: databaseOf(snapshot) };
  });
  const isHeld = ({ snapshot }: PruneAction) => held.has(originOf(snapshot));
  const free = due.filter((action) => !isHeld(action));
  const distrust = distrustOf(facts);
  // Failed imports have a cap of their own: however many there are, the good copies that are due go in the same run.
  const chosen = distrust
    ? new Set<PruneAction>()
    : new Set([
        ...roundRobin(failed, accountOf, retention.maxFailedDeletionsPerRun ?? MAX_FAILED_DELETIONS_PER_RUN),
        ...roundRobin(free, accountOf, retention.maxDeletionsPerRun),
      ]);
  const stay = (because: KeptReason) => (action: PruneAction) =>
    kept.push({ snapshot: action.snapshot, because, database: action.database, copyClass: action.term?.copyClass });
  const wait = [...failed, ...free].filter((action) => !chosen.has(action));
  wait.forEach(stay(distrust ? 'time-not-trusted' : 'waits-for-next-run'));
  due.filter(isHeld).forEach(stay('account-stopped'));
  return { actions: [...chosen], kept, ...(stopped && { stopped }), ...(distrust && { distrust }) };
}

const accountOf = ({ snapshot }: PruneAction): string => originOf(snapshot);

/** The good copies whose time has come, the longest overdue first; why the others stay is written down in `kept`. */
function overdue(good: readonly Snapshot[], { shared, retention, gone, now }: PruneFacts, kept: Kept[]): PruneAction[] {
  const at = now.getTime();
  const calendar = calendarOf(retention.timeZone);
  const due: { readonly action: PruneAction; readonly by: number }[] = [];
  for (const [database, copies] of groupBy(good, databaseOf)) {
    const dated = copies.flatMap((snapshot): Good[] => {
      const since = importedSince(snapshot, now);
      if ('at' in since) return [{ snapshot, at: since.at }];
      kept.push({ snapshot, because: snapshot.tags.has(TAGS.legalHold) ? 'legal-hold' : since.odd, database });
      return [];
    });
    const ordered = dated.sort(inOrder);
    const freshest = freshestOf(ordered);
    const goneFor = (at - (gone.get(database)?.getTime() ?? at)) / DAY;
    const minCopiesPerDatabase = goneFor > sourceDeletedDaysOf(retention) ? 0 : retention.minCopiesPerDatabase;
    termsOf(ordered, retention, calendar).forEach((term, index) => {
      const one = ordered[index] as Good;
      const age = at - one.at;
      const by = age - term.days * DAY;
      const isShared = shared.has(exportCopyOf(one.snapshot)) && by <= PATIENCE_DAYS * DAY;
      const newness = one === freshest ? 1 : ordered.length - index;
      const because = whyStay(one.snapshot, by, newness, minCopiesPerDatabase, isShared);
      if (because) kept.push({ snapshot: one.snapshot, because, database, copyClass: term.copyClass });
      else {
        const ageDays = Math.floor(age / DAY);
        const action = { do: 'delete', snapshot: one.snapshot, because: 'past-term', database } as const;
        due.push({ action: { ...action, term: { ...term, ageDays } }, by });
      }
    });
  }
  return due
    .sort((a, b) => b.by - a.by || (a.action.snapshot.arn < b.action.snapshot.arn ? -1 : 1))
    .map(({ action }) => action);
}

/**
 * The copy with the newest data, which need not be the one that came last: what was held may come in after a younger one.
 * What a source wrote of its time is read here only to keep a copy more.
 */
const freshestOf = (good: readonly Good[]): Good | undefined =>
  good.reduce<Good | undefined>(
    (best, one) => (best && dataTime(best.snapshot) > dataTime(one.snapshot) ? best : one),
    undefined,
  );

/** Why a good copy stays that is overdue by so many milliseconds, and the so-manieth newest of its database.
 * @param minCopiesPerDatabase copies that stay however old they are: none of a database that has been gone for its term */
function whyStay(
  { tags }: Snapshot,
  overdueBy: number,
  newness: number,
  minCopiesPerDatabase: number,
  isShared: boolean,
): KeptReason | undefined {
  if (tags.has(TAGS.legalHold)) return 'legal-hold';
  if (overdueBy < 0) return 'within-term';
  if (newness === 1 && minCopiesPerDatabase > 0) return 'last-copy';
  if (newness <= minCopiesPerDatabase) return 'among-newest-copies';
  // While it is shared, import-copies might take it for one that the vault does not have, and import it again.
  return isShared ? 'export-copy-shared' : undefined;
}
