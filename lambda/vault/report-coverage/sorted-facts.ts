import type { CoverageRow } from '../../../src/contract/coverage';
import { type AccountId, isDatabaseArn } from '../../../src/contract/ids';
import { TAGS } from '../../../src/contract/names';
import { groupBy, isAvailable } from '../../_kit/copies';
import type { Snapshot } from '../../_kit/ports/snapshots';
import { databaseOf, dataTime, isVaultCopy, originOf } from '../../_kit/vault-copies';
import type { CoverageFacts, ObservedAccount } from './facts';

/** Identity of a database: its resource id, or its ARN where RDS gives none. What an account says counts for its own databases. */
export const identity = (account: AccountId, resourceId: string | undefined, database: string): string =>
  `${account} ${resourceId ?? database}`;

/** Identity of the database of a row. */
export const rowIdentity = ({ account, resourceId, database }: CoverageRow): string =>
  identity(account, resourceId, database);

/** The facts, sorted once. */
export interface SortedCoverage {
  readonly facts: CoverageFacts;
  /** The newest good copy of each database that the vault has copies of, by identity. */
  readonly newest: ReadonlyMap<string, Snapshot>;
  /** The rows of the report before, by identity. */
  readonly records: ReadonlyMap<string, CoverageRow>;
  /** The rows of the report before of databases that existed, by account and ARN. */
  readonly namesakes: ReadonlyMap<string, CoverageRow>;
  /** The time of the newest data of each database, by its ARN: a new database with an old one's name continues its copies. */
  readonly newestByName: ReadonlyMap<string, number>;
  /** ARNs of all snapshots in the vault, good or not. */
  readonly present: ReadonlySet<string>;
  readonly accounts: ReadonlyMap<AccountId, ObservedAccount>;
}

/** Sorts the facts. Pure. */
export function sortFacts(facts: CoverageFacts): SortedCoverage {
  const good = facts.own.filter((one) => isVaultCopy(one) && isAvailable(one) && isDatabaseArn(databaseOf(one)));
  const groups = groupBy(good, (one) => identity(originOf(one), one.tags.get(TAGS.resourceId), databaseOf(one)));
  const before = facts.before?.databases ?? [];
  const existed = before.filter(({ status }) => status !== 'source-deleted');
  const latest = (all: readonly Snapshot[]) => all.reduce((best, one) => (isNewer(one, best) ? one : best));
  return {
    facts,
    newest: new Map([...groups].map(([key, all]) => [key, latest(all)])),
    newestByName: new Map([...groupBy(good, databaseOf)].map(([name, all]) => [name, dataTime(latest(all)).getTime()])),
    records: new Map(before.map((row) => [rowIdentity(row), row])),
    namesakes: new Map(existed.map((row) => [identity(row.account, undefined, row.database), row])),
    accounts: new Map(facts.accounts.map((one) => [one.account, one])),
    present: new Set(facts.own.map(({ arn }) => arn)),
  };
}

/** Whether the data of a copy is younger than another's; of the same instant the ARN decides, whatever the order of the list. */
export function isNewer(one: Snapshot, other: Snapshot): boolean {
  const [a, b] = [dataTime(one).getTime(), dataTime(other).getTime()];
  return a > b || (a === b && one.arn > other.arn);
}
