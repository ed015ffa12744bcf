import { type CopyLimits, DEFAULT_LIMITS } from '../../lambda/_kit/copies';
import type { ExportMemory } from '../../lambda/_kit/ports/export-memory';
import type { Log } from '../../lambda/_kit/ports/log';
import type { SnapshotSearch, Snapshots } from '../../lambda/_kit/ports/snapshots';
import type { Wakeups } from '../../lambda/_kit/ports/wakeups';
import { exportSnapshots } from '../../lambda/source/export-snapshots/export-snapshots';
import { RunNotes } from '../../lambda/source/export-snapshots/run-notes';
import { followSources } from '../../lambda/vault/follow-sources/follow-sources';
import { importCopies } from '../../lambda/vault/import-copies/import-copies';
import { pruneCopies } from '../../lambda/vault/prune-copies/prune-copies';
import type { AccountId, SnapshotArn } from '../contract/ids';
import { TAGS } from '../contract/names';
import { InMemoryEvidence } from './evidence-in-memory';
import type { InMemoryRds } from './in-memory-rds';
import type { Injector, Run } from './injector';
import { InMemoryOwnCopies } from './own-copies-in-memory';
import { InMemoryRegistry } from './registry-in-memory';
import { exportKeyOf, HERE, IMPORT_KEY, SOURCE_LIMITS, VAULT, VAULT_LIMITS } from './scenario';
import { VAULT_ADMISSION, VAULT_RETENTION } from './vault-retention';

/** The event of export-snapshots: a sweep over all snapshots. */
const SWEPT = { wake: 'again' };
const DATABASE_TAG = { key: 'environment', value: 'production' };

/** Changes the ports of a step: how a test plants a programming error. */
export interface Tampering {
  /** The snapshots that it lists and changes. */
  readonly snapshots?: (snapshots: Snapshots, step: Run['step']) => Snapshots;
  /** The table of export-snapshots. */
  readonly memory?: (memory: ExportMemory) => ExportMemory;
  /** Its settings of AWS's quotas. */
  readonly limits?: (limits: CopyLimits, step: Run['step']) => CopyLimits;
}

/** The result of a run. */
export interface Ran {
  readonly run: Run;
  readonly error?: unknown;
}

/** Runs the real steps on ports in memory, guarded by the injector. */
export class StepRunner {
  readonly registry = new InMemoryRegistry();
  readonly sources = new InMemoryRegistry();
  readonly evidence = new InMemoryEvidence();
  readonly subscribed = new Set<AccountId>();
  /** The index of the vault's copies. */
  readonly ownCopies = new InMemoryOwnCopies(this.sources);
  private readonly exportNotes = new Map<AccountId, RunNotes>();
  /** The current run; of two at once, the later. */
  current: Run | undefined;
  runs = 0;

  constructor(
    private readonly rds: InMemoryRds,
    private readonly injector: Injector,
    private readonly notify: (copy: SnapshotArn, account: AccountId) => void,
    private readonly wrote: (account: AccountId) => void,
    private readonly remind: (account: AccountId) => void,
    private readonly tampering: Tampering = {},
  ) {}

  /** export-snapshots, in one source, woken by this event. */
  export(account: AccountId, together = false, event: unknown = SWEPT): Promise<Ran> {
    const run: Run = { step: 'export-snapshots', account, disturbed: together, killed: false };
    const notifications = { notify: async (copy: SnapshotArn) => this.notify(copy, account) };
    const ports = {
      snapshots: this.snapshots(run, account),
      memory: this.memory(run, account),
      notifications: this.injector.guard(notifications, run),
      wakeups: this.wakeups(run),
    };
    const limits = this.limits(run, SOURCE_LIMITS);
    const settings = { exportKey: exportKeyOf(account), vaultAccount: VAULT, databaseTag: DATABASE_TAG, limits };
    const notes = this.exportNotes.get(account) ?? new RunNotes();
    this.exportNotes.set(account, notes);
    return this.run(run, (log) => exportSnapshots(event, ports, settings, this.rds.time, log, notes));
  }

  /** import-copies, woken by this event. */
  import(event: unknown, together = false): Promise<Ran> {
    const run: Run = { step: 'import-copies', account: VAULT, disturbed: together, killed: false };
    const ports = {
      sources: this.injector.guard(this.sources, run),
      snapshots: this.snapshots(run, VAULT),
      accessRoles: { of: (account: AccountId) => this.accessRole(run, account) },
      wakeups: this.wakeups(run),
      ownCopies: this.injector.guard(this.ownCopies, run),
    };
    const settings = { importKey: IMPORT_KEY, limits: this.limits(run, VAULT_LIMITS), admission: VAULT_ADMISSION };
    return this.run(run, (log) => importCopies(event, ports, settings, this.rds.time, log));
  }

  /** follow-sources, in the vault. */
  follow(): Promise<Ran> {
    const run: Run = { step: 'follow-sources', account: VAULT, disturbed: false, killed: false };
    const ports = {
      registry: this.injector.guard(this.registry, run),
      sources: this.injector.guard(this.sources, run),
      subscriptions: this.injector.guard(
        { subscribe: async (account: AccountId) => void this.subscribed.add(account) },
        run,
      ),
    };
    return this.run(run, (log) => followSources(ports, { maxNewAccountsPerDay: 50, region: HERE }, this.rds.time, log));
  }

  /** prune-copies. `released`: an operator has raised the bound after a run that stopped. */
  prune(released: boolean): Promise<Ran> {
    const run: Run = { step: 'prune-copies', account: VAULT, disturbed: false, killed: false };
    const retention = { ...VAULT_RETENTION, ...(released && { maxDeletedPercentPerRun: 100 }) };
    return this.run(run, (log) => {
      const clock = { now: () => this.rds.time };
      const ports = { snapshots: this.snapshots(run, VAULT), clock, evidence: this.evidence, sources: this.sources };
      return pruneCopies(ports, { retention }, this.rds.time, log);
    });
  }

  private wakeups(run: Run): Wakeups {
    return this.injector.guard({ wakeIn: async () => this.remind(run.account) }, run);
  }

  private snapshots(run: Run, account: AccountId): Snapshots & SnapshotSearch {
    return this.tampered(this.injector.guard(this.rds.as(account), run), run);
  }

  private memory(run: Run, account: AccountId): ExportMemory {
    const memory = this.injector.guard(this.rds.memoryOf(account), run);
    return this.tampering.memory?.(memory) ?? memory;
  }

  private tampered(snapshots: Snapshots & SnapshotSearch, { step }: Run): Snapshots & SnapshotSearch {
    const changed = this.tampering.snapshots?.(snapshots, step);
    // What a test leaves as it is stays, and so do the searches, which it may not name.
    return changed
      ? { find: snapshots.find, ofKind: snapshots.ofKind, withBackups: snapshots.withBackups, ...changed }
      : snapshots;
  }

  private limits({ step }: Run, allowed: Partial<CopyLimits>): CopyLimits {
    const limits = { ...DEFAULT_LIMITS, ...allowed };
    return this.tampering.limits?.(limits, step) ?? limits;
  }

  /** An access role allows less than RDS can do: this port refuses the rest, as the role does. */
  private accessRole(run: Run, account: AccountId): Snapshots & SnapshotSearch {
    const refused = () => Promise.reject(new Error('AccessDenied: the access role shows and marks, nothing else'));
    const inside = this.rds.as(account);
    const allowed: Snapshots & SnapshotSearch = {
      ...inside,
      copy: refused,
      share: refused,
      remove: refused,
      tag: async (arn, tags) => {
        const isExportCopy = this.rds.find(arn)?.tags.get(TAGS.role) === 'export';
        if (this.rds.find(arn) && !isExportCopy) return refused();
        await inside.tag(arn, tags);
        this.wrote(account);
      },
    };
    return this.tampered(this.injector.guard(allowed, run, account), run);
  }

  private async run(run: Run, body: (log: Log) => Promise<unknown>): Promise<Ran> {
    this.runs += 1;
    this.current = run;
    try {
      // The logs are not used: the invariants check the world itself.
      await body(() => {});
      return { run };
    } catch (error) {
      return { run, error };
    } finally {
      if (run.killed) {
        // Lambda starts another function: what this one remembered is gone.
        this.exportNotes.delete(run.account);
      }
      this.current = undefined;
    }
  }
}
