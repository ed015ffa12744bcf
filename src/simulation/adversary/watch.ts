// Longer than most: the invariants that are judged while a world plays are read in one place.
import { type CoverageEvidence, type CoverageRow, readEvidence } from '../../contract/coverage';
import type { InMemoryRds, RdsChange } from '../in-memory-rds';
import { VAULT } from '../scenario';
import { type AttackScenario, BEGIN, type ScenarioDatabase } from './attack-scenario';
import type { VaultStep } from './seams';
import type { Truth } from './truth';
import { isStopped, type StepRun } from './vault';

/** What must hold whatever the adversary does. */
export const INVARIANTS = [
  'other accounts lose a bounded delay at the most',
  'two days after the attack all is as before',
  'what is due goes',
  'nothing good goes',
  'no status is false',
  'what is late is alerted',
  'one account fails no run',
  'an attack is alerted',
  'accounts come and go slowly, and go after an alarm',
] as const;

/** A promise that an attack broke. */
export interface Breach {
  readonly invariant: (typeof INVARIANTS)[number];
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

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Hours by which coverage and the world may differ over an age. */
const APART = 4;
/** Hours beyond its RPO after which an alarm must be active. */
const SLACK_HOURS = 9;

/** Looks at the world while it plays. What it sees is compared with a play without the attack: see judge.ts. */
export class Watch {
  readonly breaches: Breach[] = [];
  /** Time of the newest data of each database that the vault has, at each sample. */
  readonly newest = new Map<string, number[]>();
  readonly sampledAt: number[] = [];
  /** Verdict of each row of the last report. */
  statuses = new Map<string, string>();
  late: readonly Late[] = [];
  /** Accounts that the vault stopped to follow, and when. */
  readonly exits: { readonly account: string; readonly at: number }[] = [];
  private entries: readonly number[] = [];
  private added = 0;
  falseStatuses = 0;
  failedRuns = 0;
  /** Most places that the adversary's accounts held at a time, and most copies of others that were past their term. */
  maxPlaces = 0;
  maxHeldBack = 0;
  private readonly seen = new Set<string>();
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
    if (names.length > 0) this.broken('one account fails no run', `${run.step}: ${names.join(', ')}: ${run.error}`);
  }

  /** Something changed in RDS, before the truth is told of it. */
  changed({ what, account, snapshot: { arn, status } }: RdsChange, step: VaultStep | undefined): void {
    if (what !== 'removed' || account !== VAULT || step !== 'prune-copies' || status !== 'available') return;
    const copy = this.truth.copy(arn);
    if (!copy) return;
    const age = this.rds.time.getTime() - copy.importedAt;
    if (age < this.termMs) this.broken('nothing good goes', `${arn} was deleted after ${(age / DAY).toFixed(1)} days`);
    // Only the account knows how old the data of a cluster copy is: a lie harms its own databases alone.
    const isKnown = copy.kind === 'instance' || !this.owned.has(copy.account);
    const isReal = isKnown && this.scenario.databases.some(({ database }) => database.arn === copy.database);
    const others = [...this.truth.goodOf(copy.database).values()].filter((one) => one.arn !== arn);
    if (isReal && !others.some(({ dataAt }) => dataAt >= copy.dataAt)) {
      this.broken('nothing good goes', `${arn} was the newest copy of ${copy.database}`);
    }
  }

  /** The vault began to follow an account, for the first time or again. */
  entered(): void {
    const now = this.rds.time.getTime();
    this.added += 1;
    this.entries = [...this.entries.filter((at) => now - at < DAY), now];
    const { maxNewAccountsPerDay } = this.scenario.config.limits;
    if (this.entries.length > maxNewAccountsPerDay) {
      this.broken(
        'accounts come and go slowly, and go after an alarm',
        `${this.entries.length} entered within a day`,
        'entered',
      );
    }
  }

  /** The vault stopped to follow an account. */
  left(account: string): void {
    this.exits.push({ account, at: this.rds.time.getTime() });
    const recent = this.exits.filter(({ at }) => this.rds.time.getTime() - at < DAY).length;
    // Accounts that management made up count as followed: with them it raises the bound.
    const followed = this.scenario.accounts.length + this.added;
    const bound = Math.max(5, Math.floor(followed / 10));
    const of = Math.max(1, Math.min(bound, Math.floor(followed / 2)));
    if (recent > of)
      this.broken(
        'accounts come and go slowly, and go after an alarm',
        `${recent} accounts in a day, ${of} may be`,
        'bound',
      );
  }

  /** Once an hour: how new everything is. */
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
        'no status is false',
        `${row.database} is called ${row.status}: ${because}`,
        `${row.database} ${row.status}`,
      );
    }
  }

  private falsehoodOf({ database, account, status, rpoHours = 26 }: CoverageRow): string | undefined {
    const known = this.scenario.databases.find((one) => one.database.arn === database);
    if (!known) return undefined;
    const age = this.truth.ageHours(database);
    // RDS says of no copy of a cluster when its data was taken: there the source's word is all there is.
    const isItsWord = this.owned.has(account) && known.kind === 'cluster' && this.hasNew(database, rpoHours);
    if (status === 'protected' && age > rpoHours + APART && !isItsWord)
      return `its newest data is ${age.toFixed(0)} h old`;
    if (this.owned.has(account) || status === 'protected' || status === 'new' || status === 'account-left')
      return undefined;
    if (status === 'unknown' && this.scenario.weather.throttled > 0) return undefined;
    const shown = this.shownAgeHours(database);
    return shown < rpoHours - APART ? `its newest data is ${shown.toFixed(0)} h old` : undefined;
  }

  /** The same age by the copies that every listing shows by now: of one that RDS does not list yet no report can know. */
  private shownAgeHours(database: string): number {
    const { listingLag, tagLag } = this.scenario.weather;
    const now = this.rds.time.getTime();
    const listed = [...this.truth.goodOf(database).values()].filter(
      ({ importedAt }) => now - importedAt > Math.max(listingLag, tagLag) * 60_000,
    );
    const newest = listed.reduce((latest, { dataAt }) => Math.max(latest, dataAt), Number.NEGATIVE_INFINITY);
    return (now - newest) / HOUR;
  }

  /** Whether a copy of the database itself came in lately, whatever the age of its data. */
  private hasNew(database: string, hours: number): boolean {
    const since = this.rds.time.getTime() - (hours + APART) * HOUR;
    return [...this.truth.goodOf(database).values()].some(({ importedAt }) => importedAt >= since);
  }

  /** Copies of others that are past their term by more than so long, and that a newer one stands beside. */
  private overdue(by: number) {
    const now = this.rds.time.getTime();
    return this.truth.all().filter((copy) => {
      if (this.owned.has(copy.account) || now - copy.importedAt - this.termMs <= by) return false;
      const good = this.truth.goodOf(copy.database);
      return good.has(copy.arn) && [...good.values()].some(({ dataAt }) => dataAt > copy.dataAt);
    });
  }

  /** The attack has lasted as long as it does: what is late now. */
  attackEnds(): void {
    const rpo = this.scenario.config.vault.rpo?.hours ?? 26;
    const isItsWord = (one: ScenarioDatabase) =>
      one.kind === 'cluster' && this.owned.has(one.account) && this.hasNew(one.database.arn, rpo);
    this.late = this.scenario.databases
      .filter((one) => !isItsWord(one))
      .map(({ account, database }) => ({
        account,
        database: database.arn,
        ageHours: this.truth.ageHours(database.arn),
      }))
      .filter(({ ageHours }) => ageHours > rpo + SLACK_HOURS);
  }

  /** Everything is over. */
  ends(): void {
    const overdue = this.overdue(2 * DAY);
    const [first] = overdue;
    if (first)
      this.broken(
        'what is due goes',
        `${overdue.length} copies of other accounts are past their term, ${first.arn} among them`,
      );
  }

  /** Writes a breach down, the first of its kind alone. */
  broken(invariant: Breach['invariant'], what: string, key: string = what): void {
    if (this.seen.has(`${invariant} ${key}`)) return;
    this.seen.add(`${invariant} ${key}`);
    this.breaches.push({ invariant, at: this.rds.time.toISOString(), what });
  }
}
