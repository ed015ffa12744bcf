import { type CopyLimits, DEFAULT_LIMITS } from '../../lambda/_kit/copies';
import type { Log } from '../../lambda/_kit/ports/log';
import type { Notifications } from '../../lambda/_kit/ports/notifications';
import type { Registry, RegistryAccess, RegistryEntry, RegistryReading } from '../../lambda/_kit/ports/registry';
import type { CopyOrder, Snapshots } from '../../lambda/_kit/ports/snapshots';
import type { Sources } from '../../lambda/_kit/ports/sources';
import type { Wakeups } from '../../lambda/_kit/ports/wakeups';
import { exportSnapshots } from '../../lambda/source/export-snapshots/export-snapshots';
import { importCopies } from '../../lambda/vault/import-copies/import-copies';
import { pruneCopies } from '../../lambda/vault/prune-copies/prune-copies';
import { type AdmissionRules, DEFAULT_ADMISSION } from '../../src/contract/admission';
import type { Decision } from '../../src/contract/decisions';
import {
  type AccountId,
  accountId,
  databaseArn,
  keyArn,
  keyIdOf,
  region,
  type SnapshotArn,
} from '../../src/contract/ids';
import { RECOVERY_POINT_TAGS } from '../../src/contract/names';
import type { Retention } from '../../src/contract/retention';
import { InMemoryEvidence } from '../../src/simulation/evidence-in-memory';
import { InMemoryRds, type RdsQuotas, type SimulatedDatabase } from '../../src/simulation/in-memory-rds';

export const HERE = region('eu-central-1');
export const VAULT = accountId('333300002222');
export const SOURCE = accountId('222200001111');
export const OTHER = accountId('222200002222');
export const IMPORT_KEY = keyArn(`arn:aws:kms:eu-central-1:${VAULT}:key/00000000-0000-4000-8000-000000000001`);
export const exportKeyOf = (account: AccountId) =>
  keyArn(`arn:aws:kms:eu-central-1:${account}:key/00000000-0000-4000-8000-00000000000e`);

/** The tag that makes a database a production database. */
export const DATABASE_TAG = { key: 'environment', value: 'production' };

/** A database of an account. */
export const database = (
  account: AccountId,
  kind: 'db' | 'cluster',
  name: string,
  copyMinutes = 10,
): SimulatedDatabase => ({
  arn: databaseArn(`arn:aws:rds:eu-central-1:${account}:${kind}:${name}`),
  engine: kind === 'cluster' ? 'aurora-postgresql' : 'postgres',
  key: keyArn(`arn:aws:kms:eu-central-1:${account}:key/00000000-0000-4000-8000-0000000000aa`),
  sizeGiB: 20,
  copyMinutes,
});

/** A registry with memory. */
export class FakeRegistry implements Registry, RegistryAccess, Sources {
  readonly held = new Map<AccountId, RegistryEntry>();
  readonly decisions: Decision[] = [];
  lastRead: string | undefined;
  sweptAt: Date | undefined;
  constructor(
    entries: readonly RegistryEntry[] = [],
    private readonly before: () => void = () => {},
  ) {
    for (const entry of entries) this.held.set(entry.account, entry);
  }
  async read(): Promise<RegistryReading> {
    return { entries: await this.entries(), unreadable: [], ...(this.sweptAt && { sweptAt: this.sweptAt }) };
  }
  async entries(): Promise<readonly RegistryEntry[]> {
    this.before();
    return [...this.held.values()];
  }
  async put(entry: RegistryEntry): Promise<void> {
    this.held.set(entry.account, entry);
  }
  async known() {
    return { entries: await this.entries(), decisions: this.decisions, lastRead: this.lastRead };
  }
  async noteReading(at: Date): Promise<void> {
    this.lastRead = at.toISOString();
  }
}

/** An entry of an enrolled account. */
export const enrolled = (account: AccountId): RegistryEntry => ({
  account,
  state: 'enrolled',
  regions: [HERE],
  since: '2026-01-01T00:00:00.000Z',
  reason: 'tagged environment=production',
});

/** Notifications, kept in memory. */
export class FakeNotifications implements Notifications {
  readonly sent: SnapshotArn[] = [];
  constructor(private readonly before: () => void = () => {}) {}
  async notify(copy: SnapshotArn): Promise<void> {
    this.before();
    this.sent.push(copy);
  }
}

/** Source and vault on one in-memory RDS: runs the real steps, nothing else. */
export class Pipeline {
  readonly rds: InMemoryRds;
  readonly notifications = new FakeNotifications(() => this.rds.beforeCall({ account: SOURCE, name: 'notify' }));
  readonly sources = new FakeRegistry([enrolled(SOURCE), enrolled(OTHER)], () =>
    this.rds.beforeCall({ account: VAULT, name: 'sources' }),
  );
  readonly evidence = new InMemoryEvidence();
  readonly logged: { readonly event: string; readonly fields?: Readonly<Record<string, unknown>> }[] = [];
  /** What import-copies has measured. */
  readonly measured: Record<string, number>[] = [];
  /** How often a step has asked to be woken again. */
  reminders = 0;
  /** The access role of a source: wide open, unless a test says otherwise. */
  accessRole = (account: AccountId): Snapshots => this.rds.as(account);
  /** What an order to copy into the vault fails with; undefined for one that goes well. */
  copyError: (order: CopyOrder) => unknown = () => undefined;
  /** What the vault admits. Few copies of a database, so that small quotas have room for some. */
  admission: AdmissionRules = { ...DEFAULT_ADMISSION, copiesPerDatabase: 4 };
  private jobs = 0;
  private readonly limits: CopyLimits;

  constructor(limits?: RdsQuotas) {
    this.rds = new InMemoryRds(HERE, limits);
    this.limits = { ...DEFAULT_LIMITS, ...limits };
  }

  private readonly wakeupsOf = (account: AccountId): Wakeups => ({
    wakeIn: async () => {
      this.rds.beforeCall({ account, name: 'again' });
      this.reminders += 1;
    },
  });

  readonly log: Log = (event, fields) => void this.logged.push({ event, fields });

  /** AWS Backup runs; the snapshot carries the tags of the plan. */
  backUp(of: SimulatedDatabase, tags: Record<string, string> = {}) {
    this.jobs += 1;
    const account = accountId(of.arn.split(':')[4]);
    const job = `00000000-0000-4000-8000-${String(this.jobs).padStart(12, '0')}`;
    return this.rds.backUp(of, job, {
      [RECOVERY_POINT_TAGS.exportKey]: keyIdOf(exportKeyOf(account)),
      [RECOVERY_POINT_TAGS.plan]: 'daily',
      ...tags,
    });
  }

  export(account = SOURCE, event: unknown = { wake: 'again' }) {
    const settings = {
      exportKey: exportKeyOf(account),
      vaultAccount: VAULT,
      databaseTag: DATABASE_TAG,
      limits: this.limits,
    };
    const ports = {
      snapshots: this.rds.as(account),
      memory: this.rds.memoryOf(account),
      notifications: this.notifications,
      wakeups: this.wakeupsOf(account),
    };
    return exportSnapshots(event, ports, settings, this.rds.time, this.log);
  }

  import(event: unknown = {}) {
    const ports = {
      sources: this.sources,
      snapshots: this.vaultSnapshots(),
      accessRoles: { of: (account: AccountId) => this.accessRole(account) },
      wakeups: this.wakeupsOf(VAULT),
    };
    return importCopies(
      event,
      ports,
      {
        importKey: IMPORT_KEY,
        limits: { ...this.limits, ...this.rds.limitsOf.get(VAULT) },
        admission: this.admission,
      },
      this.rds.time,
      this.log,
      (values) => void this.measured.push({ ...values }),
    );
  }

  private vaultSnapshots(): Snapshots {
    const snapshots = this.rds.as(VAULT);
    return {
      ...snapshots,
      copy: async (order) => {
        const error = this.copyError(order);
        if (error !== undefined) throw error;
        return snapshots.copy(order);
      },
    };
  }

  prune(retention: Retention, now = this.rds.time) {
    return pruneCopies(this.pruning(this.rds.as(VAULT), now), { retention }, now, this.log);
  }

  /** The ports of prune-copies; an operator has confirmed the time. */
  pruning(snapshots: Snapshots, now = this.rds.time) {
    const confirmed: Decision = { kind: 'clock', subject: 'vault', by: 'operator', at: now.toISOString() };
    this.sources.decisions.splice(0, Number.POSITIVE_INFINITY, confirmed);
    return { snapshots, clock: { now: () => now }, evidence: this.evidence, sources: this.sources };
  }

  /** Fields of the log entries of an event. */
  fieldsOf(name: string) {
    return this.logged.filter(({ event }) => event === name).map(({ fields }) => fields);
  }
  /** Verdicts of all alerts about databases that are not copied. */
  get verdicts() {
    return this.fieldsOf('database.not-copied').map((fields) => fields?.verdict);
  }

  /** All steps run this often, and time passes after each round. */
  async rounds(count: number, minutes = 15): Promise<void> {
    for (let round = 0; round < count; round += 1) await this.round(minutes);
  }

  /** Every step runs once, and time passes. */
  async round(minutes = 15): Promise<void> {
    await this.export(SOURCE);
    await this.export(OTHER);
    await this.import();
    this.rds.advance(minutes);
  }

  /** What the vault holds and could restore. */
  vaultCopies() {
    return this.rds.all(VAULT).filter(({ status }) => status === 'available');
  }
}
