import { DEFAULT_LIMITS } from '../../../lambda/_kit/copies';
import type { Snapshots } from '../../../lambda/_kit/ports/snapshots';
import { followSources } from '../../../lambda/vault/follow-sources/follow-sources';
import { importCopies } from '../../../lambda/vault/import-copies/import-copies';
import { pruneCopies } from '../../../lambda/vault/prune-copies/prune-copies';
import { reportCoverage } from '../../../lambda/vault/report-coverage/report-coverage';
import { admissionRules } from '../../config/admission-rules';
import { DEFAULT_RPO } from '../../config/checkvalve-config';
import type { AdmissionRules } from '../../contract/admission';
import { CheckvalveError } from '../../contract/errors';
import { LATEST_COVERAGE } from '../../contract/names';
import { InMemoryEvidence } from '../evidence-in-memory';
import type { InMemoryRds } from '../in-memory-rds';
import { Random } from '../random';
import { HERE, IMPORT_KEY, VAULT } from '../scenario';
import { type AccessRoles, awsError } from './access';
import type { AttackScenario } from './attack-scenario';
import type { VaultJournal } from './journal';
import { LaggingView } from './lagging-view';
import type { Seams, VaultStep } from './seams';
import { ManagedRegistry, SourcesTable } from './vault-tables';

/** The result of a run of a step. */
export interface StepRun {
  readonly step: VaultStep;
  readonly error?: unknown;
  /** It timed out, or another run of the step was in progress. */
  readonly disturbed: boolean;
  /** Errors that other accounts answered with. */
  readonly foreign: readonly { readonly account: string; readonly error: unknown }[];
}

/** The answer of import-copies to SQS. */
export type Answered = Awaited<ReturnType<typeof importCopies>>;

/** The vault: the real steps on ports in memory, in the weather of the scenario, with the seams of a test. */
export class Vault {
  readonly registry = new ManagedRegistry();
  readonly sources = new SourcesTable();
  readonly evidence = new InMemoryEvidence();
  readonly view: LaggingView;
  /** The step that runs now. */
  current: VaultStep | undefined;
  private readonly chances: Random;
  /** Computed once: import-copies gets them from its stack. */
  private readonly admission: AdmissionRules;

  constructor(
    private readonly scenario: AttackScenario,
    private readonly rds: InMemoryRds,
    private readonly access: AccessRoles,
    private readonly journal: VaultJournal,
    private readonly seams: Seams,
  ) {
    this.view = new LaggingView(rds, scenario.weather);
    this.admission = admissionRules(scenario.config);
    this.chances = new Random(scenario.seed, 'weather of the vault');
  }

  /** follow-sources, hourly. */
  follow(): Promise<StepRun> {
    const subscriptions = {
      subscribe: (account: Parameters<AccessRoles['subscribe']>[0]) => this.access.subscribe(account),
    };
    const ports = { registry: this.registry, sources: this.sources, subscriptions };
    const settings = { maxNewAccountsPerDay: this.scenario.config.limits.maxNewAccountsPerDay, region: HERE };
    return this.run('follow-sources', (now, log, measure) =>
      followSources(ports, this.withSeams(settings, 'follow-sources'), now, log, measure),
    );
  }

  /** import-copies, woken by this event; `answer` receives the answer to SQS. */
  import(event: unknown, answer: (answered: Answered) => void = () => {}): Promise<StepRun> {
    const { config } = this.scenario;
    const manualSnapshotQuota = config.vault.manualSnapshotQuota ?? config.limits.manualSnapshotQuota;
    const limits = { ...DEFAULT_LIMITS, ...config.limits, manualSnapshotQuota };
    const settings = this.withSeams({ importKey: IMPORT_KEY, limits, admission: this.admission }, 'import-copies');
    const end = this.timeOut();
    const ports = {
      sources: this.sources,
      snapshots: this.cutOff(this.own('import-copies'), end),
      accessRoles: this.access.snapshotAccess(),
      wakeups: { wakeIn: async () => {} },
    };
    return this.run(
      'import-copies',
      async (now, log, measure) => answer(await importCopies(event, ports, settings, now, log, measure)),
      end < Number.POSITIVE_INFINITY,
    );
  }

  /** prune-copies, four times a day. `released`: an operator has raised the bound after a run that stopped. */
  prune(released: boolean): Promise<StepRun> {
    const { retention } = this.scenario.config.vault;
    const settings = { retention: { ...retention, ...(released && { maxDeletedPercentPerRun: 100 }) } };
    const end = this.timeOut();
    const { evidence, sources } = this;
    const snapshots = this.cutOff(this.own('prune-copies'), end);
    return this.run(
      'prune-copies',
      (now, log, measure) => {
        const ports = { snapshots, evidence, sources, clock: { now: () => now } };
        return pruneCopies(ports, this.withSeams(settings, 'prune-copies'), now, log, measure);
      },
      end < Number.POSITIVE_INFINITY,
    );
  }

  /** report-coverage, every few hours: less often than in a real vault. */
  reportCoverage(): Promise<StepRun> {
    const { config } = this.scenario;
    const read = async (name: string) => {
      const text = await this.evidence.read(name);
      return this.seams.report ? this.seams.report(text) : text;
    };
    const rules = { databaseTag: config.databaseTag, rpo: config.vault.rpo ?? DEFAULT_RPO };
    const settings = this.withSeams({ region: HERE, rules }, 'report-coverage');
    return this.run('report-coverage', (now, log, measure) => {
      const send = async (subject: string, text: string) =>
        void this.journal.messages.push({ at: now.getTime(), text: `${subject}\n${text}` });
      const evidence = {
        read,
        replace: (name: string, text: string) => this.evidence.replace(name, text),
        keep: (name: string, text: string) => this.evidence.keep(name, text),
      };
      const { registry, sources } = this;
      const snapshots = this.own('report-coverage');
      const ports = {
        registry,
        sources,
        snapshots,
        accessRoles: this.access.coverageAccess(),
        evidence,
        alerts: { publish: send },
        measure,
      };
      return reportCoverage(ports, settings, now, log);
    });
  }

  /** The newest report; undefined before the first. */
  report(): Promise<string | undefined> {
    return this.evidence.read(LATEST_COVERAGE);
  }

  private own(step: VaultStep): Snapshots {
    const port = this.view.over(this.rds.as(VAULT));
    return this.seams.snapshots?.(port, step, this.rds) ?? port;
  }

  private withSeams<Settings extends object>(settings: Settings, step: VaultStep): Settings {
    return this.seams.settings?.(settings, step) ?? settings;
  }

  /** After how many calls a run times out; infinity for most runs. */
  private timeOut(): number {
    return this.chances.chance(this.scenario.weather.timeouts) ? this.chances.int(1, 40) : Number.POSITIVE_INFINITY;
  }

  /** A port that rejects every call after so many, as if the run had timed out. */
  private cutOff(port: Snapshots, after: number): Snapshots {
    if (after === Number.POSITIVE_INFINITY) return port;
    let calls = 0;
    return new Proxy(port, {
      get: (target, name, receiver) => {
        const method: unknown = Reflect.get(target, name, receiver);
        if (typeof method !== 'function') return method;
        return (...args: readonly unknown[]): Promise<unknown> => {
          calls += 1;
          return calls > after ? Promise.reject(awsError('TimeoutError')) : method.apply(target, args);
        };
      },
    });
  }

  private async run(
    step: VaultStep,
    body: (
      now: Date,
      log: ReturnType<VaultJournal['log']>,
      measure: (values: Readonly<Record<string, number>>) => void,
    ) => Promise<unknown>,
    disturbed = false,
  ): Promise<StepRun> {
    const now = this.seams.now?.(this.rds.time, step, this.rds) ?? this.rds.time;
    const at = this.rds.time.getTime();
    const measure = (values: Readonly<Record<string, number>>) =>
      this.journal.measure(step, at, this.seams.measures?.(values, step) ?? values);
    const before = this.access.errors.length;
    const foreign = () => this.access.errors.slice(before);
    const again = () => body(now, this.journal.log(step, at), measure);
    this.current = step;
    try {
      const instead = this.seams.instead?.[step];
      await (instead
        ? instead(again, { registry: this.registry, sources: this.sources, rds: this.rds, now })
        : again());
      this.seams.after?.(step, foreign());
      this.journal.ran(step, at, false);
      return { step, disturbed, foreign: foreign() };
    } catch (error) {
      this.journal.ran(step, at, true);
      this.journal.log(step, at)('run.failed', { because: `${error}` });
      return { step, error, disturbed, foreign: foreign() };
    } finally {
      this.current = undefined;
    }
  }
}

/** Whether prune-copies stopped until an operator raises its bound. */
export const isStopped = ({ error }: StepRun): boolean =>
  error instanceof CheckvalveError && error.code === 'RETENTION_STOPPED';
