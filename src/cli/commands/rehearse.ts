import { Command } from 'commander';
import { loadConfig } from '../../config/load-config';
import { CheckvalveError } from '../../contract/errors';
import { attackWorlds } from '../attack-seeds';
import { rehearsalReport } from '../print';
import { coverageReport } from '../print-coverage';
import { simulateSeeds } from '../simulate-seeds';
import { dim } from '../styles';
import { wholeNumber } from '../whole-number';

interface RehearseOptions {
  readonly json?: boolean;
  readonly days?: number;
  readonly seed?: number;
  readonly seeds?: number;
  readonly from?: string;
  readonly adversaries?: number;
  readonly strategies?: number;
}

const MOST_DAYS = 1000;
const MOST_SEED = 2 ** 32 - 1;
const MOST_SEEDS = 1000;
const MAX_STRATEGIES = 10_000;
const DEFAULT_STRATEGIES = 40;

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
      wholeNumber('--days', 1, MOST_DAYS, 90),
    )
    .option(
      '--seed <n>',
      'with --days: which world; the same seed plays the same',
      wholeNumber('--seed', 0, MOST_SEED, 7),
    )
    .option('--seeds <n>', 'with --days: the worlds of seeds 1 to n', wholeNumber('--seeds', 1, MOST_SEEDS, 20))
    .option(
      '--adversaries <n>',
      'let an adversary attack the worlds of seeds 1 to n',
      wholeNumber('--adversaries', 1, MOST_SEEDS, 9),
    )
    .option(
      '--strategies <n>',
      'with --adversaries: strategies that each tries',
      wholeNumber('--strategies', 1, MAX_STRATEGIES, DEFAULT_STRATEGIES),
    )
    .option(
      '--from <phase>',
      'begin with this phase, in the world as it stood before it; what was not played before is played',
    )
    .option('--json', 'one JSON document on standard output, progress on standard error')
    .addHelpText(
      'after',
      `
Makes an invented organization in an emulator on 127.0.0.1, deploys the
synthesized templates into it, lets AWS Backup take a snapshot of an RDS
instance and of an Aurora cluster, and follows both into the vault. Years later
the vault prunes, and keeps the last copy of a database that is gone. In the end
a database is late, one was never copied, one cannot be copied and an account's
access role does not open: the report of coverage, the alarms and the messages to
people must say exactly that. No AWS account is needed. Exit code 1 when a phase
fails; the phase is named with its cause.

The world before each phase is kept in the folder .checkvalve as long as this
program and its configuration stay as they are. With --from PHASE the rehearsal
begins there: a name of the first column that the rehearsal prints.

With --days N it plays months instead: an invented world of 64 databases in
virtual time, in which events are lost, calls fail, keys are switched off and
the vault is down for days, while the steps' own plan and act code carries the
snapshots across. After every step the promises are checked; a broken one is
shrunk to the smallest world that still breaks it. With --seeds N it plays N
such worlds, one after the other, and sums them up.

With --adversaries N it plays N other worlds, each with a vault as small as
\`config check\` lets pass. An adversary owns some accounts, or the registry, and
searches for the sequence of attacks that harms the other accounts most. A
broken promise is shrunk to the smallest attack that still breaks it.

Examples:
  checkvalve rehearse --days 90
  checkvalve rehearse --days 90 --seed 7 --json
  checkvalve rehearse --days 90 --seeds 20
  checkvalve rehearse --adversaries 9
  checkvalve rehearse --from lose-protection`,
    )
    .action(async (options: RehearseOptions, command: Command) => {
      const { days, seed, seeds, from, json = false } = options;
      if (options.adversaries !== undefined) {
        const { adversaries, strategies = DEFAULT_STRATEGIES } = options;
        if (days !== undefined || seed !== undefined || seeds !== undefined || from !== undefined) {
          const message = '--adversaries goes with --strategies and --json alone';
          throw new CheckvalveError('INVALID_INPUT', message, 'Leave the other options out.');
        }
        return attackWorlds({ seeds: adversaries, strategies, json, progress, print });
      }
      if (options.strategies !== undefined) {
        const message = '--strategies says nothing without --adversaries';
        throw new CheckvalveError('INVALID_INPUT', message, 'Give --adversaries as well.');
      }
      if (days !== undefined && from !== undefined) {
        const message = '--from says nothing together with --days';
        throw new CheckvalveError('INVALID_INPUT', message, 'Months are always played from their first day.');
      }
      if (seed !== undefined && seeds !== undefined) {
        throw new CheckvalveError('INVALID_INPUT', '--seed and --seeds contradict each other', 'Give one of the two.');
      }
      if (days !== undefined) return simulateSeeds({ days, seed, seeds, json, progress, print });
      if (seed !== undefined || seeds !== undefined) {
        const option = seed === undefined ? '--seeds' : '--seed';
        throw new CheckvalveError('INVALID_INPUT', `${option} says nothing without --days`, 'Give --days as well.');
      }
      const config = loadConfig(command.optsWithGlobals().config);
      // Loaded only here: the emulator and the CDK take a second that other commands need not wait for.
      const { rehearse } = require('../../rehearsal/rehearse') as typeof import('../../rehearsal/rehearse');
      const result = await rehearse({ config, attacked: true, progress, keeps: true, from });
      const text = () =>
        rehearsalReport(
          result,
          result.coverage.map((report) => coverageReport(report)),
        );
      print(json ? JSON.stringify(result, undefined, 2) : text());
      if (!result.ok) process.exitCode = 1;
    });
