import { HOUR } from '../../contract/durations';
import type { Kind } from '../../contract/ids';
import type { InMemoryRds, RdsChange } from '../in-memory-rds';
import { VAULT } from '../scenario';

/** What a snapshot holds in truth, whatever its tags say. */
export interface Origin {
  readonly database: string;
  readonly account: string;
  readonly kind: Kind;
  /** When the data was taken, in milliseconds since the epoch. */
  readonly dataAt: number;
}

/** A copy in the vault. */
export interface VaultCopy extends Origin {
  readonly arn: string;
  readonly importedAt: number;
}

/** What came from where: judged by what RDS did, never by a tag. */
export class Truth {
  private readonly origins = new Map<string, Origin>();
  private readonly copies = new Map<string, VaultCopy>();
  private readonly good = new Map<string, Map<string, VaultCopy>>();

  constructor(private readonly rds: InMemoryRds) {}

  /** A snapshot came to be that is a copy of nothing. */
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
  copy(arn: string): VaultCopy | undefined {
    return this.copies.get(arn);
  }

  /** Good copies of a database in the vault. */
  goodOf(database: string): Map<string, VaultCopy> {
    const known = this.good.get(database) ?? new Map<string, VaultCopy>();
    this.good.set(database, known);
    return known;
  }

  /** When the newest data of a database was taken that the vault has a good copy of; minus infinity without one. */
  newestOf(database: string): number {
    let newest = Number.NEGATIVE_INFINITY;
    for (const { dataAt } of this.goodOf(database).values()) newest = Math.max(newest, dataAt);
    return newest;
  }

  /** Hours since then. */
  ageHours(database: string): number {
    return (this.rds.time.getTime() - this.newestOf(database)) / HOUR;
  }

  /** Every copy that stands in the vault, good or not. */
  all(): readonly VaultCopy[] {
    return [...this.copies.values()];
  }
}
