import {
  type CoverageAccount,
  type CoverageEvidence,
  type CoverageRow,
  type DisputedCopy,
  elsewhereIn,
  isExpected,
  isOverdue,
  type MissedBackup,
  PROTECTION_STATUSES,
  type ProtectionStatus,
  unreadParts,
} from '../../../src/contract/coverage';
import { foreignText } from '../../../src/contract/foreign-text';
import type { AccountId } from '../../../src/contract/ids';
import { databasesMetric, reportCoverage as names } from '../../../src/contract/metrics';
import { coverageOfDay, LATEST_COVERAGE, TAGS } from '../../../src/contract/names';
import { readHold, VERDICTS } from '../../../src/contract/verdicts';
import { groupBy, isAvailable } from '../../_kit/copies';
import type { FailedJob } from '../../_kit/ports/backup-jobs';
import type { Snapshot } from '../../_kit/ports/snapshots';
import { importTime, isVaultCopy, originOf } from '../../_kit/vault-copies';
import { elsewhereOf } from './elsewhere';
import type { AccountSeen, CoverageFacts } from './facts';
import { type Message, messageOf } from './message';
import { untoldSince } from './observe';
import { isExitConfirmed, rowIdentity, rowsOf } from './rows';

/** One thing to do. */
export type CoverageAction =
  /** Tell people, once a day, that something is not protected. */
  | { readonly do: 'tell'; readonly message: Message }
  /** Keep the day's report for years. */
  | { readonly do: 'keep'; readonly name: string; readonly until: Date }
  /** Write the newest report over the one before. */
  | { readonly do: 'replace'; readonly name: string };

/** What must happen, in this order, and what is measured. */
export interface CoveragePlan {
  readonly evidence: CoverageEvidence;
  readonly actions: readonly CoverageAction[];
  readonly measures: Readonly<Record<string, number>>;
}

const HOUR = 3_600_000;
/** An hourly run may come a little early: a day is told of when most of it has passed. */
const TOLD_EVERY = 23.5 * HOUR;
/** For how long a day's report can be changed by nobody without a permission of its own. */
const LOCKED_FOR = 365 * 24 * HOUR;
/** How long an export copy may wait for the vault before anybody is told. */
const TAKEN_WITHIN = 6 * HOUR;
/** Missed backups of one account that a report names: no account may make it too long to be written. */
const MOST_MISSED = 200;
/** For how long the alarm about a disputed copy goes on, and how many of one account a report names. */
const DISPUTED_FOR = 7 * 24 * HOUR;
const MAX_DISPUTED = 50;
/** How long the tooling may take to come to an account before its shut access role is a fault. */
const ROLLED_OUT_WITHIN = 6 * HOUR;

/** Decides what is said of every database, and to whom. Pure; linear but for one sort. */
export function plan(facts: CoverageFacts): CoveragePlan {
  const { now, before } = facts;
  const known = new Map((before?.accounts ?? []).map((one) => [one.account, one]));
  const databases = rowsOf(facts).map((row) => ({ ...row, ...(row.reason && { reason: foreignText(row.reason) }) }));
  const count = (status: ProtectionStatus) => databases.filter((row) => row.status === status).length;
  const counts = Object.fromEntries(PROTECTION_STATUSES.map((status) => [status, count(status)]));
  const evidence: CoverageEvidence = {
    version: 1,
    at: now.toISOString(),
    region: facts.region,
    databases,
    accounts: facts.accounts.map((one) => accountRow(one, known.get(one.account), facts)).sort(byAccount),
    missedBackups: missedBackups(facts),
    disputed: disputedCopies(facts),
    counts: counts as CoverageEvidence['counts'],
    registryUnread: facts.registryUnread && foreignText(facts.registryUnread),
    alertedAt: before?.alertedAt,
    kept: before?.kept,
  };
  const message = messageOf(evidence);
  const isDue = now.getTime() - (Date.parse(before?.alertedAt ?? '') || 0) >= TOLD_EVERY;
  const day = coverageOfDay(now);
  return {
    evidence,
    measures: measures(evidence, facts),
    actions: [
      ...(message && isDue ? [{ do: 'tell' as const, message }] : []),
      ...(before?.kept === day
        ? []
        : [{ do: 'keep' as const, name: day, until: new Date(now.getTime() + LOCKED_FOR) }]),
      { do: 'replace', name: LATEST_COVERAGE },
    ],
  };
}

const byAccount = (a: { account: AccountId }, b: { account: AccountId }): number =>
  a.account.localeCompare(b.account, 'en');

/** What coverage saw of an account. Of one that cannot be looked into, the export key stands as it was seen last. */
function accountRow(one: AccountSeen, known: CoverageAccount | undefined, facts: CoverageFacts): CoverageAccount {
  const { account, state, leavingSince, seen } = one;
  const { now } = facts;
  const isConfirmed = state === 'left' && isExitConfirmed(account, one.since, facts);
  const isOver = state === 'evicted' || isConfirmed;
  const since = known?.state === state ? (known.since ?? now.toISOString()) : now.toISOString();
  const base = {
    ...{ account, state, since, access: seen.access, leavingSince, optedOut: [], notImported: [], unread: [] },
    ...(state === 'left' && !isConfirmed && { unconfirmed: true }),
    elsewhere: isOver ? undefined : elsewhereOf(one, known, facts),
  };
  const exportKey = known?.exportKey;
  if (seen.access === 'not-requested') return base;
  if (seen.access !== 'granted') {
    const because = foreignText(seen.because);
    const unread = seen.access === 'unknown' ? [`could not ask: ${because}`] : [];
    return { ...base, because, exportKey, unread, isPostponed: seen.isPostponed };
  }
  return {
    ...base,
    optedOut: seen.optedOut.map((service) => foreignText(service)),
    exportKey: seen.exportKey,
    notImported: seen.snapshots.filter((snapshot) => isForgotten(snapshot, now)).map(({ arn }) => arn),
    unread: seen.unread.map((part) => foreignText(part)),
    deadLetters: seen.deadLetters,
  };
}

/** Copies of the last week whose source says otherwise than RDS of what they are copies of, as many of each account as a
 * person would read. */
const disputedCopies = ({ own, now }: CoverageFacts): readonly DisputedCopy[] => {
  const disputed = own.filter(
    (copy) =>
      isVaultCopy(copy) && copy.tags.has(TAGS.disputed) && now.getTime() - importTime(copy).getTime() <= DISPUTED_FOR,
  );
  return [...groupBy(disputed, originOf).values()].flatMap((copies) =>
    copies.slice(0, MAX_DISPUTED).map((copy) => ({
      account: originOf(copy),
      database: copy.tags.get(TAGS.database) ?? '',
      copy: copy.arn,
      importedAt: importTime(copy).toISOString(),
      what: copy.tags.get(TAGS.disputed) ?? '',
    })),
  );
};

/** An export copy that was shared hours ago and that the vault has not marked as taken. */
function isForgotten(seen: Snapshot, now: Date): boolean {
  if (seen.tags.get(TAGS.role) !== 'export' || !isAvailable(seen) || seen.tags.has(TAGS.copiedAt)) return false;
  const sharedAt = Date.parse(seen.tags.get(TAGS.sharedAt) ?? '') || (seen.createdAt ?? now).getTime();
  return now.getTime() - sharedAt > TAKEN_WITHIN;
}

/** The backups of each account that came to nothing, as many as a person would read. */
const missedBackups = ({ accounts, before, now }: CoverageFacts): CoverageEvidence['missedBackups'] =>
  accounts.flatMap(({ account, seen }) =>
    seen.access === 'granted'
      ? [
          ...deletedTooSoon(account, seen.snapshots, untoldSince(before, now)),
          ...failedJobs(account, seen.failedJobs),
        ].slice(0, MOST_MISSED)
      : [],
  );

const failedJobs = (account: AccountId, jobs: readonly FailedJob[]): readonly MissedBackup[] =>
  jobs.map(({ resource, state, message, at }) => ({
    account,
    database: foreignText(resource),
    state,
    message: foreignText(message),
    at: at.toISOString(),
  }));

/** Snapshots that were deleted before they were copied: the source writes that on the failed copy. */
const deletedTooSoon = (account: AccountId, snapshots: readonly Snapshot[], since: Date): readonly MissedBackup[] =>
  snapshots.flatMap((one) => {
    const hold = readHold(one.tags.get(TAGS.held));
    if (one.tags.get(TAGS.role) !== 'export' || hold?.code !== 'snapshot-deleted' || hold.at < since) return [];
    const { reason, remedy } = VERDICTS[hold.code];
    const message = `${reason}. ${remedy}`;
    return [{ account, database: one.database, state: 'DELETED', message, at: hold.at.toISOString() }];
  });

/** The metrics of a report: one for each status, and those that an alarm waits for. */
function measures(evidence: CoverageEvidence, facts: CoverageFacts) {
  const { counts, accounts, databases } = evidence;
  const known = new Set((facts.before?.databases ?? []).filter(isUnsupported).map(rowIdentity));
  const since = new Map(facts.accounts.map((one) => [one.account, one.since.getTime()]));
  const shut = accounts.filter(
    ({ account, access }) => access === 'denied' && facts.now.getTime() - (since.get(account) ?? 0) > ROLLED_OUT_WITHIN,
  );
  const hidden = databases.map((row) => verdictOfAccount(row, facts.now));
  return {
    ...Object.fromEntries(Object.entries(counts).map(([status, count]) => [databasesMetric(status), count])),
    ...Object.fromEntries(
      (['late', 'never'] as const).map((status) => [
        databasesMetric(status),
        counts[status] + hidden.filter((one) => one === status).length,
      ]),
    ),
    [names.disputedCopies]: evidence.disputed?.length ?? 0,
    [names.databasesElsewhere]: elsewhereIn(evidence).reduce((all, { count }) => all + count, 0),
    [names.newlyUnsupported]: databases.filter((row) => isUnsupported(row) && !known.has(rowIdentity(row))).length,
    [names.unknownAccounts]: shut.length,
    [names.unreadParts]: unreadParts(evidence).length,
    [names.exportCopiesNotImported]: accounts.flatMap(({ notImported }) => notImported).length,
    [names.sourceDeadLetters]: accounts.reduce((all, { deadLetters = 0 }) => all + deadLetters, 0),
    [names.missedBackups]: evidence.missedBackups.length,
  };
}

/** What the vault's own copies say of a database whose account it cannot look into: an account that shuts the vault out must
 * not end the alarm of a late copy by it. */
function verdictOfAccount(row: CoverageRow, now: Date): 'late' | 'never' | undefined {
  if (row.status !== 'unknown' || !isExpected(row)) return undefined;
  if (row.newestCopy) return isOverdue(row) ? 'late' : undefined;
  const waited = (now.getTime() - (Date.parse(row.waitsSince ?? '') || now.getTime())) / HOUR;
  return waited > (row.rpoHours ?? Number.POSITIVE_INFINITY) ? 'never' : undefined;
}

const isUnsupported = ({ status }: CoverageRow): boolean => status === 'unsupported';
