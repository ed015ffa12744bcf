import { HOUR } from '../../contract/durations';
import type { Kind } from '../../contract/ids';
import type { InMemoryRds, RdsChange } from '../in-memory-rds';
import { VAULT } from '../scenario';

/** The data that a snapshot really holds, whatever its tags. */
export interface Origin {
  readonly database: string;
  readonly account: string;
  readonly kind: Kind;
  /** When the data was taken, in milliseconds since the epoch. */
  readonly dataAt: number;
}

/** A copy in the vault. */
export interface TrueCopy extends Origin {
  readonly arn: string;
  readonly importedAt: number;
}

/** The origin of each copy, by the changes of RDS, never by a tag. */
export class Truth {
  private readonly origins = new Map<string, Origin>();
  private readonly copies = new Map<string, TrueCopy>();
  private readonly good = new Map<string, Map<string, TrueCopy>>();

  constructor(private readonly rds: InMemoryRds) {}

  /** A snapshot was created that is no copy. */
  taken(arn: string, origin: Origin): void {
    this.origins.set(arn, origin);
  }

  /** Something changed in RDS. */
  changed({ what, account, snapshot: { arn }, madeFrom }: RdsChange): void {
    if (what === 'copied') {
      const origin = this.origins.get(madeFrom ?? '');
      if (!origin) return;
      if (account !== VAULT) this.origins.set(arn, origin);
      else this.copies.set(arn, { ...origin, arn, importedAt: this.rds.time.getTime() });
    }
    if (account !== VAULT) return;
    const copy = this.copies.get(arn);
    if (!copy) return;
    if (what === 'available') this.goodOf(copy.database).set(arn, copy);
    if (what === 'removed') {
      this.goodOf(copy.database).delete(arn);
      this.copies.delete(arn);
    }
  }

  /** The vault's copy under this ARN; undefined for anything else. */
  copy(arn: string): TrueCopy | undefined {
    return this.copies.get(arn);
  }

  /** Available copies of a database in the vault. */
  goodOf(database: string): Map<string, TrueCopy> {
    const known = this.good.get(database) ?? new Map<string, TrueCopy>();
    this.good.set(database, known);
    return known;
  }

  /** The time of the newest data of a database in an available copy; minus infinity without one. */
  newestOf(database: string): number {
    let newest = Number.NEGATIVE_INFINITY;
    for (const { dataAt } of this.goodOf(database).values()) newest = Math.max(newest, dataAt);
    return newest;
  }

  /** Hours since then. */
  ageHours(database: string): number {
    return (this.rds.time.getTime() - this.newestOf(database)) / HOUR;
  }

  /** Every copy in the vault, available or not. */
  all(): readonly TrueCopy[] {
    return [...this.copies.values()];
  }
}
