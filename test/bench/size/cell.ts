import { randomUUID } from 'node:crypto';
import { DAY, HOUR } from '../../../src/contract/durations';
import { type SnapshotArn, snapshotArn } from '../../../src/contract/ids';
import { exportCopyName, TAGS, vaultCopyName } from '../../../src/contract/names';
import { Random } from '../../../src/simulation/random';

/** The vault account of the cell, and its Region. */
export const VAULT = '333300002222';
export const REGION = 'eu-central-1';

/** How large the cell is. */
export interface CellSize {
  readonly accounts: number;
  /** Copies in the vault, of all accounts. Each account has one database. */
  readonly copies: number;
  /** Snapshots in each source account: three of four of AWS Backup, the others export copies. */
  readonly snapshots: number;
  readonly seed: number;
}

/** A snapshot as RDS lists it, without what no step reads. */
export interface ListedSnapshot {
  readonly arn: string;
  readonly kind: 'instance' | 'cluster';
  readonly type: 'manual' | 'awsbackup';
  readonly database: string;
  readonly at: string;
  readonly kmsKeyArn: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** One source account of the cell. */
export interface SourceAccount {
  readonly id: string;
  readonly kind: 'instance' | 'cluster';
  readonly database: string;
}

/** The accounts, snapshots and copies of a cell, made from a seed when they are listed: the cell itself needs no memory. */
export class Cell {
  readonly accounts: readonly SourceAccount[];
  private readonly now = Date.now();

  constructor(private readonly size: CellSize) {
    const random = new Random(size.seed, 'accounts');
    this.accounts = Array.from({ length: size.accounts }, (_, at): SourceAccount => {
      return { id: String(222200000000 + at), kind: random.chance(0.2) ? 'cluster' : 'instance', database: `db-${at}` };
    });
  }

  /** The vault's copies: of each database one a day, the newest of last night. */
  *vaultCopies(kind: SourceAccount['kind']): Generator<ListedSnapshot> {
    const { accounts, copies } = this.size;
    for (const [at, account] of this.accounts.entries()) {
      if (account.kind !== kind) continue;
      const count = Math.floor(copies / accounts) + (at < copies % accounts ? 1 : 0);
      for (let age = 0; age < count; age += 1) yield this.vaultCopy(account, age);
    }
  }

  /** What the sources share with the vault: of each the newest export copy, which the vault has. */
  *shared(kind: SourceAccount['kind']): Generator<ListedSnapshot> {
    for (const account of this.accounts) if (account.kind === kind) yield { ...this.exportCopy(account, 0), tags: {} };
  }

  /** The snapshots in a source account. */
  *snapshotsOf(id: string, kind: SourceAccount['kind'], type: string | undefined): Generator<ListedSnapshot> {
    const account = this.accounts[Number(id) - 222200000000];
    if (!account || account.kind !== kind) return;
    const exported = Math.floor(this.size.snapshots / 4);
    // RDS lists the cluster snapshots of AWS Backup among the manual ones.
    const isBackupListed = type === undefined || type === 'awsbackup' || (kind === 'cluster' && type === 'manual');
    if (isBackupListed) {
      for (let age = 0; age < this.size.snapshots - exported; age += 1) yield this.backup(account, age);
    }
    if (type === undefined || type === 'manual') {
      for (let age = 0; age < exported; age += 1) yield this.exportCopy(account, age);
    }
  }

  /** When the data of a night was taken, some hours before now. */
  private nightly(account: SourceAccount, age: number): Date {
    return new Date(this.now - age * DAY - 4 * HOUR - (Number(account.id) % 120) * 60_000);
  }

  private databaseArn({ id, kind, database }: SourceAccount): string {
    return `arn:aws:rds:${REGION}:${id}:${kind === 'cluster' ? 'cluster' : 'db'}:${database}`;
  }

  private snapshotArn(owner: string, kind: SourceAccount['kind'], name: string): SnapshotArn {
    return snapshotArn(
      `arn:aws:rds:${REGION}:${owner}:${kind === 'cluster' ? 'cluster-snapshot' : 'snapshot'}:${name}`,
    );
  }

  private backup(account: SourceAccount, age: number): ListedSnapshot {
    const { id, kind, database } = account;
    const job = `${String(Number(id)).slice(4)}-0000-4000-8000-${String(age).padStart(12, '0')}`;
    return {
      arn: this.snapshotArn(id, kind, `awsbackup:job-${job}`),
      kind,
      type: kind === 'cluster' ? 'manual' : 'awsbackup',
      database,
      at: this.nightly(account, age).toISOString(),
      kmsKeyArn: `arn:aws:kms:${REGION}:${id}:key/own`,
      tags: { encryption_key: `export-${id}`, 'checkvalve:plan': 'daily', environment: 'production', team: 'orders' },
    };
  }

  private exportCopy(account: SourceAccount, age: number): ListedSnapshot {
    const { id, kind, database } = account;
    const backup = this.backup(account, age);
    return {
      arn: this.snapshotArn(id, kind, exportCopyName(database, snapshotArn(backup.arn))),
      kind,
      type: 'manual',
      database,
      at: backup.at,
      kmsKeyArn: `arn:aws:kms:${REGION}:${id}:key/export-${id}`,
      tags: {
        ...this.originTags(account, backup),
        [TAGS.role]: 'export',
        [TAGS.sharedAt]: backup.at,
        [TAGS.importedAt]: backup.at,
      },
    };
  }

  private vaultCopy(account: SourceAccount, age: number): ListedSnapshot {
    const { kind, database } = account;
    const exportCopy = this.exportCopy(account, age);
    return {
      arn: this.snapshotArn(VAULT, kind, vaultCopyName(database, snapshotArn(exportCopy.arn))),
      kind,
      type: 'manual',
      database,
      at: exportCopy.at,
      kmsKeyArn: `arn:aws:kms:${REGION}:${VAULT}:key/import`,
      tags: {
        ...this.originTags(account, this.backup(account, age)),
        [TAGS.role]: 'vault',
        [TAGS.exportCopy]: exportCopy.arn,
        [TAGS.importStartedAt]: exportCopy.at,
        environment: 'production',
        team: 'orders',
      },
    };
  }

  private originTags(account: SourceAccount, { arn, at }: ListedSnapshot): Record<string, string> {
    return {
      [TAGS.database]: this.databaseArn(account),
      [TAGS.resourceId]: `${account.kind}-${account.id}`,
      [TAGS.snapshot]: arn,
      [TAGS.sourceTime]: at,
      [TAGS.plan]: 'daily',
    };
  }

  /** A fresh id, as AWS gives one in an answer. */
  static requestId(): string {
    return randomUUID();
  }
}
