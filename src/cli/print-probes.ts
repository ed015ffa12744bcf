import type { Probe } from '../probes/probe';
import type { ProbeReport } from '../probes/run-probes';
import { paragraph, table } from './layout';
import { green, red, yellow } from './styles';

const usd = (amount: number): string => `${amount.toFixed(2)} USD`;

/** What a run would create, where, and what it costs at the most. */
export function probePlan(probes: readonly Probe[], accounts: Readonly<Record<'source' | 'vault', string>>): string {
  const rows = probes.map(({ id, creates, maxCostUsd }) => [id, creates, usd(maxCostUsd)]);
  return [
    `In the source sandbox ${accounts.source} and the vault sandbox ${accounts.vault}:`,
    table(['probe', 'creates', 'costs at most'], rows),
    paragraph(
      `All of it is named checkvalve-probe-* and is deleted again. It costs at most ${usd(maxCost(probes))} and can take some hours.`,
    ),
  ].join('\n');
}

/** What a run of these probes costs at the most. */
export const maxCost = (probes: readonly Probe[]): number =>
  probes.reduce((sum, { maxCostUsd }) => sum + Math.round(maxCostUsd * 100), 0) / 100;

/** What the probes came to, for people; `who` has answered. */
export function probeReport({ ok, probes }: ProbeReport, who: string): string {
  const rows = probes.map(({ id, assumed, answered, differs, error }) => [
    id,
    assumed,
    answered ?? '-',
    error === undefined ? (differs ? red('yes') : green('no')) : yellow('not asked'),
  ]);
  const differing = probes.filter(({ differs }) => differs);
  const unasked = probes.flatMap(({ id, error }) =>
    error === undefined ? [] : [paragraph(`${id}: ${error}`, '', '  ')],
  );
  return [
    table(['probe', 'assumed', 'answered', 'differs'], rows),
    ...unasked,
    ...(differing.length > 0 ? [paragraph('What follows from an answer that differs is in docs/assumptions.md.')] : []),
    ok ? green(`${who} answers as assumed.`) : red(`${differing.length} differ, ${unasked.length} not asked.`),
  ].join('\n');
}
