import type { UnfinishedRun } from '../operations/probe/journal';
import type { Probe } from '../operations/probe/probe';
import type { ProbeReport } from '../operations/probe/run-probes';
import type { RehearsedProbeReport } from '../rehearsal/phases/rehearse-probes';
import { paragraph, table } from './layout';
import { green, red, yellow } from './styles';

const usd = (amount: number): string => `${amount.toFixed(2)} USD`;

/** What a run would create, where, and its maximum cost. */
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
      `All resources are named checkvalve-probe-* and are deleted afterwards. They cost at most ${usd(maxCost(probes))} and can take some hours.`,
    ),
  ].join('\n');
}

/** The cost of the same probes in AWS, printed after a rehearsal. */
export const costInAws = (probes: readonly Probe[]): string =>
  paragraph(
    `In AWS these probes cost at most ${usd(maxCost(probes))} and can take some hours; \`checkvalve probe\` with two profiles lists what each creates, and asks for confirmation first.`,
  );

/** A message for each run in other accounts or Regions that stopped before it deleted its resources. */
export const otherRuns = (runs: readonly UnfinishedRun[]): readonly string[] =>
  runs.map(({ source, vault, region, resources }) => {
    const what = resources === undefined ? 'its journal cannot be read' : `${resources} resources remain to be deleted`;
    return yellow(
      paragraph(
        `A run in ${region}, in ${source} and ${vault}, stopped: ${what}. Run \`checkvalve probe\` with the profiles of these accounts and --region ${region}, which deletes them first.`,
      ),
    );
  });

/** The maximum cost of a run of these probes. */
export const maxCost = (probes: readonly Probe[]): number =>
  probes.reduce((sum, { maxCostUsd }) => sum + Math.round(maxCostUsd * 100), 0) / 100;

/** The result of the probes in AWS as text. */
export const probeReport = (report: ProbeReport): string => reportOf(report, 'AWS');

/** The result of the probes in the emulator as text, and where it is stricter by default. */
export function rehearsedProbeReport(report: RehearsedProbeReport): string {
  const stricter = report.probes.filter(({ stricterByDefault }) => stricterByDefault);
  const heading =
    'For the probes the emulator behaves as assumed. By default, in rehearsals and tests, it is stricter:';
  return [
    reportOf(report, 'The emulator'),
    ...(stricter.length > 0 ? [paragraph(heading)] : []),
    ...stricter.map(({ id, stricterByDefault }) => paragraph(`${id}: ${stricterByDefault}`, '', '  ')),
  ].join('\n');
}

/** Ids are long, so the assumed and the actual answer share a column, to fit the table into 80 characters. */
function reportOf({ ok, probes }: ProbeReport, subject: string): string {
  const rows = probes.map(({ id, assumed, answered, differs, error }) => [
    id,
    error !== undefined ? yellow('failed') : differs ? red(`${assumed} / ${answered ?? '-'}`) : green(assumed),
  ]);
  const differing = probes.filter(({ differs }) => differs);
  const failed = probes.filter(({ error }) => error !== undefined);
  const lookUp =
    'docs/assumptions.md explains the consequences of an answer that differs: search for the name of the probe.';
  return [
    table(['probe', 'assumed, or assumed / answered'], rows),
    ...differing.map(({ id, answered, assumed }) =>
      paragraph(`${id} differs: ${subject} answers ${answered}, assumed is ${assumed}.`, '', '  '),
    ),
    ...failed.map(({ id, error }) => paragraph(`${id}: ${error}`, '', '  ')),
    ...(differing.length > 0 ? [paragraph(lookUp)] : []),
    ok ? green(`${subject} answers as assumed.`) : red(`${differing.length} differ, ${failed.length} failed.`),
  ].join('\n');
}
