import { MINUTES_PER_DAY } from '../contract/durations';
import type { Scenario } from './scenario';
import { play } from './simulate';
import type { Tampering } from './step-runner';
import type { Violation } from './violation';

/** The smallest world found that still breaks an invariant. */
export interface Counterexample {
  readonly scenario: Scenario;
  readonly violation: Violation;
  /** Worlds that were played to find it. */
  readonly played: number;
}

/** How long to search. */
export interface ShrinkOptions {
  readonly tampering?: Tampering;
  /** The maximum number of worlds to play. */
  readonly budget?: number;
}

/**
 * Makes a world smaller while it still breaks the same invariant: fewer days, fewer faults, fewer databases, by delta
 * debugging (ever smaller parts are left out). Each part of a world has its own random stream, so the other parts stay the same.
 */
export async function shrink(
  start: Scenario,
  broken: Violation,
  { tampering, budget = 150 }: ShrinkOptions = {},
): Promise<Counterexample> {
  let best: Counterexample = { scenario: start, violation: broken, played: 0 };
  let played = 0;
  const accept = async (scenario: Scenario): Promise<boolean> => {
    if (played >= budget) return false;
    played += 1;
    const { violations } = await play(scenario, { stopAt: broken.invariant, tampering });
    const violation = violations.find(({ invariant }) => invariant === broken.invariant);
    if (!violation) return false;
    best = { scenario, violation, played };
    return true;
  };
  await fewerDays(best.scenario, accept);
  // Databases first: a world of few plays many times as fast.
  await fewer(best.scenario.databases, (databases) => accept({ ...best.scenario, databases }));
  await fewer(best.scenario.faults, (faults) => accept({ ...best.scenario, faults }));
  await fewer(best.scenario.databases, (databases) => accept({ ...best.scenario, databases }));
  await fewerDays(best.scenario, accept);
  return { ...best, played };
}

/** Halves the days while the invariant still breaks; then removes one day at a time, a few times. Later faults are left out. */
async function fewerDays(scenario: Scenario, accept: (scenario: Scenario) => Promise<boolean>): Promise<void> {
  const cut = (days: number): Scenario => {
    const within = scenario.faults.filter(({ at, minutes }) => at + minutes <= days * MINUTES_PER_DAY);
    return { ...scenario, days, faults: within };
  };
  let { days } = scenario;
  for (let half = Math.floor(days / 2); half >= 1 && (await accept(cut(half))); half = Math.floor(days / 2))
    days = half;
  for (let tries = 0; tries < 3 && days > 1 && (await accept(cut(days - 1))); tries += 1) days -= 1;
}

/** Leaves out ever smaller parts of a list, and keeps what `accept` takes. */
export async function fewer<T>(items: readonly T[], accept: (items: readonly T[]) => Promise<boolean>): Promise<void> {
  let kept = items;
  if (kept.length > 0 && (await accept([]))) return;
  for (let parts = 2; kept.length > 1; ) {
    const size = Math.ceil(kept.length / parts);
    let found: readonly T[] | undefined;
    for (let from = 0; from < kept.length && !found; from += size) {
      const rest = [...kept.slice(0, from), ...kept.slice(from + size)];
      if (await accept(rest)) found = rest;
    }
    if (found) {
      kept = found;
      parts = Math.max(2, parts - 1);
    } else if (size === 1) return;
    else parts = Math.min(kept.length, parts * 2);
  }
}
