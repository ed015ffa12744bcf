import { Command } from 'commander';
import { loadConfig } from '../../config/load-config';
import { CheckvalveError } from '../../contract/errors';
import { dim, rehearsalReport } from '../print';
import { simulationReport } from '../print-simulation';

interface RehearseOptions {
  readonly json?: boolean;
  readonly days?: number;
  readonly seed?: number;
}

const MOST_DAYS = 1000;
const MOST_SEED = 2 ** 32 - 1;

/** Reads a whole number of an option. @throws CheckvalveError `INVALID_INPUT` for anything else. */
const wholeNumber = (option: string, least: number, most: number) => (text: string) => {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new CheckvalveError(
    'INVALID_INPUT',
    `${option} ${JSON.stringify(text)} is not a whole number from ${least} to ${most}`,
    `Give, for example, ${option} ${option === '--days' ? 90 : 7}.`,
  );
};

const progress = (line: string) => process.stderr.write(`${dim(line, process.stderr)}\n`);
const print = (text: string) => process.stdout.write(`${text}\n`);

/** `checkvalve rehearse`: the whole landing zone on this machine. */
export const rehearseCommand = (): Command =>
  new Command('rehearse')
    .description(
      'Play the landing zone on this machine: real handlers, real SDK, synthesized templates, an emulated AWS.',
    )
    .option(
      '--days <n>',
      'play so many days in virtual time, with injected faults',
      wholeNumber('--days', 1, MOST_DAYS),
    )
    .option('--seed <n>', 'with --days: which world; the same seed plays the same', wholeNumber('--seed', 0, MOST_SEED))
    .option('--json', 'one JSON document on standard output, progress on standard error')
    .addHelpText(
      'after',
      `
Makes an invented organization in an emulator on 127.0.0.1, deploys the synthesized templates into it, lets AWS Backup
take a snapshot of an RDS instance and of an Aurora cluster, and follows both into the vault. No AWS account is needed.
Exit code 1 when a beat fails; the beat is named with its cause.

With --days N it plays months instead: an invented world of 64 databases in virtual time, in which events are lost, calls
fail, keys are switched off and the vault is down for days, while the steps' own plan and act code carries the snapshots
across. After every step the promises are checked; a broken one is shrunk to the smallest world that still breaks it.

Examples:
  checkvalve rehearse --days 90
  checkvalve rehearse --days 90 --seed 7 --json`,
    )
    .action(async (options: RehearseOptions, command: Command) => {
      if (options.days !== undefined) return simulateDays(options.days, options);
      if (options.seed !== undefined) {
        throw new CheckvalveError('INVALID_INPUT', '--seed says nothing without --days', 'Give --days as well.');
      }
      const config = loadConfig(command.optsWithGlobals().config);
      // Loaded only here: the emulator and the CDK take a second that other commands need not wait for.
      const { rehearse } = require('../../rehearsal/rehearse') as typeof import('../../rehearsal/rehearse');
      const result = await rehearse({ config, progress });
      print(options.json ? JSON.stringify(result, undefined, 2) : rehearsalReport(result));
      if (!result.ok) process.exitCode = 1;
    });

async function simulateDays(days: number, { seed = 1, json }: RehearseOptions): Promise<void> {
  const { simulate } =
    require('../../rehearsal/simulation/simulate') as typeof import('../../rehearsal/simulation/simulate');
  const result = await simulate(seed, days, { progress });
  print(json ? JSON.stringify(result, undefined, 2) : simulationReport(result));
  const [violation] = result.violations;
  if (!violation) return;
  process.exitCode = 1;
  progress('An invariant is broken: looking for a smaller world that breaks it too');
  const { makeScenario } =
    require('../../rehearsal/simulation/scenario') as typeof import('../../rehearsal/simulation/scenario');
  const { shrink } = require('../../rehearsal/simulation/shrink') as typeof import('../../rehearsal/simulation/shrink');
  const { tellCounterexample } =
    require('../../rehearsal/simulation/counterexample') as typeof import('../../rehearsal/simulation/counterexample');
  const told = tellCounterexample(await shrink(makeScenario(seed, days), violation));
  process.stderr.write(`${told}\n`);
}
