import { HOUR } from '../../../src/contract/durations';
import type { AccountId } from '../../../src/contract/ids';

/** After a run has read that the vault follows an account, later runs need not read it for so long to mark what they imported. */
const KNOWN_FOR = HOUR;

/** What a function remembers between its runs, while Lambda keeps it. It only saves calls. */
export class RunNotes {
  private readonly followed = new Map<AccountId, number>();

  /** Notes that the vault follows exactly these of the accounts. */
  noteFollowed(accounts: Iterable<AccountId>, now: Date): void {
    for (const account of accounts) this.followed.set(account, now.getTime());
  }

  /** Whether a run of the last hour has read that the vault follows an account. */
  follows(account: AccountId, now: Date): boolean {
    return now.getTime() - (this.followed.get(account) ?? Number.NEGATIVE_INFINITY) < KNOWN_FOR;
  }
}
