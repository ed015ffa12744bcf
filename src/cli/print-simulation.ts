import type { SimulationResult } from '../simulation/simulate';
import { table } from './layout';
import { green, red } from './styles';

const SHOWN = 10;

/** The result of a simulation as text. */
export function simulationReport(result: SimulationResult): string {
  const { ok, seed, days, snapshots, copied, exempt, runs, faults, violations } = result;
  const figures: [string, string | number][] = [
    ['virtual days', days],
    ['seed', seed],
    ['snapshots to be copied', snapshots],
    ['copied to the vault', copied],
    ['exempt: a fault outlasted them', exempt],
    ['exempt: their account left', result.left],
    ['vault copies pruned', result.pruned],
    ['backups missed: window of RDS', result.missed],
    ['longest delay beyond RDS’s copying, in hours without faults', result.longestCalmHours],
    ['the same of history: the vault had newer data', result.longestHistoryCalmHours],
    ['runs of the real steps', runs],
  ];
  const injected = Object.entries(faults).sort(([a], [b]) => a.localeCompare(b, 'en'));
  const parts = [
    table(
      ['world', ''],
      figures.map(([name, value]) => [name, String(value)]),
    ),
    table(
      ['fault', 'injected'],
      injected.map(([kind, count]) => [kind, String(count)]),
    ),
  ];
  if (violations.length > 0) {
    const lines = violations.slice(0, SHOWN).map(({ at, invariant, what }) => `${at} ${invariant}: ${what}`);
    const more = violations.length > SHOWN ? [`and ${violations.length - SHOWN} more`] : [];
    parts.push([...lines, ...more].map((line) => red(line)).join('\n'));
  }
  parts.push(ok ? green('Every invariant held.') : red(`${violations.length} violation(s).`));
  parts.push(`Run it again: checkvalve rehearse --days ${days} --seed ${seed}`);
  return parts.join('\n\n');
}

/** A simulated world, and its duration in real seconds. */
export interface SeedRow {
  readonly result: SimulationResult;
  readonly seconds: number;
}

/** The result of several simulations as text. */
export function seedsReport(days: number, rows: readonly SeedRow[]): string {
  const head = ['seed', 'snapshots', 'copied', 'exempt', 'account left', 'faults', 'violations', 'time'];
  const lines = rows.map(({ result, seconds }) => {
    const { seed, snapshots, copied, exempt, left, faults, violations } = result;
    const injected = Object.values(faults).reduce((sum, count) => sum + count, 0);
    return [seed, snapshots, copied, exempt, left, injected, violations.length, `${seconds} s`].map(String);
  });
  const [first] = rows;
  const kinds = Object.keys(first?.result.faults ?? {}) as (keyof SimulationResult['faults'])[];
  const sums = kinds.sort().map((kind) => {
    const counts = rows.map(({ result }) => result.faults[kind]);
    return [
      kind,
      `${counts.reduce((sum, count) => sum + count, 0)}`,
      `${counts.reduce((min, count) => Math.min(min, count), Infinity)}`,
    ];
  });
  const broken = rows.filter(({ result }) => !result.ok).map(({ result }) => result.seed);
  const verdict =
    broken.length === 0
      ? green(`Every invariant held: ${rows.length} worlds of ${days} days.`)
      : red(`An invariant is broken in seed ${broken.join(', ')} of ${rows.length}.`);
  return [table(head, lines), table(['fault', 'injected', 'minimum per seed'], sums), verdict].join('\n\n');
}
