import { Command } from 'commander';
import type { CheckvalveConfig } from '../../config/checkvalve-config';
import { loadConfig } from '../../config/load-config';
import { CheckvalveError } from '../../contract/errors';
import { attackWorlds } from '../attack-seeds';
import { print, progress } from '../output';
import { cellsReport } from '../print-cells';
import { coverageReport } from '../print-coverage';
import { rehearsalReport } from '../print-rehearsal';
import { simulateSeeds } from '../simulate-seeds';
import { wholeNumber } from '../whole-number';

interface RehearseOptions {
  readonly json?: boolean;
  readonly days?: number;
  readonly seed?: number;
  readonly seeds?: number;
  readonly from?: string;
  readonly adversaries?: number;
  readonly strategies?: number;
  readonly cells?: number;
}

const MAX_DAYS = 1000;
const MAX_SEED = 2 ** 32 - 1;
const MAX_SEEDS = 1000;
const MAX_STRATEGIES = 10_000;
/** There are two accounts to spread over them. */
const MAX_CELLS = 5;
const DEFAULT_STRATEGIES = 40;

const HELP = `
Creates an invented organization in an emulator on 127.0.0.1, deploys the
synthesized templates, lets AWS Backup take snapshots of an RDS instance and of
an Aurora cluster, and follows both to the vault. Years later the vault prunes,
and keeps the last copy of a deleted database. At the end one database is late,
one was never copied, one is unsupported, and one account denies its access
role: the coverage report, the alarms and the messages must report exactly that.
No AWS account is needed. Exit code 1 when a phase fails; the output names the
phase and the cause.

The folder .checkvalve keeps the world before each phase as long as this program
and its configuration are unchanged. --from PHASE starts there: PHASE is a name
in the first column that the rehearsal prints.

--days N simulates days instead: an invented world of 64 databases in virtual
time, in which events are lost, calls fail, keys are disabled and the vault is
down for days, while the plan and act code of the steps copies the snapshots.
After every step the invariants are checked. A broken one is shrunk to the
smallest world that still breaks it. --seeds N simulates N such worlds and adds
them up.

--adversaries N simulates N other worlds, each with the smallest vault that
\`config check\` accepts. An adversary owns some accounts, or the registry, and
searches for the sequence of attacks that harms the other accounts most. A
broken invariant is shrunk to the smallest attack that still breaks it.

--cells N plays a landing zone with N cells, or with those of the configuration:
each database is copied to the vault of its cell, one account moves to another
cell, and trust is proved for each cell over the deployed templates.

Examples:
  checkvalve rehearse --cells 2
  checkvalve rehearse --days 90
  checkvalve rehearse --days 90 --seed 7 --json
  checkvalve rehearse --days 90 --seeds 20
  checkvalve rehearse --adversaries 9
  checkvalve rehearse --from go-wrong`;

/** `checkvalve rehearse`: runs the whole landing zone on this machine. */
export const rehearseCommand = (): Command =>
  new Command('rehearse')
    .description(
      'Run the landing zone on this machine: real handlers, real SDK, synthesized templates, an emulated AWS.',
    )
    .option(
      '--days <n>',
      'simulate this number of days in virtual time, with injected faults',
      wholeNumber('--days', 1, MAX_DAYS, 90),
    )
    .option(
      '--seed <n>',
      'with --days: the seed of the world; the same seed gives the same result',
      wholeNumber('--seed', 0, MAX_SEED, 7),
    )
    .option('--seeds <n>', 'with --days: simulate the seeds 1 to n', wholeNumber('--seeds', 1, MAX_SEEDS, 20))
    .option(
      '--adversaries <n>',
      'let an adversary attack the worlds of the seeds 1 to n',
      wholeNumber('--adversaries', 1, MAX_SEEDS, 9),
    )
    .option(
      '--strategies <n>',
      'with --adversaries: strategies per world',
      wholeNumber('--strategies', 1, MAX_STRATEGIES, DEFAULT_STRATEGIES),
    )
    .option(
      '--cells <n>',
      'play a landing zone with this number of cells, and move an account',
      wholeNumber('--cells', 2, MAX_CELLS, 2),
    )
    .option(
      '--from <phase>',
      'start at this phase, in the saved world before it; phases that were not saved are run first',
    )
    .option('--json', 'one JSON document on standard output, progress on standard error')
    .addHelpText('after', HELP)
    .action(run);

/** Runs the adversaries, a simulation or a rehearsal. */
async function run(options: RehearseOptions, command: Command): Promise<void> {
  const { days, seed, seeds, from, adversaries, strategies = DEFAULT_STRATEGIES, cells, json = false } = options;
  const fault = faultOf(options);
  if (fault) throw new CheckvalveError('INVALID_INPUT', fault.what, fault.remedy);
  if (adversaries !== undefined) return attackWorlds({ seeds: adversaries, strategies, json, progress, print });
  if (days !== undefined) return simulateSeeds({ days, seed, seeds, json, progress, print });
  const config = loadConfig(command.optsWithGlobals().config);
  if (cells !== undefined) return rehearseWithCells(config, cells, json);
  // Loaded here, so that other commands do not wait a second for the emulator and the CDK.
  const { rehearse } = require('../../rehearsal/rehearse') as typeof import('../../rehearsal/rehearse');
  const result = await rehearse({ config, attacked: true, progress, keeps: true, from });
  const text = () =>
    rehearsalReport(
      result,
      result.coverage.map((report) => coverageReport(report)),
    );
  print(json ? JSON.stringify(result, undefined, 2) : text());
  if (!result.ok) process.exitCode = 1;
}

async function rehearseWithCells(config: CheckvalveConfig, count: number, json: boolean): Promise<void> {
  // Loaded here, so that other commands do not wait a second for the emulator and the CDK.
  const { rehearseCells } =
    require('../../rehearsal/phases/rehearse-cells') as typeof import('../../rehearsal/phases/rehearse-cells');
  const { withCells } = require('../../rehearsal/with-cells') as typeof import('../../rehearsal/with-cells');
  const result = await rehearseCells(withCells(config, count), progress);
  print(json ? JSON.stringify(result, undefined, 2) : cellsReport(result));
  if (!result.ok) process.exitCode = 1;
}

/** Why options cannot be combined; undefined if they can. */
function faultOf(options: RehearseOptions): { readonly what: string; readonly remedy: string } | undefined {
  const { days, seed, seeds, from, adversaries, strategies, cells } = options;
  if (cells !== undefined && [days, seed, seeds, from, adversaries, strategies].some((one) => one !== undefined)) {
    return { what: '--cells can be combined only with --json', remedy: 'Remove the other options.' };
  }
  const simulates = days !== undefined || seed !== undefined || seeds !== undefined;
  if (adversaries !== undefined) {
    const what = '--adversaries can be combined only with --strategies and --json';
    return simulates || from !== undefined ? { what, remedy: 'Remove the other options.' } : undefined;
  }
  if (strategies !== undefined) {
    return { what: '--strategies has no effect without --adversaries', remedy: 'Add --adversaries.' };
  }
  if (days !== undefined && from !== undefined) {
    const remedy = 'Remove --from: a simulation always starts on its first day.';
    return { what: '--from has no effect with --days', remedy };
  }
  if (seed !== undefined && seeds !== undefined) {
    return { what: '--seed and --seeds exclude each other', remedy: 'Give one of the two.' };
  }
  if (days !== undefined || !simulates) return undefined;
  const option = seed === undefined ? '--seeds' : '--seed';
  return { what: `${option} has no effect without --days`, remedy: 'Add --days.' };
}
