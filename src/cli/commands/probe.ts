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
import { print, progress } from '../output';
import { costInAws, maxCost, otherRuns, probePlan, probeReport, rehearsedProbeReport } from '../print-probes';

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

const note = (text: string) => process.stderr.write(`${text}\n`);

const HELP = `
docs/assumptions.md lists what Checkvalve assumes about AWS, where it relies on
it, and what happens if it is wrong. Each probe tests one assumption: it creates
resources in sandbox accounts that are otherwise empty, observes, and deletes
the resources. The source sandbox needs a default VPC. With --management-profile
one more probe moves the source sandbox to an organizational unit and back. The
command shows what each probe creates and its maximum cost, and asks for
confirmation before it creates anything.

All resources are named checkvalve-probe-* and tagged checkvalve-probe. A
journal in .checkvalve/probes records each resource before it is created. Ctrl-C
deletes the resources. After a killed run, the next run in the same accounts and
Region deletes them first, and continues with the probes without an answer. A
second Ctrl-C leaves the clean-up to the next run. Keep .checkvalve/probes until
then; without it, delete the resources with this name or tag by hand.

Exit code 0 when AWS answers as assumed, 1 when an answer differs or a probe
fails. With --json:

{ "ok", "probes": [{ "id", "assumed", "answered", "differs", "error" }] }

With --rehearsal the emulator behaves as assumed. Where it is stricter by
default, in rehearsals and tests, the output and "stricterByDefault" say so.

Examples:
  checkvalve probe --rehearsal
  checkvalve probe --source-profile sandbox-a --vault-profile sandbox-b
  checkvalve probe --source-profile sandbox-a --vault-profile sandbox-b \\
    --only second-analyzer eventbridge-key-condition --max-cost 1 --yes --json
  checkvalve probe assumptions > docs/assumptions.md`;

/** `checkvalve probe`: tests in AWS what its documentation leaves open. */
export const probeCommand = (): Command =>
  new Command('probe')
    .description('Test in two sandbox accounts what Checkvalve assumes about AWS and AWS does not document.')
    .option('--source-profile <profile>', 'AWS profile with administrator access to the source sandbox')
    .option('--vault-profile <profile>', 'AWS profile with administrator access to the vault sandbox')
    .option(
      '--management-profile <profile>',
      'AWS profile of the management account of the source sandbox’s organization, for probes that need it',
    )
    .option('--region <region>', 'Region of the probes; by default the first Region of the configuration', parseRegion)
    .option('--only <ids...>', 'run only these probes')
    .option(
      '--max-cost <usd>',
      'do not start if the probes can cost more than this in total',
      dollars,
      DEFAULT_MAX_COST_USD,
    )
    .option('--yes', 'start without confirmation')
    .option('--rehearsal', 'run the probes against the emulator; no AWS account is needed')
    .option('--json', 'one JSON document on standard output, progress on standard error')
    .addHelpText('after', HELP)
    .action(run)
    .addCommand(
      new Command('assumptions').description('Print the ledger of assumptions: docs/assumptions.md.').action(() => {
        const { assumptionsDocument } =
          require('../../assumptions/assumptions-document') as typeof import('../../assumptions/assumptions-document');
        process.stdout.write(assumptionsDocument());
      }),
    );

/** Runs the selected probes in AWS or in the emulator. */
async function run(options: ProbeOptions, command: Command): Promise<void> {
  const config = loadConfig(command.optsWithGlobals().config);
  const { PROBES } = require('../../operations/probe/probes') as typeof import('../../operations/probe/probes');
  const named = options.only?.flatMap((ids) => ids.split(','));
  const probes = runnableProbes(selectedProbes(PROBES, named), options);
  requireMaxCost(probes, options.maxCost);
  const result = options.rehearsal
    ? await rehearsed(probes, options, config).then((report) => ({ report, text: rehearsedProbeReport(report) }))
    : await live(probes, options, config).then((report) => report && { report, text: probeReport(report) });
  if (!result) return;
  print(options.json ? JSON.stringify(result.report, undefined, 2) : result.text);
  if (options.rehearsal && !options.json) progress(costInAws(probes));
  if (!result.report.ok) process.exitCode = 1;
}

function dollars(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  const message = `--max-cost ${JSON.stringify(text)} is not an amount of US dollars`;
  throw new CheckvalveError('INVALID_INPUT', message, 'Give an amount such as --max-cost 5.');
}

function selectedProbes(all: readonly Probe[], only: readonly string[] | undefined): readonly Probe[] {
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

/** Without a management account, the probes that need it are skipped, unless they were selected. */
function runnableProbes(probes: readonly Probe[], options: ProbeOptions): readonly Probe[] {
  if (options.rehearsal || options.managementProfile) return probes;
  const skipped = probes.filter(({ needsManagement }) => needsManagement).map(({ id }) => id);
  if (skipped.length === 0) return probes;
  const message = `${skipped.join(', ')} needs the management account of an organization`;
  const remedy = 'Add --management-profile of an organization that contains the source sandbox and is otherwise empty.';
  if (options.only) throw new CheckvalveError('INVALID_INPUT', message, remedy);
  return probes.filter(({ needsManagement }) => !needsManagement);
}

function requireMaxCost(probes: readonly Probe[], limit: number): void {
  const cost = maxCost(probes);
  if (cost <= limit) return;
  const message = `The probes can cost ${cost} USD, and --max-cost is ${limit}`;
  throw new CheckvalveError(
    'INVALID_INPUT',
    message,
    `Select fewer probes with --only, or give --max-cost ${Math.ceil(cost)}.`,
  );
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
  // Loaded here, so that other commands do not wait for the clients.
  const { sandboxes } =
    require('../../operations/probe/sandboxes') as typeof import('../../operations/probe/sandboxes');
  const { runProbes } =
    require('../../operations/probe/run-probes') as typeof import('../../operations/probe/run-probes');
  const { fileStore, unfinishedRuns } =
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
      paragraph(
        'Probes that need the management account of an organization are skipped; add --management-profile to run them.',
      ),
    );
  for (const line of otherRuns(unfinishedRuns(JOURNALS, journal))) note(line);
  await requireConfirmation(options);
  const store = fileStore(join(JOURNALS, journal));
  const signal = untilInterrupted();
  const pause = (seconds: number) => new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000));
  return runProbes({ probes, clients, store, run: randomBytes(4).toString('hex'), pause, progress, signal });
}

async function requireConfirmation({ yes }: ProbeOptions): Promise<void> {
  if (yes) return;
  const refused = (message: string) =>
    new CheckvalveError('INVALID_INPUT', message, 'Check the list above, and add --yes to create its resources.');
  if (!process.stdin.isTTY)
    throw refused('Nothing was created: the command needs a confirmation, and standard input is not a terminal');
  if (!(await confirm('Create these resources?'))) throw refused('Nothing was created');
}

/** Aborted by the first Ctrl-C or SIGTERM. A second one ends the process, and the journal lists the remaining resources. */
function untilInterrupted(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(1);
      controller.abort();
      note('Stopping: deleting what was created. Press Ctrl-C again to leave that to the next run.');
    });
  }
  return controller.signal;
}
