import { DAY, HOUR } from '../../contract/durations';
import { FLOW } from '../../contract/flow';
import { actingAccount } from './acting-account';
import { type AttackScenario, beginOf, endOf } from './attack-scenario';
import { attackOf } from './attacks/all';
import type { Attack, Move } from './attacks/attack';
import type { Firing, VaultJournal } from './journal';
import type { Watch } from './watch';

/** By how many milliseconds an alarm may start or end apart in two plays by chance alone. */
const CHANCE_MS = 6 * HOUR;

const isWithin = (from: number, to: number) => (one: Firing) => one.to > from && one.from < to;

/**
 * Steps with an alarm that is active at a time within the period at which the same alarm is not active without the attack.
 * An alarm that is active for some hours of each day without an attack, and all day during it, reports the attack.
 */
function unusualAlarms(before: readonly Firing[], now: readonly Firing[], from: number, to: number) {
  const isUsual = (one: Firing) =>
    before.some((other) => other.alarm === one.alarm && isWithin(one.from - CHANCE_MS, one.to + CHANCE_MS)(other));
  return new Set(now.filter((one) => isWithin(from, to)(one) && !isUsual(one)).map(({ step }) => step));
}

const times = (text: string, account: string): number => text.split(account).length - 1;

/** How often messages to operators and the log of each step name an account in a period. In stormy weather each daily message names it,
 * so that the number of messages says nothing: one about an attack names it more often. */
function namings({ lines, messages }: VaultJournal, account: string, from: number, to: number) {
  const within = ({ at }: { readonly at: number }) => at >= from && at < to;
  const count = (step: string) =>
    lines.filter((one) => one.step === step && within(one) && one.text.includes(account)).length;
  const named = messages.filter(within).reduce((sum, { text }) => sum + times(text, account), 0);
  return { messages: named, count };
}

const STEPS = FLOW.filter(({ account }) => account === 'vault').map(({ name }) => name);

/** An alarm is active at a time at which it is not without the attack, and a message to operators, or the log of the step
 * that the alarm is on, names the account more often than without the attack. */
export function isNamed(account: string, before: VaultJournal, now: VaultJournal, from: number, to: number): boolean {
  const alarms = unusualAlarms(before.firings(), now.firings(), from, to);
  if (alarms.size === 0) return false;
  const [usual, is] = [namings(before, account, from, to), namings(now, account, from, to)];
  if (is.messages > usual.messages) return true;
  return STEPS.some((step) => [...alarms].some((one) => one.endsWith(step)) && is.count(step) > usual.count(step));
}

const isReported = ({ isReported: expected, variants }: Attack, { force, variant }: Move): boolean =>
  typeof expected === 'function' ? expected({ force, variant: variants[variant % variants.length] ?? '' }) : expected;

/** Attacks that must be reported, and that no alarm reports with the name of an account. */
export function* unreportedAttacks(
  scenario: AttackScenario,
  before: VaultJournal,
  now: VaultJournal,
  moves: readonly Move[],
) {
  for (const move of moves) {
    const attack = attackOf(move.attack);
    if (!isReported(attack, move) || move.hours < 48) continue;
    const from = beginOf(scenario) + move.from * HOUR;
    const to = Math.min(from + move.hours * HOUR, endOf(scenario)) + DAY;
    const concerned =
      attack.by === 'management' ? concernedBy(scenario, now, from, to) : [actingAccount(scenario, move)];
    if (!concerned.some((one) => isNamed(one, before, now, from, to))) {
      yield `no alarm names ${concerned[0] ?? 'an account'} in ${attack.name}: ${attack.sentence}`;
    }
  }
}

/** Accounts that the management account could have written into the registry: an alarm must name one of them. */
function concernedBy(scenario: AttackScenario, { lines }: VaultJournal, from: number, to: number): readonly string[] {
  const written = lines.filter(({ at, step }) => step === 'follow-sources' && at >= from && at < to);
  const added = new Set(written.flatMap(({ text }) => text.match(/3333\d{8}/g) ?? []));
  return [...scenario.accounts, ...added];
}

/** What is late when the attack ends while no alarm of report-coverage is active, or no message of the last day names it. */
export function* unreportedLateness(
  scenario: AttackScenario,
  { watch, journal }: { readonly watch: Watch; readonly journal: VaultJournal },
) {
  const to = endOf(scenario);
  if (watch.late.length === 0) return;
  const active = journal.firings().filter(isWithin(to - DAY / 2, to));
  const isActive = active.some(({ step }) => step === 'report-coverage');
  for (const { account, database, ageHours } of watch.late) {
    const name = database.split(':').at(-1) ?? database;
    const isNamedThere = journal.messages.some(
      ({ at, text }) => at > to - 1.1 * DAY && at <= to && text.includes(account) && text.includes(name),
    );
    if (!isActive) yield `no alarm is active while the newest copy of ${database} is ${ageHours.toFixed(0)} h old`;
    else if (!isNamedThere) yield `no message names ${database}, whose newest copy is ${ageHours.toFixed(0)} h old`;
  }
}
