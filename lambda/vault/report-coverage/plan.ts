import {
  type CoverageAccount,
  type CoverageEvidence,
  type DisputedCopy,
  PROTECTION_STATUSES,
  type ProtectionStatus,
} from '../../../src/contract/coverage';
import { DAY, HOUR } from '../../../src/contract/durations';
import { foreignText } from '../../../src/contract/foreign-text';
import type { AccountId } from '../../../src/contract/ids';
import { coverageOfDay, LATEST_COVERAGE, TAGS } from '../../../src/contract/names';
import { groupBy, isAvailable } from '../../_kit/copies';
import { isExportCopy } from '../../_kit/export-copies';
import type { Snapshot } from '../../_kit/ports/snapshots';
import { databaseOf, importTime, isVaultCopy, originOf } from '../../_kit/vault-copies';
import { MAX_PART_AGE } from './account-parts';
import type { CoverageFacts, ObservedAccount } from './facts';
import { measures } from './measures';
import { type Message, messageOf } from './message';
import { missedBackups } from './missed-backups';
import { isExitConfirmed, rowsOf } from './rows';
import { uncoveredRegionsOf } from './uncovered-regions';

/** One thing to do. */
export type CoverageAction =
  /** Send the daily message to the operators. */
  | { readonly do: 'notify'; readonly message: Message }
  /** Keep the day's report for a year. */
  | { readonly do: 'keep'; readonly name: string; readonly until: Date }
  /** Write the latest report over the one before. */
  | { readonly do: 'replace'; readonly name: string };

/** What a run does, in this order, and what it measures. */
export interface CoveragePlan {
  readonly evidence: CoverageEvidence;
  readonly actions: readonly CoverageAction[];
  readonly measures: Readonly<Record<string, number>>;
}

/** Time between two messages: less than a day, because the hourly run may start a little early. */
const MIN_BETWEEN_MESSAGES = 23.5 * HOUR;
/** For how long only a principal with a separate permission can change a day's report. */
const LOCKED_FOR = 365 * DAY;
/** How long an export copy may wait for the vault before an alarm. */
const MAX_IMPORT_WAIT = 6 * HOUR;
/** For how long the alarm about a disputed copy continues, and how many of one account a report names. */
const DISPUTED_FOR = 7 * DAY;
const MAX_DISPUTED_PER_ACCOUNT = 50;

/** Decides the status of every database, and what the run does. Pure; linear but for one sort. */
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
  return { evidence, measures: measures(evidence, facts), actions: actionsOf(evidence, now) };
}

function actionsOf(evidence: CoverageEvidence, now: Date): readonly CoverageAction[] {
  const message = messageOf(evidence);
  const isDue = now.getTime() - (Date.parse(evidence.alertedAt ?? '') || 0) >= MIN_BETWEEN_MESSAGES;
  const day = coverageOfDay(now);
  return [
    ...(message && isDue ? [{ do: 'notify' as const, message }] : []),
    ...(evidence.kept === day ? [] : [{ do: 'keep' as const, name: day, until: new Date(now.getTime() + LOCKED_FOR) }]),
    { do: 'replace', name: LATEST_COVERAGE },
  ];
}

const byAccount = (a: { account: AccountId }, b: { account: AccountId }): number =>
  a.account.localeCompare(b.account, 'en');

/** What the report says of an account. While an account denies access, its export key stays as the report before has it. */
function accountRow(one: ObservedAccount, known: CoverageAccount | undefined, facts: CoverageFacts): CoverageAccount {
  const { account, state, leavingSince, observed } = one;
  const { now } = facts;
  const isConfirmed = state === 'left' && isExitConfirmed(account, one.since, facts);
  const isOver = state === 'evicted' || isConfirmed;
  const since = known?.state === state ? (known.since ?? now.toISOString()) : now.toISOString();
  const base = {
    account,
    state,
    since,
    access: observed.access,
    leavingSince,
    seenAt: one.seenAt?.toISOString(),
    optedOut: [],
    notImported: [],
    unread: [],
    ...(state === 'left' && !isConfirmed && { unconfirmed: true }),
    elsewhere: isOver ? undefined : uncoveredRegionsOf(one, known, facts),
  };
  const exportKey = known?.exportKey;
  if (observed.access === 'not-requested') return base;
  if (observed.access !== 'granted') {
    const because = foreignText(observed.because);
    return { ...base, because, exportKey, unread: unreadAccount(one, because, now), isPostponed: observed.isPostponed };
  }
  return {
    ...base,
    optedOut: observed.optedOut.map((service) => foreignText(service)),
    exportKey: observed.exportKey,
    notImported: observed.snapshots.filter((snapshot) => isNotImported(snapshot, now)).map(({ arn }) => arn),
    unread: observed.unread.map((part) => foreignText(part)),
    deadLetters: observed.deadLetters,
  };
}

/** Why an account could not be read. An account for which the runs had no time is named once it has waited too long. */
function unreadAccount({ observed, seenAt }: ObservedAccount, because: string, now: Date): readonly string[] {
  if (observed.access !== 'unknown') return [];
  if (!observed.isPostponed) return [`the account did not answer: ${because}`];
  return now.getTime() - (seenAt?.getTime() ?? 0) > MAX_PART_AGE ? [`the account was ${because}`] : [];
}

/** Copies of the last week with tags of the source that RDS contradicts. */
const disputedCopies = ({ own, now }: CoverageFacts): readonly DisputedCopy[] => {
  const disputed = own.filter(
    (copy) =>
      isVaultCopy(copy) && copy.tags.has(TAGS.disputed) && now.getTime() - importTime(copy).getTime() <= DISPUTED_FOR,
  );
  return [...groupBy(disputed, originOf).values()].flatMap((copies) =>
    copies.slice(0, MAX_DISPUTED_PER_ACCOUNT).map((copy) => ({
      account: originOf(copy),
      database: databaseOf(copy),
      copy: copy.arn,
      importedAt: importTime(copy).toISOString(),
      what: copy.tags.get(TAGS.disputed) ?? '',
    })),
  );
};

/** Whether an export copy was shared hours ago, and the vault has not imported it. */
function isNotImported(copy: Snapshot, now: Date): boolean {
  if (!isExportCopy(copy) || !isAvailable(copy) || copy.tags.has(TAGS.importedAt)) return false;
  const sharedAt = Date.parse(copy.tags.get(TAGS.sharedAt) ?? '') || (copy.createdAt ?? now).getTime();
  return now.getTime() - sharedAt > MAX_IMPORT_WAIT;
}
