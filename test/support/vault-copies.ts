import type { Snapshot } from '../../lambda/_kit/ports/snapshots';
import { DAY } from '../../src/contract/durations';
import { databaseArn, type Kind, snapshotArn } from '../../src/contract/ids';
import { TAGS, vaultCopyName } from '../../src/contract/names';
import type { Retention } from '../../src/contract/retention';

export const NOW = new Date('2026-06-15T12:00:00Z');
const STEM = 'arn:aws:rds:eu-central-1';

/** Daily for 35 days, monthly for a year, yearly for five; one of each database stays. */
export const RETENTION: Retention = {
  timeZone: 'Europe/Berlin',
  dailyDays: 35,
  weeklyWeeks: 0,
  monthlyMonths: 12,
  yearlyYears: 5,
  minCopiesPerDatabase: 1,
  maxDeletionsPerRun: 1000,
  maxDeletedPercentPerRun: 100,
};

/** Every copy is daily: whatever is older than so many days is past its term. */
export const daily = (dailyDays: number, more: Partial<Retention> = {}): Retention => ({
  ...RETENTION,
  dailyDays,
  monthlyMonths: 0,
  yearlyYears: 0,
  ...more,
});

export const ORDERS = `${STEM}:222200001111:db:orders`;

/** The facts of a vault copy that a test sets, beside its import time. */
export interface CopyFacts {
  readonly database?: string;
  readonly kind?: Kind;
  readonly status?: string;
  readonly attempt?: number;
  /** Which backup it is of: another one has another export copy. By default its time says it. */
  readonly backup?: string;
  readonly tags?: Readonly<Record<string, string | undefined>>;
  readonly createdAt?: Date | undefined;
  readonly name?: string;
  readonly type?: string;
}

/** A copy that the vault imported at `at`, by its own clock. */
export function vaultCopy(at: Date, facts: CopyFacts = {}): Snapshot {
  const { database = ORDERS, kind = 'instance', status = 'available', attempt = 1, type = 'manual' } = facts;
  const [, , , , account = '', , of = ''] = database.split(':');
  const shape = kind === 'cluster' ? 'cluster-snapshot' : 'snapshot';
  const backup = facts.backup ?? at.toISOString().replace(/\W/g, '-');
  const exportCopy = snapshotArn(`${STEM}:${account}:${shape}:checkvalve-${of}-${backup}`);
  const name = facts.name ?? vaultCopyName(of, exportCopy, attempt);
  const tags: Record<string, string | undefined> = {
    [TAGS.role]: 'vault',
    [TAGS.database]: database,
    [TAGS.exportCopy]: exportCopy,
    [TAGS.importStartedAt]: at.toISOString(),
    [TAGS.sourceTime]: at.toISOString(),
    ...facts.tags,
  };
  return {
    arn: snapshotArn(`${STEM}:333300002222:${shape}:${name}`),
    kind,
    name,
    status,
    type,
    // As RDS shows it in the vault: under the vault's own account.
    database: databaseArn(`${STEM}:333300002222:db:${of}`),
    engine: 'postgres',
    encrypted: true,
    createdAt: 'createdAt' in facts ? facts.createdAt : at,
    takenAt: at,
    sizeGiB: 20,
    tags: new Map(Object.entries(tags).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]))),
  };
}

/** So many days before {@link NOW}. */
export const daysAgo = (days: number): Date => new Date(NOW.getTime() - days * DAY);
