import type { AccountId } from '../../../src/contract/ids';
import { groupBy, NO_SLOT } from '../../_kit/copies';
import type { Snapshot } from '../../_kit/ports/snapshots';

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
  /** Manual snapshots that the vault's quota still allows. */
  readonly room: number;
  /** The vault's quota of manual snapshots. */
  readonly quota: number;
  /** The account of each copy in flight, and of each copy that the vault holds. */
  readonly inFlight: readonly string[];
  readonly held: readonly string[];
  /** Accounts that the vault follows. */
  readonly accounts: number;
}

/** No account may hold more than this part of the vault's quota while others are followed, or its equal part if larger. */
const PART_OF_QUOTA = 0.5;

/** Why a due snapshot got no turn. */
export type NoTurn = typeof NO_SLOT | 'its account has used its part of the quota' | 'quota-full';

const count = (accounts: readonly string[]): Map<string, number> =>
  new Map([...groupBy(accounts, (account) => account)].map(([account, all]) => [account, all.length]));

/**
 * Gives out slots: the most urgent first, among accounts that hold no more than their fair part of the slots; what is
 * left goes to the others by urgency. So one account's flood delays another's database by one slot's turn at the most,
 * and a quiet vault is used whole by whoever has work.
 */
export class FairTurns {
  private readonly flying: Map<string, number>;
  private readonly held: Map<string, number>;

  constructor(private readonly supply: Supply) {
    this.flying = count(supply.inFlight);
    this.held = count(supply.held);
  }

  /** Chooses from what is due, given in the order of urgency. */
  choose(due: readonly Due[]) {
    const chosen: Snapshot[] = [];
    const left: { readonly snapshot: Snapshot; readonly because: NoTurn }[] = [];
    const wanting = new Set([...due.map(({ account }) => account), ...this.supply.inFlight]);
    const fair = Math.max(1, Math.floor(this.supply.allSlots / Math.max(1, wanting.size)));
    const wait: Due[] = [];
    for (const one of due) {
      if ((this.flying.get(one.account) ?? 0) >= fair) wait.push(one);
      else this.give(one, chosen, left);
    }
    for (const one of wait) this.give(one, chosen, left);
    return { chosen, left };
  }

  private give({ snapshot, account }: Due, chosen: Snapshot[], left: { snapshot: Snapshot; because: NoTurn }[]): void {
    const because = this.refusal(account, chosen.length);
    if (because) {
      left.push({ snapshot, because });
      return;
    }
    chosen.push(snapshot);
    this.flying.set(account, (this.flying.get(account) ?? 0) + 1);
    this.held.set(account, (this.held.get(account) ?? 0) + 1);
  }

  private refusal(account: string, given: number): NoTurn | undefined {
    const { slots, room, quota, accounts } = this.supply;
    if (given >= room) return 'quota-full';
    const part = accounts > 1 ? Math.max(quota * PART_OF_QUOTA, quota / accounts) : quota;
    if ((this.held.get(account) ?? 0) >= part) return 'its account has used its part of the quota';
    return given >= slots ? NO_SLOT : undefined;
  }
}
