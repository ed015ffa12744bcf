import { FAULTS, type FaultKind, type InjectedFault } from './faults';
import { makeScenario, type Scenario } from './scenario';
import { SimulatedWorld, type StopAt } from './simulated-world';
import type { Tampering } from './step-runner';
import type { Violation } from './violation';

/** The result of a simulation. */
export interface SimulationResult {
  readonly ok: boolean;
  readonly seed: number;
  readonly days: number;
  /** Snapshots that must be copied to the vault, and those that were. */
  readonly snapshots: number;
  readonly copied: number;
  /** Exempt snapshots: see `Demand` in invariants.ts; those of accounts that left are not counted. */
  readonly exempt: number;
  /** Snapshots that were not in the vault when their account left. */
  readonly left: number;
  /** Vault copies that were deleted past their retention. */
  readonly pruned: number;
  /** Backups that AWS Backup could not start because of a window of RDS. */
  readonly missed: number;
  /** The longest wait of a snapshot in addition to RDS's own copying, in calm hours. */
  readonly longestCalmHours: number;
  /** The same of history: snapshots that were imported after newer data of their databases. */
  readonly longestHistoryCalmHours: number;
  /** Runs of steps. */
  readonly runs: number;
  /** Faults that had an effect, by kind. */
  readonly faults: Record<FaultKind, number>;
  readonly violations: readonly Violation[];
}

/** How to simulate. */
export interface SimulationOptions {
  /** Receives a line for each virtual week. */
  readonly progress?: (line: string) => void;
  /** Ends with the first violation of this invariant, or of any. */
  readonly stopAt?: StopAt;
  readonly tampering?: Tampering;
}

/** Every kind has its count, also a kind without an effect. */
const counted = (injected: ReadonlySet<InjectedFault>): Record<FaultKind, number> => {
  const counts = Object.fromEntries(Object.keys(FAULTS).map((kind) => [kind, 0])) as Record<FaultKind, number>;
  for (const { kind } of injected) counts[kind] += 1;
  return counts;
};

/** Plays one world. The same scenario always has the same result. */
export async function play(scenario: Scenario, options: SimulationOptions = {}): Promise<SimulationResult> {
  const world = new SimulatedWorld(scenario, options.tampering);
  await world.play(options.progress ?? (() => {}), options.stopAt);
  const { violations, snapshots, copied, exempt, leftBehind, longestWait, longestHistoryWait, retention } =
    world.invariants;
  return {
    ok: violations.length === 0,
    seed: scenario.seed,
    days: scenario.days,
    snapshots,
    copied: copied.size,
    exempt: exempt.size,
    left: leftBehind.size,
    pruned: retention.pruned,
    missed: world.missed,
    longestCalmHours: Math.round(longestWait / 6) / 10,
    longestHistoryCalmHours: Math.round(longestHistoryWait / 6) / 10,
    runs: world.steps.runs,
    faults: counted(world.injector.injected),
    violations,
  };
}

/** Plays the world of a seed. */
export const simulate = (seed: number, days: number, options?: SimulationOptions): Promise<SimulationResult> =>
  play(makeScenario(seed, days), options);
