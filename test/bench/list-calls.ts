import { type DBSnapshot, RDSClient } from '@aws-sdk/client-rds';
import { RdsSnapshots } from '../../lambda/_kit/aws/rds-snapshots';
import { DEFAULT_LIMITS } from '../../lambda/_kit/copies';
import { exportSnapshots } from '../../lambda/source/export-snapshots/export-snapshots';
import { importCopies } from '../../lambda/vault/import-copies/import-copies';
import { accountId } from '../../src/contract/ids';
import { TAGS } from '../../src/contract/names';
import { InMemoryRegistry } from '../../src/simulation/registry-in-memory';
import { ADMISSION, exportKeyOf, HERE, VAULT } from './timed-landing-zone';

/** Calls that list something, in a sweep that finds nothing to do. */
export interface ListCalls {
  readonly at10: number;
  readonly at1000: number;
}

const SOURCE = accountId('222200001111');
/** The maximum number of snapshots on a page of RDS.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBSnapshots.html */
const PAGE = 100;
const LIMITS = { ...DEFAULT_LIMITS, manualSnapshotQuota: 10_000 };
const EPOCH = new Date(0).toISOString();

/** What a listing is asked. */
type Asked = { readonly Marker?: string; readonly SnapshotType?: string; readonly MaxRecords?: number };

/** An account with so many instance snapshots of each type, on pages as RDS returns them, all of them in the vault; counts what it is
 * asked. */
class PagedRds {
  calls = 0;

  constructor(
    private readonly account: string,
    private readonly count: number,
  ) {}

  client(): RDSClient {
    const client = new RDSClient({
      region: HERE,
      credentials: { accessKeyId: 'benchmark', secretAccessKey: 'nothing' },
    });
    client.middlewareStack.add(
      (_, { commandName }) =>
        async ({ input }) => ({
          response: {},
          output: { $metadata: {}, ...this.answer(commandName ?? '', input as Asked) },
        }),
      { step: 'initialize', priority: 'high' },
    );
    return client;
  }

  private answer(command: string, input: Asked) {
    this.calls += 1;
    if (command === 'DescribeDBClusterSnapshotsCommand') return { DBClusterSnapshots: [] };
    if (command !== 'DescribeDBSnapshotsCommand') throw new Error(`a sweep without work calls ${command}`);
    const from = Number(input.Marker ?? 0);
    const to = Math.min(this.count, from + Math.min(PAGE, input.MaxRecords ?? PAGE));
    const type = input.SnapshotType ?? 'manual';
    const DBSnapshots = Array.from({ length: to - from }, (_, at) => this.snapshot(from + at, type));
    return { DBSnapshots, ...(to < this.count && { Marker: String(to) }) };
  }

  private snapshot(at: number, type: string): DBSnapshot {
    const owner = type === 'shared' ? SOURCE : this.account;
    const name = type === 'awsbackup' ? `awsbackup:job-${at}` : `checkvalve-db-${at}-0011223344556677`;
    const tags = { [TAGS.role]: 'export', [TAGS.sharedAt]: EPOCH, [TAGS.sourceTime]: EPOCH };
    const listed: Readonly<Record<string, string>> = type === 'manual' && this.account === SOURCE ? tags : {};
    return {
      DBSnapshotArn: `arn:aws:rds:${HERE}:${owner}:snapshot:${name}`,
      DBSnapshotIdentifier: name,
      DBInstanceIdentifier: `db-${at}`,
      Status: 'available',
      SnapshotType: type,
      Engine: 'postgres',
      Encrypted: true,
      SnapshotCreateTime: new Date(0),
      AllocatedStorage: 20,
      TagList: Object.entries(listed).map(([Key, Value]) => ({ Key, Value })),
    };
  }
}

async function exporting(count: number): Promise<number> {
  const rds = new PagedRds(SOURCE, count);
  const ports = {
    snapshots: new RdsSnapshots(rds.client()),
    memory: { all: async () => new Map(), remember: () => Promise.reject(new Error('nothing to remember')) },
    notifications: { notify: () => Promise.reject(new Error('nothing to notify of')) },
    wakeups: { wakeIn: () => Promise.reject(new Error('nothing is in flight')) },
  };
  const settings = {
    exportKey: exportKeyOf(SOURCE),
    vaultAccount: VAULT,
    databaseTag: { key: 'environment', value: 'production' },
    limits: LIMITS,
  };
  await exportSnapshots({ wake: 'again' }, ports, settings, new Date(0), () => {});
  return rds.calls;
}

async function importing(count: number): Promise<number> {
  const rds = new PagedRds(VAULT, count);
  const sources = new InMemoryRegistry();
  await sources.put({ account: SOURCE, state: 'enrolled', regions: [HERE], since: EPOCH, reason: 'tagged' });
  const behind = new PagedRds(SOURCE, count);
  const ports = {
    sources,
    snapshots: new RdsSnapshots(rds.client()),
    accessRoles: { of: () => new RdsSnapshots(behind.client()) },
    wakeups: { wakeIn: () => Promise.reject(new Error('nothing is in flight')) },
  };
  await importCopies(
    {},
    ports,
    { importKey: exportKeyOf(VAULT), limits: LIMITS, admission: ADMISSION },
    new Date(0),
    () => {},
  );
  return rds.calls + behind.calls;
}

/** List calls of a sweep over 10 and over 1,000 snapshots of each type, in a source and in the vault. */
export async function benchListCalls(): Promise<Record<'source' | 'vault', ListCalls>> {
  return {
    source: { at10: await exporting(10), at1000: await exporting(1000) },
    vault: { at10: await importing(10), at1000: await importing(1000) },
  };
}
