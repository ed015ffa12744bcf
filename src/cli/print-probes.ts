import type { UnfinishedRun } from '../operations/probe/journal';
import type { Probe } from '../operations/probe/probe';
import type { ProbeReport } from '../operations/probe/run-probes';
import type { RehearsedProbeReport } from '../rehearsal/phases/rehearse-probes';
import { paragraph, table } from './layout';
import { green, red, yellow } from './styles';

const usd = (amount: number): string => `${amount.toFixed(2)} USD`;

/** What a run would create, where, and what it costs at the most. */
export function probePlan(
  probes: readonly Probe[],
  accounts: Readonly<Record<'source' | 'vault', string>> & { readonly management?: string },
  region: string,
): string {
  const { source, vault, management } = accounts;
  const rows = probes.map(({ id, creates, maxCostUsd }) => [id, creates, usd(maxCostUsd)]);
  const others = management ? ` and the management account ${management}` : '';
  return [
    paragraph(`In ${region}, in the source sandbox ${source} and the vault sandbox ${vault}${others}:`),
    table(['probe', 'creates', 'costs at most'], rows),
    paragraph(
      `All of it is named checkvalve-probe-* and is deleted again. It costs at most ${usd(maxCost(probes))} and can take some hours.`,
    ),
  ].join('\n');
}

/** What the same probes would cost in AWS, after a rehearsal that costs nothing. */
export const costInAws = (probes: readonly Probe[]): string =>
  paragraph(
    `In AWS these probes cost at most ${usd(maxCost(probes))} and can take some hours; \`checkvalve probe\` with two profiles lists what each creates, and asks, before it creates anything.`,
  );

/** One message for each run elsewhere that was stopped before it had deleted what it created. */
export const otherRuns = (runs: readonly UnfinishedRun[]): readonly string[] =>
  runs.map(({ source, vault, region, resources }) => {
    const what = resources === undefined ? 'its journal cannot be read' : `it left ${resources} to delete`;
    return yellow(
      paragraph(
        `A run in ${region}, in ${source} and ${vault}, was stopped: ${what}. Run \`checkvalve probe\` with the profiles of these accounts and --region ${region}: it begins with the clean-up.`,
      ),
    );
  });

/** What a run of these probes costs at the most. */
export const maxCost = (probes: readonly Probe[]): number =>
  probes.reduce((sum, { maxCostUsd }) => sum + Math.round(maxCostUsd * 100), 0) / 100;

/** What the probes came to in AWS, for people. */
export const probeReport = (report: ProbeReport): string => reportOf(report, 'AWS');

/** What the probes came to in the emulator, for people, and where it is stricter by default than the probes found it. */
export function rehearsedProbeReport(report: RehearsedProbeReport): string {
  const stricter = report.probes.filter(({ stricterByDefault }) => stricterByDefault);
  const heading =
    'For the probes its switches are set as assumed. By default, in rehearsals and tests, it is stricter:';
  return [
    reportOf(report, 'The emulator'),
    ...(stricter.length > 0 ? [paragraph(heading)] : []),
    ...stricter.map(({ id, stricterByDefault }) => paragraph(`${id}: ${stricterByDefault}`, '', '  ')),
  ].join('\n');
}

/** An id is long: assumed and answered stand in one column, and are one word where they are the same, so that 80 characters
 * hold the table. */
function reportOf({ ok, probes }: ProbeReport, who: string): string {
  const rows = probes.map(({ id, assumed, answered, differs, error }) => [
    id,
    error !== undefined ? yellow('not asked') : differs ? red(`${assumed} / ${answered ?? '-'}`) : green(assumed),
  ]);
  const differing = probes.filter(({ differs }) => differs);
  const unasked = probes.filter(({ error }) => error !== undefined);
  const lookUp =
    'What follows from an answer that differs is in docs/assumptions.md: search for the name of the probe.';
  return [
    table(['probe', 'assumed, or assumed / answered'], rows),
    ...differing.map(({ id, answered, assumed }) =>
      paragraph(`${id} differs: ${who} answers ${answered}, assumed is ${assumed}.`, '', '  '),
    ),
    ...unasked.map(({ id, error }) => paragraph(`${id}: ${error}`, '', '  ')),
    ...(differing.length > 0 ? [paragraph(lookUp)] : []),
    ok ? green(`${who} answers as assumed.`) : red(`${differing.length} differ, ${unasked.length} not asked.`),
  ].join('\n');
}
