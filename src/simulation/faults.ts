import { MINUTES_PER_DAY } from '../contract/durations';
import type { AccountId } from '../contract/ids';
import { VAULT_RETENTION } from './vault-retention';

/** What a vault that was full, or down, could not take comes in at once, stays for its term, and falls due at once: more than a run of
 * prune-copies lets go. A person does so a day later, and until then the vault may be full once more. */
const BURST = (VAULT_RETENTION.dailyDays + 2) * MINUTES_PER_DAY;

/** What can go wrong in the simulated world. `recovery`: minutes after the end in which things may still be late, beside
 * the fault's own duration: a held snapshot is asked for only once a day, a big copy begins again from nothing. */
export const FAULTS = {
  'events-lost': { says: 'no event and no notification of this account arrives', recovery: 0 },
  'events-doubled': { says: 'each event wakes two runs at the same time', recovery: 0 },
  'events-late': { says: 'events arrive hours late', recovery: 0 },
  'events-reordered': { says: 'events arrive in another order', recovery: 0 },
  throttling: { says: 'half of all calls are throttled', recovery: 0 },
  'api-error': { says: 'one call fails', recovery: 0 },
  'answer-lost': { says: 'one call does its work, and the answer never arrives', recovery: 0 },
  crash: { says: 'a run is killed at one call', recovery: 0 },
  'copies-fail': { says: 'every copy in flight in the account fails', recovery: 1440 },
  'access-denied': { says: 'the access role of this account does not open', recovery: 0 },
  'key-disabled': { says: 'the key of this account’s copies is switched off', recovery: 1440 },
  'copies-refused': {
    says: 'RDS refuses the vault what this account makes in the first 30 hours, and nothing later',
    recovery: 2 * MINUTES_PER_DAY,
  },
  'quota-full': { says: 'somebody else fills the quota of manual snapshots', recovery: BURST },
  'account-leaves': { says: 'the account leaves the landing zone for good', recovery: 0 },
  flood: { says: 'the account shares forged copies by the dozen, marked as ours', recovery: 1440 },
  'stranger-shares': { says: 'an account that nobody accepted shares copies named like ours, and rings', recovery: 0 },
  'vault-down': { says: 'no step of the vault runs; its inbox fills', recovery: BURST },
} as const;

/** A kind of fault. */
export type FaultKind = keyof typeof FAULTS;

/** One fault that is injected. Times in minutes since the beginning. */
export interface Fault {
  readonly kind: FaultKind;
  readonly account: AccountId;
  readonly at: number;
  /** How long it lasts; 0 for one that strikes once. */
  readonly minutes: number;
  /** For a fault at one call: which call after `at`, counted from 1. */
  readonly nth: number;
}

/** How long a fault of each kind lasts, in minutes: at least, at the most. One that is not here strikes once. */
export const LASTING: Partial<Record<FaultKind, readonly [number, number]>> = {
  'events-lost': [60, MINUTES_PER_DAY],
  'events-doubled': [60, MINUTES_PER_DAY],
  'events-late': [60, MINUTES_PER_DAY],
  'events-reordered': [60, MINUTES_PER_DAY],
  throttling: [20, 360],
  'access-denied': [60, 720],
  'key-disabled': [MINUTES_PER_DAY, MINUTES_PER_DAY],
  'copies-refused': [MINUTES_PER_DAY, 4 * MINUTES_PER_DAY],
  'quota-full': [7 * MINUTES_PER_DAY, 7 * MINUTES_PER_DAY],
  flood: [MINUTES_PER_DAY, MINUTES_PER_DAY],
  'stranger-shares': [MINUTES_PER_DAY, MINUTES_PER_DAY],
  'vault-down': [MINUTES_PER_DAY, 4 * MINUTES_PER_DAY],
};

/** A fault as a line of a report. */
export function faultLine({ kind, account, at, minutes, nth }: Fault): string {
  const span = minutes > 0 ? ` for ${(minutes / 60).toFixed(1)} h` : '';
  const call = ['api-error', 'answer-lost', 'crash'].includes(kind) ? ` (at call ${nth} from then)` : '';
  return `day ${(at / MINUTES_PER_DAY).toFixed(2)}${span}, ${account}: ${kind}${call}: ${FAULTS[kind].says}`;
}

type Span = readonly [from: number, to: number];

/**
 * When a source is not calm: while a fault of its own or of the vault lasts, as long again, and the kind's recovery.
 * Nothing is expected of the tooling in that time, except that it keeps its promises of safety.
 */
export class Calm {
  private readonly spans = new Map<AccountId, readonly Span[]>();

  constructor(
    private readonly faults: readonly Fault[],
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
