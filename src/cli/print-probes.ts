import type { Probe } from '../probes/probe';
import type { ProbeReport, ProbeResult } from '../probes/run-probes';
import type { RehearsedProbeReport } from '../rehearsal/rehearse-probes';
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

/** What the probes came to in AWS, for people. */
export const probeReport = (report: ProbeReport): string => reportOf(report, 'AWS', [], () => []);

/** What the probes came to in the emulator, for people, and where it is stricter by default than the probes found it. */
export function rehearsedProbeReport(report: RehearsedProbeReport): string {
  const stricter = report.probes.filter(({ stricterByDefault }) => stricterByDefault);
  return [
    reportOf(report, 'The emulator', ['emulator by default'], ({ stricterByDefault }) => [
      stricterByDefault ? yellow('stricter') : 'as assumed',
    ]),
    ...(stricter.length > 0
      ? [
          paragraph(
            'For the probes its switches are set as assumed. By default, in rehearsals and tests, it is stricter:',
          ),
        ]
      : []),
    ...stricter.map(({ id, stricterByDefault }) => paragraph(`${id}: ${stricterByDefault}`, '', '  ')),
  ].join('\n');
}

function reportOf<Result extends ProbeResult>(
  { ok, probes }: { readonly ok: boolean; readonly probes: readonly Result[] },
  who: string,
  more: readonly string[],
  cells: (probe: Result) => readonly string[],
): string {
  const rows = probes.map((probe) => [
    probe.id,
    probe.assumed,
    probe.answered ?? '-',
    probe.error === undefined ? (probe.differs ? red('yes') : green('no')) : yellow('not asked'),
    ...cells(probe),
  ]);
  const differing = probes.filter(({ differs }) => differs);
  const unasked = probes.flatMap(({ id, error }) =>
    error === undefined ? [] : [paragraph(`${id}: ${error}`, '', '  ')],
  );
  return [
    table(['probe', 'assumed', 'answered', 'differs', ...more], rows),
    ...unasked,
    ...(differing.length > 0 ? [paragraph('What follows from an answer that differs is in docs/assumptions.md.')] : []),
    ok ? green(`${who} answers as assumed.`) : red(`${differing.length} differ, ${unasked.length} not asked.`),
  ].join('\n');
}
