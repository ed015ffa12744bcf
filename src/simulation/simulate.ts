import { FAULTS, type Fault, type FaultKind } from './faults';
import type { Violation } from './invariants';
import { makeScenario, type Scenario } from './scenario';
import { SimulatedWorld, type StopAt } from './simulated-world';
import type { Tampering } from './step-runner';

/** What a simulation came to. */
export interface SimulationResult {
  readonly ok: boolean;
  readonly seed: number;
  readonly days: number;
  /** Snapshots that should cross, and those that did. */
  readonly snapshots: number;
  readonly crossed: number;
  /** Snapshots that nothing was demanded of in the end: see `Demand` in invariants.ts; accounts that left are not in it. */
  readonly exempt: number;
  /** Snapshots that had not crossed when their account left. */
  readonly left: number;
  /** Vault copies that were deleted past their term. */
  readonly pruned: number;
  /** Backups that AWS Backup could not start for a window of RDS: no snapshot came of them. */
  readonly missed: number;
  /** The longest a snapshot took to cross beside RDS's own copying, in calm hours. */
  readonly longestCalmHours: number;
  /** Runs of steps. */
  readonly runs: number;
  /** Faults that had an effect, by kind. */
  readonly faults: Record<FaultKind, number>;
  readonly violations: readonly Violation[];
}

/** How to simulate. */
export interface SimulationOptions {
  /** Told a line for each virtual week. */
  readonly progress?: (line: string) => void;
  /** Ends with the first violation of this invariant, or of any. */
  readonly stopAt?: StopAt;
  readonly tampering?: Tampering;
}

/** Every kind has its number: one that never struck shows. */
const counted = (injected: ReadonlySet<Fault>): Record<FaultKind, number> => {
  const counts = Object.fromEntries(Object.keys(FAULTS).map((kind) => [kind, 0])) as Record<FaultKind, number>;
  for (const { kind } of injected) counts[kind] += 1;
  return counts;
};

/** Plays one world. The same scenario always comes to the same result. */
export async function play(scenario: Scenario, options: SimulationOptions = {}): Promise<SimulationResult> {
  const world = new SimulatedWorld(scenario, options.tampering);
  await world.play(options.progress ?? (() => {}), options.stopAt);
  const { violations, snapshots, crossed, exempt, forsaken, longestWait, retention } = world.invariants;
  return {
    ok: violations.length === 0,
    seed: scenario.seed,
    days: scenario.days,
    snapshots,
    crossed: crossed.size,
    exempt: exempt.size,
    left: forsaken.size,
    pruned: retention.pruned,
    missed: world.missed,
    longestCalmHours: Math.round(longestWait / 6) / 10,
    runs: world.steps.runs,
    faults: counted(world.injector.injected),
    violations,
  };
}

/** Plays the world of a seed. */
export const simulate = (seed: number, days: number, options?: SimulationOptions): Promise<SimulationResult> =>
  play(makeScenario(seed, days), options);
