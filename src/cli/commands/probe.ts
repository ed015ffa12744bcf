import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Command } from 'commander';
import type { CheckvalveConfig } from '../../config/checkvalve-config';
import { loadConfig } from '../../config/load-config';
import { nearest } from '../../config/nearest';
import { CheckvalveError } from '../../contract/errors';
import { region as parseRegion } from '../../contract/ids';
import type { Probe } from '../../operations/probe/probe';
import { confirm } from '../confirm';
import { paragraph } from '../layout';
import { costInAws, maxCost, otherRuns, probePlan, probeReport, rehearsedProbeReport } from '../print-probes';
import { dim } from '../styles';

interface ProbeOptions {
  readonly sourceProfile?: string;
  readonly vaultProfile?: string;
  readonly managementProfile?: string;
  readonly region?: string;
  readonly rehearsal?: boolean;
  readonly json?: boolean;
  readonly only?: readonly string[];
  readonly maxCost: number;
  readonly yes?: boolean;
}

const DEFAULT_MAX_COST_USD = 10;
const JOURNALS = join(__dirname, '..', '..', '..', '.checkvalve', 'probes');

const print = (text: string) => process.stdout.write(`${text}\n`);
const note = (text: string) => process.stderr.write(`${text}\n`);
const progress = (line: string) => note(dim(line, process.stderr));

/** `checkvalve probe`: asks AWS what its documentation leaves open. */
export const probeCommand = (): Command =>
  new Command('probe')
    .description('Ask AWS, in two sandbox accounts, what Checkvalve assumes and no documentation settles.')
    .option('--source-profile <profile>', 'AWS profile with administrator access to the source sandbox')
    .option('--vault-profile <profile>', 'AWS profile with administrator access to the vault sandbox')
    .option(
      '--management-profile <profile>',
      'AWS profile of the management account of the source sandbox’s organization, for the probes that need it',
    )
    .option('--region <region>', 'where to ask; by default the first Region of the configuration', parseRegion)
    .option('--only <ids...>', 'only these probes')
    .option(
      '--max-cost <usd>',
      'refuse to start when the probes can cost more than this together',
      dollars,
      DEFAULT_MAX_COST_USD,
    )
    .option('--yes', 'start without a question')
    .option('--rehearsal', 'ask the emulator; no AWS account is needed')
    .option('--json', 'one JSON document on standard output, progress on standard error')
    .addHelpText(
      'after',
      `
docs/assumptions.md lists what Checkvalve assumes of AWS, where it relies on it,
and what happens if it is wrong. Each probe is a small program that asks one of
these questions: it creates what it needs, in sandbox accounts that hold nothing
else, looks, and deletes what it has created. The source sandbox needs a default
VPC. With --management-profile one more probe moves the source sandbox into an
organizational unit, and back. What each probe creates, and what it costs at
most, is shown before a question; only yes creates anything.

Everything is named checkvalve-probe-* and tagged checkvalve-probe. A journal in
.checkvalve/probes knows each resource before it is created: Ctrl-C cleans up,
and after a run that was killed the next one in the same accounts and Region
finishes the clean-up and goes on with the probes that were not answered. A
second Ctrl-C leaves the clean-up to the next run. Keep .checkvalve/probes until
then: without it, delete by hand what has the name or the tag.

Exit code 0 when AWS answers as assumed, 1 when an answer differs or a probe
could not be asked. With --json:

{ "ok", "probes": [{ "id", "assumed", "answered", "differs", "error" }] }

With --rehearsal the emulator is set as assumed. Where it is stricter by default,
in rehearsals and tests, the table says so, and a probe has "stricterByDefault".

Examples:
  checkvalve probe --rehearsal
  checkvalve probe --source-profile sandbox-a --vault-profile sandbox-b
  checkvalve probe --source-profile sandbox-a --vault-profile sandbox-b \\
    --only second-analyzer eventbridge-key-condition --max-cost 1 --yes --json
  checkvalve probe assumptions > docs/assumptions.md`,
    )
    .action(async (options: ProbeOptions, command: Command) => {
      const config = loadConfig(command.optsWithGlobals().config);
      const { PROBES } = require('../../operations/probe/probes') as typeof import('../../operations/probe/probes');
      const named = options.only?.flatMap((ids) => ids.split(','));
      const probes = askable(chosen(PROBES, named), options);
      mustCostNoMore(probes, options.maxCost);
      const asked = options.rehearsal
        ? await rehearsed(probes, options, config).then((report) => ({ report, text: rehearsedProbeReport(report) }))
        : await live(probes, options, config).then((report) => report && { report, text: probeReport(report) });
      if (!asked) return;
      print(options.json ? JSON.stringify(asked.report, undefined, 2) : asked.text);
      if (options.rehearsal && !options.json) progress(costInAws(probes));
      if (!asked.report.ok) process.exitCode = 1;
    })
    .addCommand(
      new Command('assumptions').description('Print the ledger of assumptions: docs/assumptions.md.').action(() => {
        const { assumptionsDocument } =
          require('../../assumptions/assumptions-document') as typeof import('../../assumptions/assumptions-document');
        process.stdout.write(assumptionsDocument());
      }),
    );

function dollars(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  const message = `--max-cost ${JSON.stringify(text)} is no amount of US dollars`;
  throw new CheckvalveError('INVALID_INPUT', message, 'Give, for example, --max-cost 5.');
}

function chosen(all: readonly Probe[], only: readonly string[] | undefined): readonly Probe[] {
  const ids = all.map(({ id }) => id);
  const unknown = (only ?? []).filter((id) => !ids.includes(id));
  if (unknown.length > 0) {
    const [first = ''] = unknown;
    const [meant] = nearest(first, ids);
    const remedy = `${meant ? `Did you mean ${meant}? ` : ''}The probes are ${ids.join(', ')}.`;
    throw new CheckvalveError('INVALID_INPUT', `There is no probe ${unknown.join(', ')}`, remedy);
  }
  return only ? all.filter(({ id }) => only.includes(id)) : all;
}

/** Without a management account, the probes that need it are left out, unless they were named. */
function askable(probes: readonly Probe[], options: ProbeOptions): readonly Probe[] {
  if (options.rehearsal || options.managementProfile) return probes;
  const left = probes.filter(({ needsManagement }) => needsManagement).map(({ id }) => id);
  if (left.length === 0) return probes;
  const message = `${left.join(', ')} needs the management account of an organization`;
  const remedy = 'Give --management-profile, of an organization that holds nothing else and has the source sandbox.';
  if (options.only) throw new CheckvalveError('INVALID_INPUT', message, remedy);
  return probes.filter(({ needsManagement }) => !needsManagement);
}

function mustCostNoMore(probes: readonly Probe[], limit: number): void {
  const cost = maxCost(probes);
  if (cost <= limit) return;
  const message = `The probes can cost ${cost} USD, and --max-cost is ${limit}`;
  throw new CheckvalveError('INVALID_INPUT', message, `Ask fewer with --only, or give --max-cost ${Math.ceil(cost)}.`);
}

function rehearsed(probes: readonly Probe[], { region }: ProbeOptions, config: CheckvalveConfig) {
  const { rehearseProbes } =
    require('../../rehearsal/phases/rehearse-probes') as typeof import('../../rehearsal/phases/rehearse-probes');
  const { vault, organization } = config;
  const accounts = { vault: vault.account, management: organization.managementAccount };
  const where = { region: region ?? config.regions[0] ?? '', ...accounts };
  return rehearseProbes({ probes, ...where, progress });
}

async function live(probes: readonly Probe[], options: ProbeOptions, config: CheckvalveConfig) {
  // Loaded only here: the clients take a while that other commands need not wait for.
  const { sandboxes } =
    require('../../operations/probe/sandboxes') as typeof import('../../operations/probe/sandboxes');
  const { runProbes } =
    require('../../operations/probe/run-probes') as typeof import('../../operations/probe/run-probes');
  const { fileStore, leftBehind } =
    require('../../operations/probe/journal') as typeof import('../../operations/probe/journal');
  const region = options.region ?? config.regions[0] ?? '';
  const clients = await sandboxes(
    { ...options, region },
    { [config.organization.managementAccount]: 'the management account', [config.vault.account]: 'the vault' },
  );
  const accounts = { source: clients.source.account, vault: clients.vault.account };
  const journal = `${accounts.source}-${accounts.vault}-${region}.json`;
  note(
    probePlan(probes, { ...accounts, ...(clients.management && { management: clients.management.account }) }, region),
  );
  if (!options.managementProfile && !options.only)
    note(
      paragraph('Probes that need the management account of an organization are left out: see --management-profile.'),
    );
  for (const line of otherRuns(leftBehind(JOURNALS, journal))) note(line);
  await mustBeWanted(options);
  const store = fileStore(join(JOURNALS, journal));
  const signal = untilInterrupted();
  const pause = (seconds: number) => new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000));
  return runProbes({ probes, clients, store, run: randomBytes(4).toString('hex'), pause, progress, signal });
}

async function mustBeWanted({ yes }: ProbeOptions): Promise<void> {
  if (yes) return;
  const refused = (message: string) =>
    new CheckvalveError('INVALID_INPUT', message, 'Give --yes once the list above is what you want.');
  if (!process.stdin.isTTY) throw refused('Nothing is created without a person who agrees');
  if (!(await confirm('Create all this?'))) throw refused('Nothing was created');
}

/** Aborted by the first Ctrl-C or SIGTERM; a second one ends the process, and the journal has what is left. */
function untilInterrupted(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(1);
      controller.abort();
      note('Stops, and deletes what was created. Once more leaves that to the next run.');
    });
  }
  return controller.signal;
}
