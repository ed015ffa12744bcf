import type { SimulationResult } from '../simulation/simulate';
import { type SeedRow, seedsReport, simulationReport } from './print-simulation';

/** What to simulate, and where to print. */
export interface SimulationRequest {
  readonly days: number;
  /** Which world; 1 when neither this nor `seeds` is given. */
  readonly seed?: number;
  /** How many worlds, of seeds 1, 2, … */
  readonly seeds?: number;
  readonly json: boolean;
  readonly progress: (line: string) => void;
  readonly print: (text: string) => void;
}

/** The fields that are printed as JSON, and no others, so that they stay stable. */
const documentOf = ({ ok, seed, days, snapshots, copied, faults, violations }: SimulationResult) => ({
  ok,
  seed,
  days,
  snapshots,
  copied,
  faults,
  violations,
});

/** Simulates one world, or several, and prints the result. A broken invariant is shrunk, and the exit code is 1. */
export async function simulateSeeds(order: SimulationRequest): Promise<void> {
  const { days, seed = 1, seeds, json, print } = order;
  const rows: SeedRow[] = [];
  for (let next = 1; next <= (seeds ?? 0); next += 1) {
    order.progress(`seed ${next} of ${seeds}`);
    rows.push(await simulateSeed(next, order));
  }
  if (seeds === undefined) {
    const { result } = await simulateSeed(seed, order);
    print(json ? JSON.stringify(documentOf(result), undefined, 2) : simulationReport(result));
    return;
  }
  const summary = rows.map(({ result, seconds }) => ({ ...documentOf(result), seconds }));
  const ok = summary.every((one) => one.ok);
  print(json ? JSON.stringify({ ok, days, seeds: summary }, undefined, 2) : seedsReport(days, rows));
}

async function simulateSeed(seed: number, { days, progress }: SimulationRequest): Promise<SeedRow> {
  const { simulate } = require('../simulation/simulate') as typeof import('../simulation/simulate');
  const started = performance.now();
  const result = await simulate(seed, days, { progress });
  const seconds = Math.round((performance.now() - started) / 1000);
  if (!result.ok) {
    process.exitCode = 1;
    await printSmallestWorld(result, progress);
  }
  return { result, seconds };
}

async function printSmallestWorld(
  { seed, days, violations: [violation] }: SimulationResult,
  progress: SimulationRequest['progress'],
) {
  if (!violation) return;
  progress('An invariant is broken: looking for a smaller world that breaks it too');
  const { makeScenario } = require('../simulation/scenario') as typeof import('../simulation/scenario');
  const { shrink } = require('../simulation/shrink') as typeof import('../simulation/shrink');
  const { counterexampleText } =
    require('../simulation/counterexample') as typeof import('../simulation/counterexample');
  const counterexample = counterexampleText(await shrink(makeScenario(seed, days), violation));
  process.stderr.write(`${counterexample}\n`);
}
