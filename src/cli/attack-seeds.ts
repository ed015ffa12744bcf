import type { AdversaryRow } from '../simulation/adversary/nightly';
import { table } from './layout';
import { green, red } from './styles';

/** What the adversary attacks, and where to print. */
export interface AttackRequest {
  /** Number of worlds: seeds 1, 2, … */
  readonly seeds: number;
  /** Strategies per world. */
  readonly strategies: number;
  readonly json: boolean;
  readonly progress: (line: string) => void;
  readonly print: (text: string) => void;
}

/** An adversary searches each world for the most harmful attack. Exit code 1 when an attack breaks an invariant. */
export async function attackWorlds({ seeds, strategies, json, progress, print }: AttackRequest): Promise<void> {
  // Loaded here, so that other commands do not wait for it.
  const { attackSeeds } =
    require('../simulation/adversary/nightly') as typeof import('../simulation/adversary/nightly');
  const { attackText } =
    require('../simulation/adversary/shrink-attack') as typeof import('../simulation/adversary/shrink-attack');
  const rows = await attackSeeds({
    seeds: Array.from({ length: seeds }, (_, at) => at + 1),
    budget: strategies,
    progress,
    onBroken: (smallest) => void process.stderr.write(`${attackText(smallest)}\n`),
  });
  const ok = rows.every(({ breaking }) => breaking === 0);
  print(json ? JSON.stringify({ ok, seeds: rows }, undefined, 2) : attackReport(rows));
  if (!ok) process.exitCode = 1;
}

/** The result of the adversary's attacks as text. */
export function attackReport(rows: readonly AdversaryRow[]): string {
  const head = [
    'seed',
    'adversary',
    'accounts',
    'databases',
    'quota',
    'tried',
    'worst RPO excess',
    'places used',
    'breaking',
    'time',
  ];
  const lines = rows.map((row) => [
    `${row.seed}`,
    row.player === 'management' ? 'management' : `owns ${row.owned}`,
    `${row.accounts}`,
    `${row.databases}`,
    `${row.quota}`,
    `${row.tried}`,
    `${row.worstSlipHours} h`,
    `${row.maxPlacesUsed}`,
    `${row.breaking}`,
    `${row.seconds} s`,
  ]);
  const counts = new Map<string, number>();
  for (const { attacks } of rows) {
    for (const [name, count] of Object.entries(attacks)) counts.set(name, (counts.get(name) ?? 0) + count);
  }
  const tried = [...counts].sort(([a], [b]) => a.localeCompare(b, 'en')).map(([name, count]) => [name, `${count}`]);
  const worst = rows.reduce((most, { worstSlipHours }) => Math.max(most, worstSlipHours), 0);
  const violations = rows.reduce((sum, { breaking }) => sum + breaking, 0);
  const broken = [...new Set(rows.flatMap((row) => row.broken))];
  const sum = `The worst excess over another account's RPO was ${worst} h.`;
  const verdict =
    violations === 0
      ? green(`Every invariant held against ${rows.reduce((all, row) => all + row.tried, 0)} strategies. ${sum}`)
      : red(`${violations} strategies broke an invariant (${broken.join('; ')}). ${sum}`);
  return [table(head, lines), table(['attack', 'tried'], tried), verdict].join('\n\n');
}
