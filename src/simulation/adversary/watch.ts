// Longer than most: the invariants that are judged while a world plays are read in one place.

import { type CoverageEvidence, type CoverageRow, readEvidence } from '../../contract/coverage';
import { DAY, HOUR, MINUTE } from '../../contract/durations';
import type { InMemoryRds, RdsChange } from '../in-memory-rds';
import { VAULT } from '../scenario';
import { type AttackScenario, BEGIN, type ScenarioDatabase } from './attack-scenario';
import type { VaultStep } from './seams';
import type { Truth } from './truth';
import { isStopped, type StepRun } from './vault';

/** What must hold under every attack, by id. */
export const ATTACK_INVARIANTS = {
  'bounded-delay': 'The newest copy of another account is at most 24 hours later than without the attack.',
  'recovered-after-two-days': 'Two days after the attack every copy and every status is as without it.',
  'due-copies-pruned': 'Copies past their retention are deleted within two days.',
  'good-copies-kept': 'No copy is deleted within its retention, and no newest copy of a database.',
  'statuses-true': 'Every protection status is true.',
  'lateness-alerted': 'When the attack ends, every late database is in an alarm and in a message.',
  'no-account-fails-a-run': 'No run fails because of what one account answers.',
  'attack-alerted': 'An alarm is active during the attack, and a message or a log names the account.',
  'account-changes-bounded': 'Accounts enter and leave within the daily bounds, and leave only after an alarm.',
} as const;

/** An invariant that an attack broke. */
export interface AttackViolation {
  readonly invariant: keyof typeof ATTACK_INVARIANTS;
  /** ISO 8601, virtual. */
  readonly at: string;
  readonly what: string;
}

/** A database whose newest copy is too old, when the attack ends. */
export interface Late {
  readonly account: string;
  readonly database: string;
  readonly ageHours: number;
}

/** Hours by which the age in a report and the true age may differ. */
const APART = 4;
/** Hours beyond the RPO after which an alarm must be active. */
const SLACK_HOURS = 9;

/** Observes the world while it plays. judge.ts compares its observations with a play without the attack. */
export class Watch {
  readonly breaches: AttackViolation[] = [];
  /** The time of the newest data that the vault has of each database, at each sample. */
  readonly newest = new Map<string, number[]>();
  readonly sampledAt: number[] = [];
  /** Protection status of each row of the last report. */
  statuses = new Map<string, string>();
  late: readonly Late[] = [];
  /** Accounts that the vault stopped following, and when. */
  readonly exits: { readonly account: string; readonly at: number }[] = [];
  private entries: readonly number[] = [];
  falseStatuses = 0;
  failedRuns = 0;
  /** The largest number of copies of the adversary's accounts in the vault, and of overdue copies of others. */
  maxPlaces = 0;
  maxHeldBack = 0;
  private readonly recorded = new Set<string>();
  private readonly owned: ReadonlySet<string>;
  private readonly termMs: number;

  constructor(
    private readonly scenario: AttackScenario,
    private readonly rds: InMemoryRds,
    private readonly truth: Truth,
  ) {
    this.owned = new Set(scenario.owned);
    this.termMs = scenario.config.vault.retention.dailyDays * DAY;
  }

  /** A run of a step has ended. */
  ran(run: StepRun): void {
    if (!run.error || run.disturbed || isStopped(run)) return;
    this.failedRuns += 1;
    const names = [...new Set(run.foreign.map(({ account, error }) => `${(error as Error).name} of ${account}`))];
    if (names.length > 0) this.broken('no-account-fails-a-run', `${run.step}: ${names.join(', ')}: ${run.error}`);
  }

  /** Something changes in RDS; `truth` receives the change afterwards. */
  changed({ what, account, snapshot: { arn, status } }: RdsChange, step: VaultStep | undefined): void {
    if (what !== 'removed' || account !== VAULT || step !== 'prune-copies' || status !== 'available') return;
    const copy = this.truth.copy(arn);
    if (!copy) return;
    const age = this.rds.time.getTime() - copy.importedAt;
    if (age < this.termMs) this.broken('good-copies-kept', `${arn} was deleted after ${(age / DAY).toFixed(1)} days`);
    // Only the account knows how old the data of a cluster copy is: a false time harms its own databases alone.
    const isKnown = copy.kind === 'instance' || !this.owned.has(copy.account);
    const isReal = isKnown && this.scenario.databases.some(({ database }) => database.arn === copy.database);
    const others = [...this.truth.goodOf(copy.database).values()].filter((one) => one.arn !== arn);
    if (isReal && !others.some(({ dataAt }) => dataAt >= copy.dataAt)) {
      this.broken('good-copies-kept', `${arn} was the newest copy of ${copy.database}`);
    }
  }

  /** The vault starts following an account, for the first time or again. */
  entered(): void {
    const now = this.rds.time.getTime();
    this.entries = [...this.entries.filter((at) => now - at < DAY), now];
    const { maxNewAccountsPerDay } = this.scenario.config.limits;
    if (this.entries.length > maxNewAccountsPerDay) {
      this.broken('account-changes-bounded', `${this.entries.length} accounts entered within a day`, 'entered');
    }
  }

  /** The vault stops following an account. */
  left(account: string): void {
    this.exits.push({ account, at: this.rds.time.getTime() });
    const recent = this.exits.filter(({ at }) => this.rds.time.getTime() - at < DAY).length;
    // Accounts that management adds during the attack do not raise the bound.
    const followed = this.scenario.accounts.length;
    const bound = Math.max(5, Math.floor(followed / 10));
    const of = Math.max(1, Math.min(bound, Math.floor(followed / 2)));
    if (recent > of) this.broken('account-changes-bounded', `${recent} accounts left in a day, and ${of} may`, 'bound');
  }

  /** Once an hour: records the time of the newest data of each database. */
  sample(): void {
    this.sampledAt.push(this.rds.time.getTime());
    for (const { database } of this.scenario.databases) {
      const all = this.newest.get(database.arn) ?? [];
      all.push(this.truth.newestOf(database.arn));
      this.newest.set(database.arn, all);
    }
  }

  /** After each report. */
  reported(text: string | undefined): void {
    const copies = this.truth.all();
    this.maxPlaces = Math.max(this.maxPlaces, copies.filter(({ account }) => this.owned.has(account)).length);
    this.maxHeldBack = Math.max(this.maxHeldBack, this.overdue(DAY).length);
    const isWarm = this.rds.time.getTime() >= BEGIN.getTime() + 2 * DAY;
    if (text && isWarm) this.judgeReport(readEvidence(text));
  }

  private judgeReport({ databases }: CoverageEvidence): void {
    this.statuses = new Map(databases.map((row) => [row.database, row.status]));
    for (const row of databases) {
      const because = this.falsehoodOf(row);
      if (!because) continue;
      this.falseStatuses += 1;
      this.broken(
        'statuses-true',
        `${row.database} has the status ${row.status}: ${because}`,
        `${row.database} ${row.status}`,
      );
    }
  }

  private falsehoodOf({ database, account, status, rpoHours = 26 }: CoverageRow): string | undefined {
    const known = this.scenario.databases.find((one) => one.database.arn === database);
    if (!known) return undefined;
    const age = this.truth.ageHours(database);
    // RDS does not say when the data of a cluster copy was taken: only the source does.
    const isSourceClaim = this.owned.has(account) && known.kind === 'cluster' && this.hasNew(database, rpoHours);
    if (status === 'protected' && age > rpoHours + APART && !isSourceClaim)
      return `its newest data is ${age.toFixed(0)} h old`;
    if (this.owned.has(account) || status === 'protected' || status === 'new' || status === 'account-left')
      return undefined;
    if (status === 'unknown' && this.scenario.weather.throttled > 0) return undefined;
    const shown = this.shownAgeHours(database);
    return shown < rpoHours - APART ? `its newest data is ${shown.toFixed(0)} h old` : undefined;
  }

  /** The same age by the copies that every listing shows by now: a report cannot include one that RDS does not list yet. */
  private shownAgeHours(database: string): number {
    const { listingLag, tagLag } = this.scenario.weather;
    const now = this.rds.time.getTime();
    const listed = [...this.truth.goodOf(database).values()].filter(
      ({ importedAt }) => now - importedAt > Math.max(listingLag, tagLag) * MINUTE,
    );
    const newest = listed.reduce((latest, { dataAt }) => Math.max(latest, dataAt), Number.NEGATIVE_INFINITY);
    return (now - newest) / HOUR;
  }

  /** Whether the vault imported a copy of the database in this time, whatever the age of its data. */
  private hasNew(database: string, hours: number): boolean {
    const since = this.rds.time.getTime() - (hours + APART) * HOUR;
    return [...this.truth.goodOf(database).values()].some(({ importedAt }) => importedAt >= since);
  }

  /** Copies of others that are past their retention by more than this time, and that are not the newest. */
  private overdue(by: number) {
    const now = this.rds.time.getTime();
    return this.truth.all().filter((copy) => {
      if (this.owned.has(copy.account) || now - copy.importedAt - this.termMs <= by) return false;
      const good = this.truth.goodOf(copy.database);
      return good.has(copy.arn) && [...good.values()].some(({ dataAt }) => dataAt > copy.dataAt);
    });
  }

  /** The attack ends: records which databases are late now. */
  attackEnds(): void {
    const rpo = this.scenario.config.vault.rpo?.hours ?? 26;
    const isSourceClaim = (one: ScenarioDatabase) =>
      one.kind === 'cluster' && this.owned.has(one.account) && this.hasNew(one.database.arn, rpo);
    this.late = this.scenario.databases
      .filter((one) => !isSourceClaim(one))
      .map(({ account, database }) => ({
        account,
        database: database.arn,
        ageHours: this.truth.ageHours(database.arn),
      }))
      .filter(({ ageHours }) => ageHours > rpo + SLACK_HOURS);
  }

  /** The play ends. */
  ends(): void {
    const overdue = this.overdue(2 * DAY);
    const [first] = overdue;
    if (first)
      this.broken(
        'due-copies-pruned',
        `${overdue.length} copies of other accounts are past their retention, among them ${first.arn}`,
      );
  }

  /** Records a breach, the first of its kind alone. */
  broken(invariant: AttackViolation['invariant'], what: string, key: string = what): void {
    if (this.recorded.has(`${invariant} ${key}`)) return;
    this.recorded.add(`${invariant} ${key}`);
    this.breaches.push({ invariant, at: this.rds.time.toISOString(), what });
  }
}
