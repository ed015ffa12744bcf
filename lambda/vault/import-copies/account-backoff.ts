import { DAY, HOUR } from '../../../src/contract/durations';
import { TAGS } from '../../../src/contract/names';
import { groupBy, inFlight, isAvailable, isFailed } from '../../_kit/copies';
import type { Snapshot } from '../../_kit/ports/snapshots';
import { importTime, originOf } from '../../_kit/vault-copies';

/** Failed and good copies count for so long. */
const WINDOW = DAY;
/** An account with fewer failed copies is not in backoff. */
const MIN_FAILURES = 3;
/** Pause after the first round of failures; each further round doubles it. */
const FIRST_PAUSE = HOUR;
const MAX_PAUSE = DAY;

/** Why a copy waits: too many copies of its account failed. */
export const ACCOUNT_BACKOFF = 'account-backoff';

/** An account in backoff. */
export interface BackoffState {
  readonly account: string;
  /** Copies of the account that failed within 24 hours. */
  readonly failures: number;
  /** No copy of the account starts before, in milliseconds since the epoch. */
  readonly until: number;
  /** Copies of the account that may be in flight. */
  readonly maxInFlight: number;
}

interface Failure {
  readonly startedAt: number;
  readonly noticedAt: number;
}

/**
 * Rounds of failures: copies that were in flight together fail for one reason. A round begins with a copy that was started
 * after the failures before it were noticed.
 */
function countRounds(failures: readonly Failure[]): number {
  let [rounds, end] = [0, Number.NEGATIVE_INFINITY];
  for (const { startedAt, noticedAt } of [...failures].sort((a, b) => a.startedAt - b.startedAt)) {
    if (startedAt > end) rounds += 1;
    end = Math.max(end, noticedAt);
  }
  return rounds;
}

/** The backoff of one account; undefined when it has none. */
function backoffOf(account: string, copies: readonly Snapshot[], now: number): BackoffState | undefined {
  const failures = copies.filter(isFailed).flatMap((copy): Failure[] => {
    const failedAt = Date.parse(copy.tags.get(TAGS.failedAt) ?? '');
    const noticedAt = Number.isNaN(failedAt) ? now : failedAt;
    return now - noticedAt < WINDOW ? [{ startedAt: importTime(copy).getTime(), noticedAt }] : [];
  });
  const good = copies.filter(isAvailable).map((copy) => importTime(copy).getTime());
  const recentlyGood = good.filter((startedAt) => now - startedAt < WINDOW).length;
  if (failures.length < MIN_FAILURES || failures.length <= recentlyGood) return undefined;
  const last = failures.reduce((latest, { noticedAt }) => Math.max(latest, noticedAt), 0);
  const goodSince = good.filter((startedAt) => startedAt >= last).length;
  const pause = Math.min(MAX_PAUSE, FIRST_PAUSE * 2 ** (countRounds(failures) - 1));
  return { account, failures: failures.length, until: goodSince > 0 ? 0 : last + pause, maxInFlight: 1 + goodSince };
}

/**
 * The accounts whose copies fail: three or more within 24 hours, and more than succeeded. Such an account gets a pause, then one
 * copy in flight, and one more for each good copy since. A source with a broken key is tried again and again, and uses neither
 * slots nor calls of other accounts.
 */
export class AccountBackoff {
  /** By account. */
  readonly all: ReadonlyMap<string, BackoffState>;
  private readonly inFlight: Map<string, number>;

  constructor(
    copies: readonly Snapshot[],
    private readonly now: Date,
  ) {
    const byAccount = groupBy(copies, originOf);
    const all = [...byAccount].flatMap(([account, own]) => backoffOf(account, own, now.getTime()) ?? []);
    this.all = new Map(all.map((one) => [one.account, one]));
    this.inFlight = new Map(all.map(({ account }) => [account, byAccount.get(account)?.filter(inFlight).length ?? 0]));
  }

  /** Why a copy of an account waits; undefined when it may start. */
  refusal(account: string): typeof ACCOUNT_BACKOFF | undefined {
    const state = this.all.get(account);
    if (!state) return undefined;
    const isFull = (this.inFlight.get(account) ?? 0) >= state.maxInFlight;
    return isFull || this.now.getTime() < state.until ? ACCOUNT_BACKOFF : undefined;
  }

  /** Counts a copy that this run starts. */
  reserve(account: string): void {
    this.inFlight.set(account, (this.inFlight.get(account) ?? 0) + 1);
  }
}
