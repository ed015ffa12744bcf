import type { Database } from '../../../lambda/_kit/ports/databases';
import { DAY, MINUTE, MINUTES_PER_DAY, MINUTES_PER_HOUR } from '../../contract/durations';
import type { AccountId, DatabaseArn } from '../../contract/ids';
import { INTERVALS } from '../../contract/intervals';
import { notify } from '../../contract/message';
import { copiesTopicArn, NAMES } from '../../contract/names';
import { InMemoryRds, type RdsChange } from '../in-memory-rds';
import { Random } from '../random';
import { HERE, VAULT } from '../scenario';
import { AccessRoles, type Answers } from './access';
import { Adversary } from './adversary';
import { type AttackScenario, MONTHLY_ON, type ScenarioDatabase } from './attack-scenario';
import type { Move } from './attacks/attack';
import { Exporters } from './exporter';
import { SimulatedInbox } from './inbox';
import { VaultJournal } from './journal';
import type { Seams } from './seams';
import { Truth } from './truth';
import { isStopped, type StepRun, Vault } from './vault';
import { Watch } from './watch';

const TICK = 30;
const PRUNE_EVERY = INTERVALS.pruneHours * MINUTES_PER_HOUR;
const COVERAGE_EVERY = 6 * MINUTES_PER_HOUR;
const QUIET_SWEEP = 4 * MINUTES_PER_HOUR;
/** The monthly backup comes so many minutes after the daily one. */
const MONTHLY_AFTER = 4 * MINUTES_PER_HOUR;
/** Recovery points stay for so many days. */
const POINTS_KEPT = 7;
const MAX_BATCHES_PER_TICK = 40;
/** What an account without the tooling answers, and one that the management account invented. */
const NO_ACCESS: Answers = { role: 'AccessDenied', topic: 'AuthorizationError' };

/** The landing zone under attack, in virtual time: the real steps of the vault and the real exporters. */
export class AttackedWorld {
  private readonly rds: InMemoryRds;
  private readonly truth: Truth;
  private readonly inbox = new SimulatedInbox();
  readonly journal = new VaultJournal();
  readonly watch: Watch;
  private readonly vault: Vault;
  private readonly exporters: Exporters;
  private readonly adversary: Adversary;
  private readonly dirty = new Set<AccountId>([VAULT]);
  private readonly weather: Random;
  private readonly begin: number;
  private isReleased = false;
  private stoppedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly scenario: AttackScenario,
    moves: readonly Move[],
    seams: Seams,
  ) {
    const { limits, vault } = scenario.config;
    const manualSnapshotQuota = vault.manualSnapshotQuota ?? limits.manualSnapshotQuota;
    this.rds = new InMemoryRds(HERE, {
      maxInstanceCopiesInFlight: 20,
      maxClusterCopiesInFlight: 5,
      manualSnapshotQuota: 400,
    });
    this.rds.limitsOf.set(VAULT, { ...limits, manualSnapshotQuota });
    this.begin = this.rds.time.getTime();
    this.truth = new Truth(this.rds);
    this.weather = new Random(scenario.seed, 'weather');
    const known = new Set(scenario.accounts);
    const access = new AccessRoles(this.rds, {
      databases: (account) => this.databasesOf(account),
      answers: (account) => this.adversary.attackerAccount(account)?.answers ?? (known.has(account) ? {} : NO_ACCESS),
      isThrottled: () => this.weather.chance(scenario.weather.throttled),
      wrote: (account) => this.dirty.add(account),
    });
    this.vault = new Vault(scenario, this.rds, access, this.journal, seams);
    const { rds, truth } = this;
    const deliver = (body: string) => this.inbox.put(body);
    this.adversary = new Adversary(moves, { scenario, rds, truth, registry: this.vault.registry, deliver });
    this.exporters = new Exporters(scenario, this.rds, this.truth, (copy, account) => {
      const body = { Type: 'Notification', TopicArn: copiesTopicArn(account, HERE), Message: notify(copy) };
      this.inbox.put(JSON.stringify(body));
    });
    this.watch = new Watch(scenario, this.rds, this.truth);
    this.vault.sources.onLeft = (account) => this.watch.left(account);
    this.rds.onChange = (change) => this.changed(change);
  }

  private get now(): number {
    return (this.rds.time.getTime() - this.begin) / MINUTE;
  }

  /** Plays the days before, during and after the attack. */
  async play(): Promise<void> {
    const { before, attack, after } = this.scenario.days;
    await this.enroll();
    this.vault.sources.onEntered = () => this.watch.entered();
    for (let tick = 0; tick < (before + attack + after) * MINUTES_PER_DAY; tick += TICK) {
      this.rds.advance(tick - this.now);
      if (tick === (before + attack) * MINUTES_PER_DAY) {
        // At the end of the attack its effect is greatest.
        this.watch.attackEnds();
        await this.adversary.ends();
      }
      const isAttack = tick >= before * MINUTES_PER_DAY && tick < (before + attack) * MINUTES_PER_DAY;
      if (isAttack && (await this.adversary.act(tick - before * MINUTES_PER_DAY))) this.dirty.add(VAULT);
      if (this.adversary.failInFlight()) this.dirty.add(VAULT);
      await this.tick(tick);
    }
    this.watch.ends();
  }

  private async enroll(): Promise<void> {
    // Long enough that all count for the bound of exits.
    const since = new Date(this.begin - 60 * DAY).toISOString();
    for (const account of this.scenario.accounts) {
      const entry = { account, state: 'enrolled', regions: [HERE], since, reason: 'tagged' } as const;
      await this.vault.registry.put(entry);
      await this.vault.sources.put(entry);
    }
  }

  private async tick(at: number): Promise<void> {
    for (const database of this.scenario.databases) this.backUp(database, at);
    for (const account of this.dirty) {
      if (account === VAULT) continue;
      this.dirty.delete(account);
      await this.exporters.run(account);
    }
    if (at % MINUTES_PER_HOUR === 0) {
      this.vault.registry.sweptAt = this.rds.time;
      this.watch.ran(await this.vault.follow());
      this.watch.sample();
    }
    if (at % QUIET_SWEEP === 0) this.dirty.add(VAULT);
    await this.import();
    if (at % PRUNE_EVERY === 0) await this.prune();
    if (at % COVERAGE_EVERY !== 0 || this.scenario.withoutCoverage) return;
    this.journal.queued(`${NAMES.inbox}-dead-letters`, this.rds.time.getTime(), this.inbox.deadLetters);
    this.watch.ran(await this.vault.reportCoverage());
    this.watch.reported(await this.vault.report());
  }

  private backUp(one: ScenarioDatabase, at: number): void {
    const minute = at % MINUTES_PER_DAY;
    const isDue = (start: number) => start >= minute && start < minute + TICK;
    const isMonthly = this.rds.time.getUTCDate() === MONTHLY_ON && isDue(one.backupAt + MONTHLY_AFTER);
    if (!isDue(one.backupAt) && !isMonthly) return;
    const arn = this.exporters.backUp(one, this.adversary.attackerAccount(one.account));
    if (arn) this.dirty.add(one.account);
    const oldest = this.rds.time.getTime() - POINTS_KEPT * DAY;
    const expired = this.rds
      .all(one.account)
      .filter(({ name, createdAt }) => name.startsWith('awsbackup:') && (createdAt?.getTime() ?? 0) < oldest);
    for (const { arn: old } of expired) this.rds.change(old, undefined);
  }

  private async import(): Promise<void> {
    if (!this.dirty.has(VAULT) && this.inbox.isEmpty) return;
    for (let batch = 0; batch < MAX_BATCHES_PER_TICK && (batch === 0 || !this.inbox.isEmpty); batch += 1) {
      this.dirty.delete(VAULT);
      const one = async () => {
        const { event, settle } = this.inbox.take();
        let answered: Parameters<typeof settle>[0];
        const run = await this.vault.import(event, (answer) => {
          answered = answer;
        });
        settle(run.error ? undefined : answered);
        if (run.error) this.dirty.add(VAULT);
        return run;
      };
      const overlaps = this.weather.chance(this.scenario.weather.overlaps);
      const runs = overlaps ? await Promise.all([one(), one()]) : [await one()];
      for (const run of runs) this.watch.ran({ ...run, disturbed: run.disturbed || overlaps });
    }
  }

  /** When a run stops, an operator raises its bound a day later. */
  private async prune(): Promise<void> {
    const run: StepRun = await this.vault.prune(this.isReleased);
    const at = this.rds.time.getTime();
    if (isStopped(run)) {
      if (this.stoppedAt === Number.NEGATIVE_INFINITY) this.stoppedAt = at;
      this.isReleased = at - this.stoppedAt >= DAY;
    } else {
      this.stoppedAt = Number.NEGATIVE_INFINITY;
      this.isReleased = false;
      this.watch.ran(run);
    }
  }

  private databasesOf(account: AccountId): Database[] {
    const { databaseTag } = this.scenario.config;
    const unselected: ReadonlySet<DatabaseArn> = this.adversary.attackerAccount(account)?.unselected ?? new Set();
    return this.scenario.databases
      .filter((one) => one.account === account)
      .map(({ kind, database }) => ({
        arn: database.arn,
        kind,
        resourceId: `${kind}-${database.arn.split(':').at(-1)}`,
        engine: database.engine,
        encrypted: true,
        createdAt: new Date(this.begin),
        tags: new Map(unselected.has(database.arn) ? [] : [[databaseTag.key, databaseTag.value]]),
      }));
  }

  private changed(change: RdsChange): void {
    this.watch.changed(change, this.vault.current);
    this.truth.changed(change);
    if (change.account === VAULT) this.vault.view.changed(change);
    if (change.what === 'shared') this.dirty.add(VAULT);
    else if (change.what !== 'copied') this.dirty.add(change.account);
  }
}
