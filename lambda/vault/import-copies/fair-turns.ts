import type { Admission, AdmissionWait, WantedCopy } from '../../../src/contract/admission';
import type { AccountId } from '../../../src/contract/ids';
import { groupBy, NO_SLOT, SLOTS_KEPT } from '../../_kit/copies';
import type { Snapshot } from '../../_kit/ports/snapshots';
import type { ACCOUNT_SLOWED, SlowedAccounts } from './slowed-accounts';

/** A shared snapshot that could be copied now. */
export interface Due {
  readonly snapshot: Snapshot;
  readonly account: AccountId;
}

/** What there is to be given out, of one kind of snapshot. */
export interface Supply {
  /** Copies that may be started now. */
  readonly slots: number;
  /** Copies that RDS lets be in flight altogether. */
  readonly allSlots: number;
  /** The account of each copy in flight. */
  readonly inFlight: readonly string[];
  /** Accounts that the vault follows. */
  readonly accounts: number;
  /** The room, of both kinds. */
  readonly admission: Admission;
  /** Accounts whose copies fail, for both kinds. */
  readonly slowed: SlowedAccounts;
}

/** Which part of the slots one account, and two together, may hold while others are followed: a copy may take days, and the
 * others must not wait for its end. */
const PART_OF_ONE = 0.8;
const PART_OF_TWO = 0.9;

/** Slots that any two accounts may hold together: while the vault follows a third, one slot at least is left for it. */
export const maxSlotsOfTwo = (allSlots: number, accounts: number): number =>
  accounts > 2 ? Math.max(2, Math.min(allSlots - 1, Math.floor(allSlots * PART_OF_TWO))) : allSlots;

/** Slots that one account may hold: fewer than two together, so that a second one always gets a slot. */
export const maxSlotsPerAccount = (allSlots: number, accounts: number): number =>
  accounts > 1
    ? Math.max(1, Math.min(maxSlotsOfTwo(allSlots, accounts) - 1, Math.floor(allSlots * PART_OF_ONE)))
    : allSlots;

/** Why a due snapshot got no turn. */
export type NoTurn = typeof NO_SLOT | typeof SLOTS_KEPT | typeof ACCOUNT_SLOWED | AdmissionWait;

/** A snapshot without a turn, and why. */
export interface Left {
  readonly snapshot: Snapshot;
  readonly because: NoTurn;
}

const wantedOf = ({ snapshot, account }: Due): WantedCopy => ({
  kind: snapshot.kind,
  account,
  database: snapshot.database,
  exportCopy: snapshot.arn,
  sizeGiB: snapshot.sizeGiB,
});

/**
 * Gives out room and slots. Room as {@link Admission} says. Slots: the most urgent first, among accounts that hold no more
 * than their fair part of the slots; what is left goes to the others by urgency, but one account gets no more than four fifths
 * of the slots, and two together no more than nine tenths. So the flood of one account, or of two that work together, delays
 * another account's database by one run at the most.
 */
export class FairTurns {
  private readonly flying: Map<string, number>;

  constructor(private readonly supply: Supply) {
    const flying = groupBy(supply.inFlight, (account) => account);
    this.flying = new Map([...flying].map(([account, all]) => [account, all.length]));
  }

  /** Chooses from what is due, given in the order of urgency. */
  choose(due: readonly Due[]) {
    const chosen: Snapshot[] = [];
    const left: Left[] = [];
    const wanting = new Set([...due.map(({ account }) => account), ...this.supply.inFlight]);
    const fair = Math.max(1, Math.floor(this.supply.allSlots / Math.max(1, wanting.size)));
    const wait: Due[] = [];
    const ranked = this.supply.admission.inOrder(due.map((one) => ({ ...one, kind: one.snapshot.kind })));
    for (const one of ranked) {
      if ((this.flying.get(one.account) ?? 0) >= fair) wait.push(one);
      else this.give(one, chosen, left);
    }
    for (const one of wait) this.give(one, chosen, left);
    return { chosen, left };
  }

  private give(due: Due, chosen: Snapshot[], left: Left[]): void {
    const { admission, slowed } = this.supply;
    const { snapshot, account } = due;
    const wanted = wantedOf(due);
    const because = slowed.refusal(account) ?? admission.refusal(wanted) ?? this.noSlot(account, chosen.length);
    if (because) {
      left.push({ snapshot, because });
      return;
    }
    chosen.push(snapshot);
    admission.reserve(wanted);
    slowed.take(account);
    this.flying.set(account, (this.flying.get(account) ?? 0) + 1);
  }

  private noSlot(account: string, given: number): NoTurn | undefined {
    const { slots, allSlots, accounts } = this.supply;
    if (given >= slots) return NO_SLOT;
    const held = this.flying.get(account) ?? 0;
    const max = maxSlotsPerAccount(allSlots, accounts);
    if (held >= max) return SLOTS_KEPT;
    let other = 0;
    // What one account holds beyond its part, since accounts joined or the limit sank, is no reason to hold up a second one.
    for (const [one, count] of this.flying) if (one !== account) other = Math.max(other, Math.min(count, max));
    return held + other >= maxSlotsOfTwo(allSlots, accounts) ? SLOTS_KEPT : undefined;
  }
}
