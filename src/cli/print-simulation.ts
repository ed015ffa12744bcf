import type { SimulationResult } from '../rehearsal/simulation/simulate';
import { green, red, table } from './print';

const SHOWN = 10;

/** What a simulation came to, for people. */
export function simulationReport(result: SimulationResult): string {
  const { ok, seed, days, snapshots, crossed, excused, longestCalmHours, runs, faults, violations } = result;
  const figures: [string, string | number][] = [
    ['virtual days', days],
    ['seed', seed],
    ['snapshots that should cross', snapshots],
    ['crossed', crossed],
    ['excused: a fault outlasted them', excused],
    ['not demanded: their account left', result.left],
    ['longest way, in calm hours', longestCalmHours],
    ['runs of the real steps', runs],
  ];
  const struck = Object.entries(faults).sort(([a], [b]) => a.localeCompare(b));
  const parts = [
    table(
      ['world', ''],
      figures.map(([name, value]) => [name, String(value)]),
    ),
    table(
      ['fault', 'struck'],
      struck.map(([kind, count]) => [kind, String(count)]),
    ),
  ];
  if (violations.length > 0) {
    const lines = violations.slice(0, SHOWN).map(({ at, invariant, what }) => `${at} ${invariant}: ${what}`);
    const more = violations.length > SHOWN ? [`and ${violations.length - SHOWN} more`] : [];
    parts.push([...lines, ...more].map((line) => red(line)).join('\n'));
  }
  parts.push(ok ? green('Every invariant held.') : red(`${violations.length} violation(s).`));
  parts.push(`The same again: checkvalve rehearse --days ${days} --seed ${seed}`);
  return parts.join('\n\n');
}
