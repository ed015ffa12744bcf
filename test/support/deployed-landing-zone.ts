import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { CreateDBClusterCommand, CreateDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds';
import { config as example } from '../../src/checkvalve.config';
import type { CheckvalveConfig } from '../../src/config/checkvalve-config';
import { PREFIX, TAGS } from '../../src/contract/names';
import type { Emulator } from '../../src/emulator/emulator';
import { type ListedSnapshot, snapshotsOf } from '../../src/rehearsal/checks/evidence';
import { clearWindows, type InstanceWindows } from '../../src/rehearsal/clear-windows';
import { Authorizer } from '../../src/rehearsal/host/authorizer';
import { failureOf, type Invocation } from '../../src/rehearsal/host/invocation';
import { SavedWorlds } from '../../src/rehearsal/host/saved-worlds';
import type { Authorize } from '../../src/rehearsal/host/sdk-call';
import { PHASES } from '../../src/rehearsal/phases/phases';
import { authorizedBy, Stage, type StageMemory } from '../../src/rehearsal/stage';
import { EXAMPLE, type WorldDatabase, worldOf } from '../../src/rehearsal/world';
import { emulatorOfWorker } from '../support/worker';

/** A database that a test creates: by default an instance of PostgreSQL in the first source. */
export interface DatabaseWish {
  readonly id: string;
  readonly account?: string;
  readonly kind?: 'instance' | 'cluster';
  readonly engine?: string;
  /** `aws/rds` by default. */
  readonly key?: 'aws/rds' | 'own' | 'none' | 'default';
  readonly tags?: Readonly<Record<string, string>>;
  /** Windows of an instance; those of a team that keeps them clear of the plans where they are left out. */
  readonly windows?: InstanceWindows;
}

/** A created database, and its key. */
export type CreatedDatabase = WorldDatabase & { readonly key: string };

/** One line of a step's log. */
export interface LoggedEvent {
  readonly at: number;
  readonly account: string;
  readonly event: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

const MINUTE = 60;
const DAILY_PLAN = `${PREFIX}-daily`;
const STEPS = ['export-snapshots', 'import-copies'] as const;

/** A vault that has room to reserve for every database of a test. */
export const ADMITS_ALL: CheckvalveConfig['vault'] = {
  ...example.vault,
  manualSnapshotQuota: 100_000,
  admission: { maxNewDatabasesPerAccountPerDay: 1000 },
};

/**
 * The deployed landing zone without a database: the templates, bundles and roles that are shipped, on the worker's
 * emulator. A test creates databases, injects faults, runs AWS Backup, lets time pass, and reads the state.
 */
export class DeployedLandingZone {
  readonly logged: LoggedEvent[] = [];
  readonly failures: string[] = [];
  /** While false, every call is allowed: for a test of large numbers. */
  authorizes = true;

  private constructor(
    readonly emulator: Emulator,
    readonly stage: Stage,
    readonly region: string,
    readonly vault: string,
  ) {}

  /** Deploys it, enrolls the sources and has the vault follow them. The deployed policies authorize every call of a handler. */
  static async deployed(
    changed: Partial<CheckvalveConfig> = {},
    now = '2026-11-25T00:00:00Z',
  ): Promise<DeployedLandingZone> {
    const config = { ...example, ...changed };
    const emulator = await emulatorOfWorker(now);
    const world = { ...worldOf(config), databases: [] };
    const authorizer = new Authorizer(emulator, world);
    const authorize: Authorize = async (call) => (zone.authorizes ? authorizer.call(call) : { allowed: true });
    const onInvocation = (invocation: Invocation) => zone.record(invocation);
    const stage = new Stage(emulator, world, { config, ...authorizedBy(authorizer), authorize, onInvocation });
    const [region = ''] = config.regions;
    const zone = new DeployedLandingZone(emulator, stage, region, config.vault.account);
    const enrolled = new SavedWorlds<StageMemory>({ enrolled: config, now });
    const memory = await enrolled.restore('followed', emulator);
    if (memory) {
      stage.recall(memory);
      return zone;
    }
    for (const step of ['make-organization', 'deploy', 'enroll-accounts', 'follow-sources']) {
      await PHASES.find((phase) => phase.step === step)?.play(stage, {});
    }
    await enrolled.save('followed', emulator, stage.memory);
    return zone;
  }

  /** With quotas of a thousand snapshots in every account, and a vault that admits every database. */
  static async roomy(): Promise<DeployedLandingZone> {
    const zone = await DeployedLandingZone.deployed({
      limits: { ...example.limits, manualSnapshotQuota: 1000 },
      vault: ADMITS_ALL,
    });
    await zone.emulator.setRdsLimits({ manualSnapshotQuota: 1000, manualClusterSnapshots: 1000 });
    return zone;
  }

  /** Before another test: removes the injected faults, and empties the log. */
  async calm(): Promise<void> {
    await this.emulator.clearFaults();
    await this.emulator.clearLog();
    this.failures.length = 0;
  }

  async stop(): Promise<void> {
    await this.stage.stop();
  }

  /** A client of a team or of an operator: its calls are not authorized. */
  rds(account: string = EXAMPLE.first): RDSClient {
    return new RDSClient(this.emulator.client(account, this.region));
  }

  async database({ id, account = EXAMPLE.first, kind = 'instance', engine, key = 'aws/rds', ...more }: DatabaseWish) {
    const { databaseTag } = this.stage.config;
    const { tags = {}, windows = clearWindows(this.stage.config, id) } = more;
    const Tags = Object.entries({ [databaseTag.key]: databaseTag.value, ...tags }).map(([Key, Value]) => ({
      Key,
      Value,
    }));
    const own = key === 'own' ? await this.key(account) : undefined;
    const login = { MasterUsername: 'owner', MasterUserPassword: 'not-a-secret', Tags };
    const secret = { ...(key !== 'default' && { StorageEncrypted: key !== 'none' }), ...(own && { KmsKeyId: own }) };
    if (kind === 'cluster') {
      const of = { DBClusterIdentifier: id, Engine: engine ?? 'aurora-postgresql' };
      await this.rds(account).send(new CreateDBClusterCommand({ ...of, ...login, ...secret }));
    } else {
      const size = { DBInstanceClass: 'db.t4g.medium', AllocatedStorage: 20, BackupRetentionPeriod: 7 };
      const of = { DBInstanceIdentifier: id, Engine: engine ?? 'postgres', ...size, ...windows };
      await this.rds(account).send(new CreateDBInstanceCommand({ ...of, ...login, ...secret }));
    }
    const word = kind === 'cluster' ? 'cluster' : 'db';
    const arn = `arn:aws:rds:${this.region}:${account}:${word}:${id}`;
    return { id, account, kind, region: this.region, arn, key: own ?? '' } satisfies CreatedDatabase;
  }

  /** So many databases of one name and a number. */
  async several(name: string, count: number): Promise<CreatedDatabase[]> {
    const made: CreatedDatabase[] = [];
    for (let at = 0; at < count; at += 1) made.push(await this.database({ id: `${name}${at}` }));
    return made;
  }

  private async key(account: string): Promise<string | undefined> {
    const { KeyMetadata } = await new KMSClient(this.emulator.client(account, this.region)).send(
      new CreateKeyCommand({}),
    );
    return KeyMetadata?.Arn;
  }

  /** AWS Backup makes a snapshot of each database by the deployed plan; resolves before any event is delivered. */
  async backUp(...databases: readonly WorldDatabase[]): Promise<void> {
    for (const account of new Set(databases.map((one) => one.account))) {
      const wanted = databases.filter((one) => one.account === account).map(({ arn }) => arn);
      const run = { account, region: this.region, planName: DAILY_PLAN, databases: wanted };
      const jobs = await this.emulator.runBackup({ ...run, durationSeconds: MINUTE });
      const started = jobs.filter(({ recoveryPointArn }) => recoveryPointArn).length;
      if (started !== wanted.length)
        throw new Error(`AWS Backup took ${started} of ${wanted.length}: ${JSON.stringify(jobs)}`);
    }
    await this.emulator.advance(MINUTE + 1);
  }

  /** Lets time pass; each step's own sweep fires at the end of every so many minutes. */
  async pass(minutes: number, sweepEvery = 15): Promise<void> {
    for (let left = minutes; left > 0; left -= sweepEvery) {
      await this.stage.pump.pass(Math.min(left, sweepEvery) * MINUTE);
      for (const step of STEPS) await this.stage.pump.fire(`checkvalve-${step}`);
    }
  }

  /** Lets time pass until something is true; resolves to the minutes it took. @throws after a day and a half: steps retry a refused copy within a day */
  async until(isSo: () => Promise<boolean>, sweepEvery = 15): Promise<number> {
    for (let minutes = 0; minutes < 36 * 60; minutes += sweepEvery) {
      if (await isSo()) return minutes;
      await this.pass(sweepEvery, sweepEvery);
    }
    throw new Error(
      `not true after a day and a half; logged: ${JSON.stringify(this.logged.slice(-5))} ${this.failures.slice(-3)}`,
    );
  }

  /** Lets time pass until the vault has so many available copies of each. */
  untilImported(databases: readonly WorldDatabase[], copies = 1): Promise<number> {
    return this.until(async () => {
      const all = await this.inVault();
      return databases.every(({ arn }) => good(all, arn).length === copies);
    });
  }

  /** The copies in the vault: of one database, or all. */
  async inVault(database?: WorldDatabase): Promise<ListedSnapshot[]> {
    const all = await snapshotsOf(this.emulator, this.vault, this.region);
    return database ? all.filter(({ tags }) => tags.get(TAGS.database) === database.arn) : all;
  }

  /** The export copies of a database. */
  async exportCopies({ account, arn }: WorldDatabase): Promise<ListedSnapshot[]> {
    const all = await snapshotsOf(this.emulator, account, this.region);
    return all.filter(({ type, tags }) => type === 'manual' && tags.get(TAGS.database) === arn);
  }

  /** What AWS Backup has made of a database. */
  async backups({ account, id }: WorldDatabase): Promise<ListedSnapshot[]> {
    const all = await snapshotsOf(this.emulator, account, this.region);
    return all.filter(({ type, database }) => type === 'awsbackup' && database === id);
  }

  /** The alerts about a database so far: its verdicts, in their order. */
  alerts({ arn }: WorldDatabase): readonly LoggedEvent[] {
    return this.logged.filter(({ event, facts }) => event === 'database.not-copied' && facts.database === arn);
  }

  /** The verdicts that were logged about a database, in their order. */
  verdicts = (of: WorldDatabase): readonly unknown[] => this.alerts(of).map(({ facts }) => facts.verdict);

  /** How many good copies of a database the vault has. */
  async goodCopies({ arn }: WorldDatabase): Promise<number> {
    return good(await this.inVault(), arn).length;
  }

  /** How often an operation was called, by account and outcome (0: any). */
  async calls(operation: string, account?: string, status = 0): Promise<number> {
    const log = await this.emulator.log();
    return log.filter(
      (call) =>
        call.operation === operation && (!account || call.account === account) && (!status || call.status === status),
    ).length;
  }

  private record(invocation: Invocation): void {
    const cause = failureOf(invocation);
    if (cause) this.failures.push(cause);
    for (const line of invocation.logs.split('\n')) {
      if (!line.startsWith('{')) continue;
      const written = JSON.parse(line) as { message: string; timestamp: string; facts?: LoggedEvent['facts'] };
      const { message: event, timestamp, facts = {} } = written;
      this.logged.push({ at: Date.parse(timestamp), account: invocation.account, event, facts });
    }
  }
}

/** Copies of a database that can be restored. */
export const good = (copies: readonly ListedSnapshot[], database: string): ListedSnapshot[] =>
  copies.filter(({ status, tags }) => status === 'available' && tags.get(TAGS.database) === database);
