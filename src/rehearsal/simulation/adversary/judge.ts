import { actorOf } from './actor';
import { attackOf } from './attacks/all';
import type { Move } from './attacks/attack';
import { BEGIN, type Ground } from './ground';
import type { Firing, Journal } from './journal';
import type { Seams } from './seams';
import type { Breach, Watch } from './watch';
import { World } from './world';

/** By how many hours an attack may delay the copies of other accounts: one backup, at the most. */
export const MAX_SLIP_HOURS = 24;
/** Days after the attack in which everything goes back to what it was. */
const RECOVERY_DAYS = 2;
/** Hours by which two plays may differ when all is as before. */
const AS_BEFORE = 4;

/** What an attack came to. */
export interface Verdict {
  readonly breaches: readonly Breach[];
  /** The worst delay of another account's newest copy, in hours, beside a play without the attack. */
  readonly slipHours: number;
  readonly slipOf: string;
  readonly placesUsed: number;
  readonly heldBack: number;
  readonly falseStatuses: number;
  readonly failedRuns: number;
  /** The harm in one figure: what the search looks for. */
  readonly harm: number;
}

interface Played {
  readonly watch: Watch;
  readonly journal: Journal;
}

const baselines = new WeakMap<Ground, WeakMap<Seams, Promise<Played>>>();

async function playOnce(ground: Ground, moves: readonly Move[], seams: Seams): Promise<Played> {
  const world = new World(ground, moves, seams);
  await world.play();
  return { watch: world.watch, journal: world.journal };
}

/** The same world without an attack; played once. */
function baseline(ground: Ground, seams: Seams): Promise<Played> {
  const bySeams = baselines.get(ground) ?? new WeakMap<Seams, Promise<Played>>();
  baselines.set(ground, bySeams);
  const known = bySeams.get(seams) ?? playOnce(ground, [], seams);
  bySeams.set(seams, known);
  return known;
}

const NONE: Seams = {};

/** Plays an attack and judges it, beside the same world without it. */
export async function judge(ground: Ground, moves: readonly Move[], seams: Seams = NONE): Promise<Verdict> {
  const before = await baseline(ground, seams);
  const { watch, journal } = await playOnce(ground, moves, seams);
  const slip = worstSlip(ground, before.watch, watch);
  const breaches = [...watch.breaches];
  const broken = (invariant: Breach['invariant'], what: string, at: number) =>
    breaches.push({ invariant, what, at: new Date(at).toISOString() });
  if (slip.hours > MAX_SLIP_HOURS) {
    broken(
      'other accounts lose a bounded delay at the most',
      `${slip.of} was ${slip.hours.toFixed(0)} h later than without the attack`,
      slip.at,
    );
  }
  const after = notRecovered(ground, before.watch, watch);
  if (after) broken('two days after the attack all is as before', after.what, after.at);
  for (const what of untold(ground, before.journal, journal, moves)) {
    broken('an attack is alerted', what, endOf(ground));
  }
  for (const { account, at } of watch.exits) {
    if (isNamed(account, before.journal, journal, beginOf(ground), at - DAY / 2)) continue;
    broken(
      'accounts come and go slowly, and go after an alarm',
      `no alarm names ${account} before the vault stops to follow it`,
      at,
    );
  }
  for (const what of silent(ground, before.journal, { watch, journal })) {
    broken('what is late is alerted', what, endOf(ground));
  }
  const { mostPlaces, mostHeldBack, falseStatuses, failedRuns } = watch;
  const places = mostPlaces - before.watch.mostPlaces;
  const harm =
    Math.min(slip.hours, 240) / 8 +
    Math.max(0, places) / 20 +
    Math.max(0, mostHeldBack - before.watch.mostHeldBack) / 5 +
    watch.exits.length / 2 +
    Math.min(falseStatuses, 20) +
    Math.min(failedRuns, 20) / 4 +
    10 * new Set(breaches.map(({ invariant }) => invariant)).size;
  return {
    breaches,
    slipHours: Math.max(0, slip.hours),
    slipOf: slip.of,
    placesUsed: mostPlaces,
    heldBack: mostHeldBack,
    falseStatuses,
    failedRuns,
    harm,
  };
}

const DAY = 24 * 3_600_000;
const beginOf = ({ days }: Ground): number => BEGIN.getTime() + days.before * DAY;
const endOf = ({ days }: Ground): number => BEGIN.getTime() + (days.before + days.attack) * DAY;

/** Databases of others, with their ages in both plays. */
function* compared(ground: Ground, before: Watch, now: Watch, without: ReadonlySet<string> = new Set()) {
  const owned = new Set<string>(ground.owned);
  for (const { account, database } of ground.databases) {
    if (owned.has(account) || without.has(account)) continue;
    const [unharmed, harmed] = [before.ages.get(database.arn) ?? [], now.ages.get(database.arn) ?? []];
    for (const [sample, at] of now.sampledAt.entries()) {
      const [a, b] = [unharmed[sample] ?? 0, harmed[sample] ?? 0];
      yield { database: database.arn, at, slip: b === a ? 0 : b - a };
    }
  }
}

function worstSlip(ground: Ground, before: Watch, now: Watch) {
  let worst = { hours: 0, of: 'nobody', at: 0 };
  // Whoever the registry ends has no new copies: that is judged by how many, and by who was told.
  const ended = new Set(now.exits.map(({ account }) => account));
  for (const { database, at, slip } of compared(ground, before, now, ended)) {
    if (slip > worst.hours) worst = { hours: slip, of: database, at };
  }
  return worst;
}

function notRecovered(ground: Ground, before: Watch, now: Watch) {
  const from = endOf(ground) + RECOVERY_DAYS * DAY;
  for (const { database, at, slip } of compared(ground, before, now)) {
    if (at > from && slip > AS_BEFORE)
      return { at, what: `${database} is still ${slip.toFixed(0)} h later than without the attack` };
  }
  const owned = new Set<string>(ground.owned);
  for (const { account, database } of ground.databases) {
    const [was, is] = [before.verdicts.get(database.arn), now.verdicts.get(database.arn)];
    if (!owned.has(account) && was !== is)
      return { at: from, what: `${database} is called ${is}, and was ${was} without the attack` };
  }
  return undefined;
}

/** Alarms that did not ring in that time without the attack. */
function alarmsOf(before: readonly Firing[], now: readonly Firing[], from: number, to: number): ReadonlySet<string> {
  const within = (one: Firing) => one.to > from && one.from < to;
  const usual = new Set(before.filter(within).map(({ alarm }) => alarm));
  return new Set(now.filter((one) => within(one) && !usual.has(one.alarm)).map(({ step }) => step));
}

/** How often an account is named in a time: in messages to people, and by each step's log. */
function namings({ lines, messages }: Journal, account: string, from: number, to: number) {
  const within = ({ at }: { readonly at: number }) => at >= from && at < to;
  const count = (step: string) =>
    lines.filter((one) => one.step === step && within(one) && one.text.includes(account)).length;
  return { messages: messages.filter((one) => within(one) && one.text.includes(account)).length, count };
}

const STEPS = ['follow-sources', 'import-copies', 'prune-copies', 'tell-coverage'] as const;

/** An alarm rings that would not have, and a message to people, or the log of the step whose alarm it is, names the account. */
function isNamed(account: string, before: Journal, now: Journal, from: number, to: number): boolean {
  const alarms = alarmsOf(before.firings(), now.firings(), from, to);
  if (alarms.size === 0) return false;
  const [usual, is] = [namings(before, account, from, to), namings(now, account, from, to)];
  if (is.messages > usual.messages) return true;
  return STEPS.some((step) => [...alarms].some((one) => one.endsWith(step)) && is.count(step) > usual.count(step));
}

function* untold(ground: Ground, before: Journal, now: Journal, moves: readonly Move[]) {
  for (const move of moves) {
    const attack = attackOf(move.attack);
    if (!attack.isTold || move.hours < 48) continue;
    const from = beginOf(ground) + move.from * 3_600_000;
    const to = Math.min(from + move.hours * 3_600_000, endOf(ground)) + DAY;
    const concerned = attack.by === 'management' ? concernedBy(ground, now, from, to) : [actorOf(ground, move)];
    if (!concerned.some((one) => isNamed(one, before, now, from, to))) {
      yield `no alarm names ${concerned[0] ?? 'an account'} in ${attack.name}: ${attack.says}`;
    }
  }
}

/** Accounts that management could write of: any that is named will do. */
function concernedBy(ground: Ground, { lines }: Journal, from: number, to: number): readonly string[] {
  const written = lines.filter(({ at, step }) => step === 'follow-sources' && at >= from && at < to);
  const added = new Set(written.flatMap(({ text }) => text.match(/3333\d{8}/g) ?? []));
  return [...ground.accounts, ...added];
}

/** What is late when the attack ends, and rings no alarm of coverage, or is named in no message of the last day. */
function* silent(ground: Ground, before: Journal, { watch, journal }: Played) {
  const to = endOf(ground);
  if (watch.late.length === 0) return;
  const rings = [...alarmsOf(before.firings(), journal.firings(), to - DAY / 2, to)].includes('tell-coverage');
  for (const { account, database, ageHours } of watch.late) {
    const name = database.split(':').at(-1) ?? database;
    const isNamedThere = journal.messages.some(
      ({ at, text }) => at > to - 1.1 * DAY && at <= to && text.includes(account) && text.includes(name),
    );
    if (!rings) yield `no alarm rings while the newest copy of ${database} is ${ageHours.toFixed(0)} h old`;
    else if (!isNamedThere) yield `no message names ${database}, whose newest copy is ${ageHours.toFixed(0)} h old`;
  }
}
