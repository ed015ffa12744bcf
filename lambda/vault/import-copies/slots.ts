import { groupBy, NO_SLOT, SLOTS_KEPT } from '../../_kit/copies';

/** The slots of one kind of snapshot. */
export interface SlotFacts {
  /** Copies that may start now. */
  readonly free: number;
  /** Copies that RDS allows in flight. */
  readonly all: number;
  /** The account of each copy in flight. */
  readonly inFlight: readonly string[];
  /** Accounts that the vault follows. */
  readonly accounts: number;
}

/** The parts of the slots that one account, and two together, may use while the vault follows others: a copy may take days, and
 * the other accounts must not wait for its end. */
const PART_OF_ONE = 0.8;
const PART_OF_TWO = 0.9;

/** Slots that any two accounts may use together: while the vault follows a third, at least one slot is left for it. */
export const maxSlotsOfTwo = (all: number, accounts: number): number =>
  accounts > 2 ? Math.max(2, Math.min(all - 1, Math.floor(all * PART_OF_TWO))) : all;

/** Slots that one account may use: fewer than two together, so that a second account always gets a slot. */
export const maxSlotsPerAccount = (all: number, accounts: number): number =>
  accounts > 1 ? Math.max(1, Math.min(maxSlotsOfTwo(all, accounts) - 1, Math.floor(all * PART_OF_ONE))) : all;

/** The slots of one kind, and which account uses how many of them. */
export class Slots {
  private readonly used: Map<string, number>;
  private free: number;

  constructor(private readonly facts: SlotFacts) {
    const used = groupBy(facts.inFlight, (account) => account);
    this.used = new Map([...used].map(([account, copies]) => [account, copies.length]));
    this.free = facts.free;
  }

  /** Slots that an account uses. */
  usedBy(account: string): number {
    return this.used.get(account) ?? 0;
  }

  /** An equal part of all slots for each account that uses or wants one. */
  fairPart(wanting: readonly string[]): number {
    const accounts = new Set([...wanting, ...this.facts.inFlight]);
    return Math.max(1, Math.floor(this.facts.all / Math.max(1, accounts.size)));
  }

  /** Why a copy of an account gets no slot; undefined when it may have one. */
  refusal(account: string): typeof NO_SLOT | typeof SLOTS_KEPT | undefined {
    const { all, accounts } = this.facts;
    if (this.free <= 0) return NO_SLOT;
    const used = this.usedBy(account);
    const max = maxSlotsPerAccount(all, accounts);
    if (used >= max) return SLOTS_KEPT;
    let other = 0;
    // What one account uses beyond its part, since accounts joined or the limit was lowered, does not delay a second account.
    for (const [one, count] of this.used) if (one !== account) other = Math.max(other, Math.min(count, max));
    return used + other >= maxSlotsOfTwo(all, accounts) ? SLOTS_KEPT : undefined;
  }

  /** Counts a copy that this run starts. */
  reserve(account: string): void {
    this.free -= 1;
    this.used.set(account, this.usedBy(account) + 1);
  }
}
