import { DAY } from '../../../src/contract/durations';
import { TAGS } from '../../../src/contract/names';
import type { Distrust } from '../../../src/contract/pruning';
import { type CopyClass, MAX_FAILED_DELETIONS_PER_RUN, sourceDeletedDaysOf } from '../../../src/contract/retention';
import { groupBy, isAvailable, progressOf } from '../../_kit/copies';
import type { Snapshot } from '../../_kit/ports/snapshots';
import { roundRobin } from '../../_kit/round-robin';
import { databaseOf, dataTime, isVaultCopy, nameMatchesTags, originOf } from '../../_kit/vault-copies';
import { byImport, type Calendar, calendarOf, type GoodCopy, type Term, termsOf } from './copy-classes';
import type { PruneFacts } from './facts';
import { exportCopyOf, isFailedImport, mayHaveBeenGood, PATIENCE_DAYS, spentAttempts } from './failed-imports';
import { importedSince } from './import-time';
import type { KeptReason } from './kept-reasons';
import { type MassDeletion, massDeletionOf } from './mass-deletion';
import { distrustOf } from './trusted-time';

/** One thing to do. */
export interface PruneAction {
  readonly do: 'delete';
  readonly snapshot: Snapshot;
  readonly because: 'past-term' | 'failed-import';
  /** ARN of the database that it is a copy of, from the vault's own tag. */
  readonly database: string;
  /** Of a good copy: its term, and for how many days it has been in the vault. */
  readonly term?: Term & { readonly ageDays: number };
}

/** A snapshot that stays, and why. */
export interface Kept {
  readonly snapshot: Snapshot;
  readonly because: KeptReason;
  readonly database?: string;
  readonly copyClass?: CopyClass;
}

/** What this run deletes, what stays, and which accounts wait for an operator. */
export interface PrunePlan {
  readonly actions: readonly PruneAction[];
  readonly kept: readonly Kept[];
  /** More is due at once than a run may delete: of these accounts it deletes nothing. */
  readonly stopped?: MassDeletion;
  /** Why the run deletes nothing at all. */
  readonly distrust?: Distrust;
}

/** Copies of the vault: by type, name and tag. A snapshot that only has such a name stays. */
const isOurs = (snapshot: Snapshot): boolean => snapshot.type === 'manual' && isVaultCopy(snapshot);
const isOnHold = ({ tags }: Snapshot): boolean => tags.has(TAGS.legalHold);
const accountOf = ({ snapshot }: PruneAction): string => originOf(snapshot);

/** Decides what is deleted, the longest overdue of each account first. Pure; linear but for sorts. */
export function plan(facts: PruneFacts): PrunePlan {
  const { retention } = facts;
  const { good, failed, kept } = sorted(facts);
  const { due, kept: keptGood } = dueCopies(good, facts);
  const dueSnapshots = due.map(({ snapshot }) => snapshot);
  const stopped = massDeletionOf(dueSnapshots, good, retention);
  const distrust = distrustOf(facts);
  const stoppedAccounts = new Set(stopped?.accounts.map(({ account }) => account));
  const isStopped = (action: PruneAction) => stoppedAccounts.has(accountOf(action));
  const allowed = due.filter((action) => !isStopped(action));
  // Failed imports have a limit of their own: however many there are, the same run deletes the good copies that are due.
  const maxFailed = retention.maxFailedDeletionsPerRun ?? MAX_FAILED_DELETIONS_PER_RUN;
  const actions = distrust
    ? []
    : [...roundRobin(failed, accountOf, maxFailed), ...roundRobin(allowed, accountOf, retention.maxDeletionsPerRun)];
  const isChosen = new Set(actions);
  const waiting = [...failed, ...allowed].filter((action) => !isChosen.has(action));
  return {
    actions,
    kept: [
      ...kept,
      ...keptGood,
      ...waiting.map(keptFor(distrust ? 'time-not-trusted' : 'waits-for-next-run')),
      ...due.filter(isStopped).map(keptFor('account-stopped')),
    ],
    ...(stopped && { stopped }),
    ...(distrust && { distrust }),
  };
}

const keptFor =
  (because: KeptReason) =>
  ({ snapshot, database, term }: PruneAction): Kept => ({ snapshot, because, database, copyClass: term?.copyClass });

/** The vault's snapshots: good copies, failed imports to delete, and those that stay whatever their age is. */
function sorted({ own, shared, now }: PruneFacts) {
  const ours = own.filter(isOurs);
  const spent = new Set(spentAttempts(ours, shared, now).filter((snapshot) => !isOnHold(snapshot)));
  const good: Snapshot[] = [];
  const kept: Kept[] = own
    .filter((snapshot) => !isOurs(snapshot))
    .map((snapshot) => ({ snapshot, because: 'foreign-snapshot' }));
  for (const snapshot of ours) {
    const because = whyNotGood(snapshot);
    if (!because) good.push(snapshot);
    else if (!spent.has(snapshot)) kept.push({ snapshot, because, database: databaseOf(snapshot) });
  }
  const failed = [...spent].map((snapshot): PruneAction => {
    return { do: 'delete', snapshot, because: 'failed-import', database: databaseOf(snapshot) };
  });
  return { good, failed, kept };
}

/** Why no term is counted for a copy of ours; undefined for a good copy. */
function whyNotGood(snapshot: Snapshot): KeptReason | undefined {
  if (isFailedImport(snapshot) && !mayHaveBeenGood(snapshot) && !isOnHold(snapshot)) return 'import-may-be-retried';
  if (isOnHold(snapshot) && !isAvailable(snapshot)) return 'legal-hold';
  if (progressOf(snapshot) === 'in-progress') return 'not-available-yet';
  if (progressOf(snapshot) === 'being-deleted') return 'being-deleted';
  if (!isAvailable(snapshot)) return 'status-needs-operator';
  if (!databaseOf(snapshot)) return 'database-tag-missing';
  return nameMatchesTags(snapshot) ? undefined : 'name-contradicts-tags';
}

/** A copy that is past its term, and by how many milliseconds. */
interface DueCopy {
  readonly action: PruneAction;
  readonly overdueMs: number;
}

/** The good copies that are past their term, the longest overdue first, and the others. */
function dueCopies(good: readonly Snapshot[], facts: PruneFacts) {
  const calendar = calendarOf(facts.retention.timeZone);
  const judged = [...groupBy(good, databaseOf)].map(([database, copies]) =>
    judgeCopies(database, copies, facts, calendar),
  );
  const due = judged
    .flatMap((one) => one.due)
    .sort((a, b) => b.overdueMs - a.overdueMs || (a.action.snapshot.arn < b.action.snapshot.arn ? -1 : 1));
  return { due: due.map(({ action }) => action), kept: judged.flatMap(({ kept }) => kept) };
}

/** The good copies of one database. */
function judgeCopies(database: string, copies: readonly Snapshot[], facts: PruneFacts, calendar: Calendar) {
  const { shared, retention, now } = facts;
  const [due, kept]: [DueCopy[], Kept[]] = [[], []];
  const dated: GoodCopy[] = [];
  for (const snapshot of copies) {
    const since = importedSince(snapshot, now);
    if ('at' in since) dated.push({ snapshot, at: since.at });
    else kept.push({ snapshot, because: isOnHold(snapshot) ? 'legal-hold' : since.problem, database });
  }
  const ordered = dated.sort(byImport);
  const newestData = newestDataOf(ordered);
  const minCopies = minCopiesOf(database, facts);
  termsOf(ordered, retention, calendar).forEach((term, index) => {
    const one = ordered[index] as GoodCopy;
    const ageMs = now.getTime() - one.at;
    const overdueMs = ageMs - term.days * DAY;
    const because = whyKept(one.snapshot, {
      overdueMs,
      rank: one === newestData ? 1 : ordered.length - index,
      minCopies,
      isShared: shared.has(exportCopyOf(one.snapshot)) && overdueMs <= PATIENCE_DAYS * DAY,
    });
    if (because) kept.push({ snapshot: one.snapshot, because, database, copyClass: term.copyClass });
    else {
      const action = { do: 'delete', snapshot: one.snapshot, because: 'past-term', database } as const;
      due.push({ action: { ...action, term: { ...term, ageDays: Math.floor(ageMs / DAY) } }, overdueMs });
    }
  });
  return { due, kept };
}

/** How many copies of a database stay however old they are: none once its source has been deleted for long enough. */
function minCopiesOf(database: string, { deletedSources, retention, now }: PruneFacts): number {
  const deletedAt = deletedSources.get(database)?.getTime() ?? now.getTime();
  const deletedDays = (now.getTime() - deletedAt) / DAY;
  return deletedDays > sourceDeletedDaysOf(retention) ? 0 : retention.minCopiesPerDatabase;
}

/**
 * The copy with the newest data, which need not be the one that was imported last: a copy that was held may be imported after a
 * younger one. The time that a source wrote counts here only because it can only keep one copy more.
 */
const newestDataOf = (good: readonly GoodCopy[]): GoodCopy | undefined =>
  good.reduce<GoodCopy | undefined>(
    (best, one) => (best && dataTime(best.snapshot) > dataTime(one.snapshot) ? best : one),
    undefined,
  );

interface CopyAge {
  /** Less than 0 within the term. */
  readonly overdueMs: number;
  /** 1: the newest of its database. */
  readonly rank: number;
  readonly minCopies: number;
  readonly isShared: boolean;
}

/** Why a good copy stays; undefined when it is deleted. */
function whyKept(snapshot: Snapshot, { overdueMs, rank, minCopies, isShared }: CopyAge): KeptReason | undefined {
  if (isOnHold(snapshot)) return 'legal-hold';
  if (overdueMs < 0) return 'within-term';
  if (rank === 1 && minCopies > 0) return 'last-copy';
  if (rank <= minCopies) return 'among-newest-copies';
  // While it is shared, import-copies would import it again.
  return isShared ? 'export-copy-shared' : undefined;
}
