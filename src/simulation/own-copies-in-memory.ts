import { laterThan, merged, packed, unpacked } from '../../lambda/_kit/copy-records';
import type { CopyRecord, OwnCopies, OwnCopiesIndex, OwnCopiesReading } from '../../lambda/_kit/ports/own-copies';
import type { Sources } from '../../lambda/_kit/ports/sources';
import { decidedOf } from '../contract/decisions';
import type { AccountId } from '../contract/ids';

/** What a read of the index gives, in place of the index as it is. */
export type IndexTampering = (index: OwnCopiesIndex) => OwnCopiesIndex | undefined;

/** The index of the vault's copies in memory: what a table keeps of each record, and nothing else. */
export class InMemoryOwnCopies implements OwnCopies {
  /** Changes what runs read: a fault. */
  tampering: IndexTampering = (index) => index;
  /** Every call fails: a fault. */
  isRefused = false;
  private listing: readonly CopyRecord[] = [];
  private changes = new Map<string, CopyRecord>();
  private head: Omit<OwnCopiesIndex, 'records'> | undefined;

  constructor(private readonly sources: Pick<Sources, 'known'>) {}

  async read(accounts: readonly AccountId[]): Promise<OwnCopiesReading> {
    this.check();
    const { entries, decisions } = await this.sources.known();
    const evicted = decidedOf(decisions, 'evicted');
    const known = new Set(entries.filter(({ state }) => state !== 'left').map(({ account }) => account));
    const followed = new Set(accounts.filter((account) => known.has(account) && !evicted.has(account)));
    const whole = this.head && { ...this.head, records: merged(this.listing, [...this.changes.values()]) };
    const index = whole && this.tampering(whole);
    return { followed, ...(index && { index }) };
  }

  async record(changes: readonly CopyRecord[], hasWaiting?: boolean): Promise<{ readonly hasWaiting: boolean }> {
    this.check();
    if (!this.head) return { hasWaiting: true };
    for (const one of changes) this.changes.set(one.copy.arn, stored(one));
    if (hasWaiting !== undefined) this.head = { ...this.head, hasWaiting };
    return { hasWaiting: this.head.hasWaiting };
  }

  async replace(listing: Omit<OwnCopiesIndex, 'hasWaiting'>, hasWaiting: boolean): Promise<void> {
    this.check();
    const kept = laterThan([...this.changes.values()], listing.listedAt);
    this.listing = listing.records.map(stored);
    this.changes = new Map(kept.map((one) => [one.copy.arn, one]));
    this.head = { listedAt: listing.listedAt, followed: listing.followed, hasWaiting };
  }

  private check(): void {
    if (this.isRefused) throw Object.assign(new Error('the index is refused'), { name: 'AccessDeniedException' });
  }

  /** Loses the index. */
  clear(): void {
    this.head = undefined;
    this.listing = [];
    this.changes = new Map();
  }
}

function stored(record: CopyRecord): CopyRecord {
  const read = unpacked(JSON.parse(JSON.stringify(packed(record))));
  if (!read) throw new Error(`the record of ${record.copy.arn} cannot be read`);
  return read;
}
