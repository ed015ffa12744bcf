import { MINUTES_PER_DAY } from '../contract/durations';
import type { AccountId } from '../contract/ids';
import { VAULT_RETENTION } from './vault-retention';

/** After a vault was full or down, the copies that waited arrive at once, and their retention ends at once: that is more than one
 * run of prune-copies deletes. An operator raises the bound a day later; until then the vault may be full again. */
const BURST = (VAULT_RETENTION.dailyDays + 2) * MINUTES_PER_DAY;

/** The faults of the simulated world. `recovery`: minutes after the fault in which copies may still be late, in addition to
 * the fault's own duration: a step retries a held snapshot once a day, and a large copy starts again from the beginning. */
export const FAULTS = {
  'events-lost': { sentence: 'no event and no notification of this account arrives', recovery: 0 },
  'events-doubled': { sentence: 'each event wakes two runs at the same time', recovery: 0 },
  'events-late': { sentence: 'events arrive hours late', recovery: 0 },
  'events-reordered': { sentence: 'events arrive in another order', recovery: 0 },
  throttling: { sentence: 'half of all calls are throttled', recovery: 0 },
  'api-error': { sentence: 'one call fails', recovery: 0 },
  'answer-lost': { sentence: 'one call does its work, and the answer never arrives', recovery: 0 },
  crash: { sentence: 'a run is killed at one call', recovery: 0 },
  'listings-late': {
    sentence: 'listings are minutes old: a new copy is not listed, and a deleted one still is',
    recovery: 0,
  },
  'credentials-expire': { sentence: 'the credentials of access roles expire in the middle of each run', recovery: 0 },
  'throttled-region': { sentence: 'RDS throttles every call', recovery: 0 },
  'copies-fail': { sentence: 'every copy in flight in the account fails', recovery: MINUTES_PER_DAY },
  'access-denied': { sentence: 'the access role of this account denies access', recovery: 0 },
  'key-disabled': { sentence: 'the key of this account’s copies is switched off', recovery: MINUTES_PER_DAY },
  'copies-refused': {
    sentence: 'RDS refuses the vault what this account makes in the first 30 hours, and nothing later',
    recovery: 2 * MINUTES_PER_DAY,
  },
  'quota-full': { sentence: 'other snapshots fill the quota of manual snapshots', recovery: BURST },
  'account-leaves': { sentence: 'the account leaves the landing zone for good', recovery: 0 },
  flood: { sentence: 'the account shares dozens of forged copies with the role tag', recovery: MINUTES_PER_DAY },
  'stranger-shares': {
    sentence: 'an account that is not accepted shares copies named like export copies, and notifies the vault',
    recovery: 0,
  },
  'index-lost': { sentence: 'the index of the vault’s copies is empty', recovery: 0 },
  'index-stale': { sentence: 'the index of the vault’s copies stays as it is', recovery: 0 },
  'index-wrong': {
    sentence: 'the index of the vault’s copies lacks copies, has copies that do not exist, and wrong states and marks',
    recovery: 0,
  },
  'index-refused': { sentence: 'every call to the index of the vault’s copies is refused', recovery: 0 },
  'vault-down': { sentence: 'no step of the vault runs; its inbox fills', recovery: BURST },
} as const;

/** A kind of fault. */
export type FaultKind = keyof typeof FAULTS;

/** One fault that is injected. Times in minutes since the beginning. */
export interface InjectedFault {
  readonly kind: FaultKind;
  readonly account: AccountId;
  readonly at: number;
  /** How long it lasts; 0 for a fault of one instant. */
  readonly minutes: number;
  /** For a fault at one call: which call after `at`, counted from 1. */
  readonly nth: number;
}

/** The minimum and maximum minutes of each kind. A kind that is not listed lasts an instant. */
export const LASTING: Partial<Record<FaultKind, readonly [number, number]>> = {
  'events-lost': [60, MINUTES_PER_DAY],
  'events-doubled': [60, MINUTES_PER_DAY],
  'events-late': [60, MINUTES_PER_DAY],
  'events-reordered': [60, MINUTES_PER_DAY],
  throttling: [20, 360],
  'listings-late': [60, 720],
  'credentials-expire': [60, 360],
  'throttled-region': [60, 60],
  'access-denied': [60, 720],
  'key-disabled': [MINUTES_PER_DAY, MINUTES_PER_DAY],
  'copies-refused': [MINUTES_PER_DAY, 4 * MINUTES_PER_DAY],
  'quota-full': [7 * MINUTES_PER_DAY, 7 * MINUTES_PER_DAY],
  flood: [MINUTES_PER_DAY, MINUTES_PER_DAY],
  'stranger-shares': [MINUTES_PER_DAY, MINUTES_PER_DAY],
  'index-stale': [60, 720],
  'index-wrong': [60, 720],
  'index-refused': [60, 720],
  'vault-down': [MINUTES_PER_DAY, 4 * MINUTES_PER_DAY],
};

/** A fault as a line of a report. */
export function faultLine({ kind, account, at, minutes, nth }: InjectedFault): string {
  const span = minutes > 0 ? ` for ${(minutes / 60).toFixed(1)} h` : '';
  const call = ['api-error', 'answer-lost', 'crash'].includes(kind) ? ` (at call ${nth} from then)` : '';
  return `day ${(at / MINUTES_PER_DAY).toFixed(2)}${span}, ${account}: ${kind}${call}: ${FAULTS[kind].sentence}`;
}

type Span = readonly [from: number, to: number];

/**
 * When a source is not calm: during a fault of its own or of the vault, for the same time again, and for the recovery of the
 * kind. In that time copies may be late; the safety invariants hold all the same.
 */
export class Calm {
  private readonly spans = new Map<AccountId, readonly Span[]>();

  constructor(
    private readonly faults: readonly InjectedFault[],
    private readonly vault: AccountId,
  ) {}

  /** Calm minutes of a source between two times. */
  minutes(account: AccountId, from: number, to: number): number {
    let calm = to - from;
    for (const [begin, end] of this.of(account)) calm -= Math.max(0, Math.min(end, to) - Math.max(begin, from));
    return calm;
  }

  private of(account: AccountId): readonly Span[] {
    const known = this.spans.get(account);
    if (known) return known;
    const merged: [number, number][] = [];
    const concerned = this.faults.filter((fault) => fault.account === account || fault.account === this.vault);
    for (const { kind, at, minutes } of [...concerned].sort((a, b) => a.at - b.at)) {
      const end = at + 2 * minutes + FAULTS[kind].recovery;
      const last = merged.at(-1);
      if (last && at <= last[1]) last[1] = Math.max(last[1], end);
      else merged.push([at, end]);
    }
    this.spans.set(account, merged);
    return merged;
  }
}
