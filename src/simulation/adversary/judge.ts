import { DAY, HOUR } from '../../contract/durations';
import { isNamed, unreportedAttacks, unreportedLateness } from './alerted';
import { type AttackScenario, beginOf, endOf } from './attack-scenario';
import { AttackedWorld } from './attacked-world';
import type { Move } from './attacks/attack';
import type { VaultJournal } from './journal';
import type { Seams } from './seams';
import type { AttackViolation, Watch } from './watch';

/** By how many hours an attack may delay the copies of other accounts: one daily backup. */
export const MAX_SLIP_HOURS = 24;
/** Days after the attack after which everything must be as without it. */
const RECOVERY_DAYS = 2;
/** Hours by which two plays may differ by chance alone. */
const AS_BEFORE = 6;

/** The effect of an attack. */
export interface AttackVerdict {
  readonly breaches: readonly AttackViolation[];
  /** The worst delay of another account's newest copy, in hours, beside a play without the attack. */
  readonly slipHours: number;
  readonly slipOf: string;
  readonly placesUsed: number;
  readonly heldBack: number;
  readonly falseStatuses: number;
  readonly failedRuns: number;
  /** The harm as one figure: the search maximizes it. */
  readonly harm: number;
}

interface Played {
  readonly watch: Watch;
  readonly journal: VaultJournal;
}

const baselines = new WeakMap<AttackScenario, WeakMap<Seams, Promise<Played>>>();

async function playOnce(scenario: AttackScenario, moves: readonly Move[], seams: Seams): Promise<Played> {
  const world = new AttackedWorld(scenario, moves, seams);
  await world.play();
  return { watch: world.watch, journal: world.journal };
}

/** The same world without an attack; played once. */
function baseline(scenario: AttackScenario, seams: Seams): Promise<Played> {
  const bySeams = baselines.get(scenario) ?? new WeakMap<Seams, Promise<Played>>();
  baselines.set(scenario, bySeams);
  const known = bySeams.get(seams) ?? playOnce(scenario, [], seams);
  bySeams.set(seams, known);
  return known;
}

const NONE: Seams = {};

/** Plays an attack and judges it, beside the same world without it. */
export async function judge(
  scenario: AttackScenario,
  moves: readonly Move[],
  seams: Seams = NONE,
): Promise<AttackVerdict> {
  const before = await baseline(scenario, seams);
  const { watch, journal } = await playOnce(scenario, moves, seams);
  const slip = worstSlip(scenario, before.watch, watch);
  const breaches = [...watch.breaches];
  const broken = (invariant: AttackViolation['invariant'], what: string, at: number) =>
    breaches.push({ invariant, what, at: new Date(at).toISOString() });
  if (slip.hours > MAX_SLIP_HOURS) {
    broken('bounded-delay', `${slip.of} was ${slip.hours.toFixed(0)} h later than without the attack`, slip.at);
  }
  const after = notRecovered(scenario, before.watch, watch);
  if (after) broken('recovered-after-two-days', after.what, after.at);
  for (const what of unreportedAttacks(scenario, before.journal, journal, moves)) {
    broken('attack-alerted', what, endOf(scenario));
  }
  for (const { account, at } of watch.exits) {
    if (isNamed(account, before.journal, journal, beginOf(scenario), at - DAY / 2)) continue;
    broken('account-changes-bounded', `no alarm names ${account} before the vault stops following it`, at);
  }
  for (const what of unreportedLateness(scenario, { watch, journal })) {
    broken('lateness-alerted', what, endOf(scenario));
  }
  const { maxPlaces, maxHeldBack, falseStatuses, failedRuns } = watch;
  return {
    breaches,
    slipHours: Math.max(0, slip.hours),
    slipOf: slip.of,
    placesUsed: maxPlaces,
    heldBack: maxHeldBack,
    falseStatuses,
    failedRuns,
    harm: harmOf(slip.hours, before.watch, watch, breaches),
  };
}

/** The harm of an attack as one figure. Each part has a maximum or a weight, so that none of them hides the others. */
function harmOf(slipHours: number, before: Watch, now: Watch, breaches: readonly AttackViolation[]): number {
  return (
    Math.min(slipHours, 240) / 8 +
    Math.max(0, now.maxPlaces - before.maxPlaces) / 20 +
    Math.max(0, now.maxHeldBack - before.maxHeldBack) / 5 +
    now.exits.length / 2 +
    Math.min(now.falseStatuses, 20) +
    Math.min(now.failedRuns, 20) / 4 +
    10 * new Set(breaches.map(({ invariant }) => invariant)).size
  );
}

/** Databases of others: by how many hours each lags behind the same world without the attack, at each sample. */
function* compared(scenario: AttackScenario, before: Watch, now: Watch, without: ReadonlySet<string> = new Set()) {
  const owned = new Set<string>(scenario.owned);
  for (const { account, database } of scenario.databases) {
    if (owned.has(account) || without.has(account)) continue;
    const [unharmed, harmed] = [before.newest.get(database.arn) ?? [], now.newest.get(database.arn) ?? []];
    // The sample at which the vault, without the attack, first had newer data than it has now.
    let newer = 0;
    for (const [sample, at] of now.sampledAt.entries()) {
      const has = harmed[sample] ?? Number.NEGATIVE_INFINITY;
      while (newer < unharmed.length && (unharmed[newer] ?? 0) <= has) newer += 1;
      const since = before.sampledAt[newer] ?? Number.POSITIVE_INFINITY;
      yield { database: database.arn, account, at, slip: Math.max(0, at - since) / HOUR };
    }
  }
}

function worstSlip(scenario: AttackScenario, before: Watch, now: Watch) {
  let worst = { hours: 0, of: 'none', at: 0 };
  // An account that the registry ends gets no new copies: its exit is judged by the number of exits and by the alarm.
  const ended = new Set(now.exits.map(({ account }) => account));
  for (const { database, at, slip } of compared(scenario, before, now, ended)) {
    if (slip > worst.hours) worst = { hours: slip, of: database, at };
  }
  return worst;
}

function notRecovered(scenario: AttackScenario, before: Watch, now: Watch) {
  const from = endOf(scenario) + RECOVERY_DAYS * DAY;
  // The backlog of an account that came back fills its room: its newest copy may wait for the end of one older copy.
  const ended = new Set<string>(now.exits.map(({ account }) => account));
  for (const { database, account, at, slip } of compared(scenario, before, now)) {
    if (at > from && slip > (ended.has(account) ? MAX_SLIP_HOURS : AS_BEFORE))
      return { at, what: `${database} is still ${slip.toFixed(0)} h later than without the attack` };
  }
  const owned = new Set<string>(scenario.owned);
  for (const { account, database } of scenario.databases) {
    const [was, is] = [before.statuses.get(database.arn), now.statuses.get(database.arn)];
    if (owned.has(account) || was === is) continue;
    // Where the weather throttles calls, an account that could not be asked is unknown for one report.
    if (scenario.weather.throttled > 0 && [was, is].includes('unknown')) continue;
    return { at: from, what: `${database.arn} is called ${is}, and was ${was} without the attack` };
  }
  return undefined;
}
