import { DAY, HOUR } from '../../../src/contract/durations';
import { TAGS } from '../../../src/contract/names';
import { groupBy, inFlight, isAvailable, isFailed } from '../../_kit/copies';
import type { Snapshot } from '../../_kit/ports/snapshots';
import { importTime, originOf } from '../../_kit/vault-copies';

/** So far back failed and good copies are counted. */
const WINDOW = DAY;
/** An account with fewer failed copies is not slowed. */
const MIN_FAILURES = 3;
/** Pause after the first round of failures; each further round doubles it. */
const FIRST_PAUSE = HOUR;
const LONGEST_PAUSE = DAY;

/** Why a copy waits: too many copies of its account failed. */
export const ACCOUNT_BACKOFF = 'account-backoff';

/** How far an account is slowed. */
export interface Slowed {
  readonly account: string;
  /** Copies of it that failed within 24 hours. */
  readonly failures: number;
  /** No copy of it is started before, in milliseconds since the epoch. */
  readonly until: number;
  /** Copies of it that may be in flight. */
  readonly maxInFlight: number;
}

interface Failure {
  readonly begun: number;
  readonly noticed: number;
}

/**
 * Rounds of failures: copies that were in flight together fail for one reason. A round begins with a copy that was started
 * after the failures before it were noticed.
 */
function roundsOf(failures: readonly Failure[]): number {
  let [rounds, end] = [0, Number.NEGATIVE_INFINITY];
  for (const { begun, noticed } of [...failures].sort((a, b) => a.begun - b.begun)) {
    if (begun > end) rounds += 1;
    end = Math.max(end, noticed);
  }
  return rounds;
}

function judge(account: string, copies: readonly Snapshot[], now: number): readonly Slowed[] {
  const failures = copies.filter(isFailed).flatMap((copy): Failure[] => {
    const failedAt = Date.parse(copy.tags.get(TAGS.failedAt) ?? '');
    const noticed = Number.isNaN(failedAt) ? now : failedAt;
    return now - noticed < WINDOW ? [{ begun: importTime(copy).getTime(), noticed }] : [];
  });
  const good = copies.filter(isAvailable).map((copy) => importTime(copy).getTime());
  const recent = good.filter((begun) => now - begun < WINDOW).length;
  if (failures.length < MIN_FAILURES || failures.length <= recent) return [];
  const last = failures.reduce((latest, { noticed }) => Math.max(latest, noticed), 0);
  const goodSince = good.filter((begun) => begun >= last).length;
  const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (roundsOf(failures) - 1));
  return [{ account, failures: failures.length, until: goodSince > 0 ? 0 : last + pause, maxInFlight: 1 + goodSince }];
}

/**
 * The accounts whose copies fail: three or more within 24 hours, and more than became good. Such an account gets a pause, and
 * then one copy in flight; one more for each good copy since. A source with a broken key is tried again and again, and takes
 * neither slots nor calls from others.
 */
export class AccountBackoff {
  /** By account. */
  readonly all: ReadonlyMap<string, Slowed>;
  private readonly flying: Map<string, number>;

  constructor(
    copies: readonly Snapshot[],
    private readonly now: Date,
  ) {
    const byAccount = groupBy(copies, originOf);
    const all = [...byAccount].flatMap(([account, own]) => judge(account, own, now.getTime()));
    this.all = new Map(all.map((one) => [one.account, one]));
    this.flying = new Map(all.map(({ account }) => [account, byAccount.get(account)?.filter(inFlight).length ?? 0]));
  }

  /** Why a copy of an account waits; undefined when it need not. */
  refusal(account: string): typeof ACCOUNT_BACKOFF | undefined {
    const slowed = this.all.get(account);
    if (!slowed) return undefined;
    const isBusy = (this.flying.get(account) ?? 0) >= slowed.maxInFlight;
    return isBusy || this.now.getTime() < slowed.until ? ACCOUNT_BACKOFF : undefined;
  }

  /** Counts a copy that is started now. */
  take(account: string): void {
    this.flying.set(account, (this.flying.get(account) ?? 0) + 1);
  }
}
