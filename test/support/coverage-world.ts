import type { Database } from '../../lambda/_kit/ports/databases';
import type { Snapshot } from '../../lambda/_kit/ports/snapshots';
import type { AccountContents, CoverageFacts, ObservedAccount } from '../../lambda/vault/report-coverage/facts';
import type { CoverageEvidence } from '../../src/contract/coverage';
import { type AccountId, databaseArn, databaseParts, type Kind, snapshotArn } from '../../src/contract/ids';
import { TAGS, vaultCopyName } from '../../src/contract/names';
import { HERE, SOURCE, VAULT } from './pipeline';

/** The instant of the tests: a Wednesday at noon. */
export const NOW = new Date('2026-11-25T12:00:00Z');

/** An instant before {@link NOW}. */
export const hoursAgo = (hours: number): Date => new Date(NOW.getTime() - hours * 3_600_000);

/** A database that is tagged for backup, encrypted and two months old; change what matters. */
export function aDatabase(name: string, change: Partial<Database> = {}, account: AccountId = SOURCE): Database {
  const kind: Kind = change.kind ?? 'instance';
  return {
    arn: databaseArn(`arn:aws:rds:${HERE}:${account}:${kind === 'cluster' ? 'cluster' : 'db'}:${name}`),
    kind,
    resourceId: `db-${account}-${name}`,
    engine: kind === 'cluster' ? 'aurora-postgresql' : 'postgres',
    encrypted: true,
    createdAt: hoursAgo(60 * 24),
    tags: new Map([['environment', 'production']]),
    ...change,
  };
}

/** A good vault copy of a database whose data is so many hours old; imported two hours after the data was taken. */
export function aCopy(of: Database, ageHours: number, change: Partial<Snapshot> = {}): Snapshot {
  const { account, name } = databaseParts(of.arn);
  const type = of.kind === 'cluster' ? 'cluster-snapshot' : 'snapshot';
  const source = snapshotArn(`arn:aws:rds:${HERE}:${account}:${type}:checkvalve-${name}-${ageHours * 10}`);
  const copy = vaultCopyName(name, source);
  const imported = hoursAgo(ageHours - 2);
  return {
    arn: snapshotArn(`arn:aws:rds:${HERE}:${VAULT}:${type}:${copy}`),
    kind: of.kind,
    name: copy,
    status: 'available',
    type: 'manual',
    database: of.arn,
    engine: of.engine,
    encrypted: true,
    createdAt: imported,
    takenAt: of.kind === 'cluster' ? imported : hoursAgo(ageHours),
    sizeGiB: 20,
    tags: new Map([
      [TAGS.role, 'vault'],
      [TAGS.database, of.arn],
      [TAGS.resourceId, of.resourceId ?? ''],
      [TAGS.exportCopy, source],
      [TAGS.sourceTime, hoursAgo(ageHours).toISOString()],
      [TAGS.importStartedAt, imported.toISOString()],
    ]),
    ...change,
  };
}

/** A snapshot in the source, of AWS Backup unless it is said otherwise. */
export function inSource(
  of: Database,
  tags: Readonly<Record<string, string>>,
  change: Partial<Snapshot> = {},
): Snapshot {
  const { account, name } = databaseParts(of.arn);
  const type = of.kind === 'cluster' ? 'cluster-snapshot' : 'snapshot';
  const given = change.name ?? `awsbackup:job-${name}`;
  return {
    ...aCopy(of, 3),
    arn: snapshotArn(`arn:aws:rds:${HERE}:${account}:${type}:${given}`),
    name: given,
    type: 'awsbackup',
    tags: new Map(Object.entries(tags)),
    ...change,
  };
}

/** An account whose access role is open. */
export const openAccount = (
  contents: Partial<AccountContents> = {},
  change: Partial<ObservedAccount> = {},
): ObservedAccount => ({
  account: SOURCE,
  state: 'enrolled',
  since: hoursAgo(90 * 24),
  observed: {
    access: 'granted',
    databases: [],
    snapshots: [],
    failedJobs: [],
    optedOut: [],
    held: new Map(),
    unread: [],
    ...contents,
  },
  ...change,
});

/** What coverage sees, with the rules of the example. */
export const factsOf = (
  accounts: readonly ObservedAccount[],
  own: readonly Snapshot[] = [],
  before?: CoverageEvidence,
  now = NOW,
): CoverageFacts => ({
  rules: { databaseTag: { key: 'environment', value: 'production' }, rpo: { hours: 26, byTag: [] } },
  region: HERE,
  accounts,
  own,
  before,
  now,
});
