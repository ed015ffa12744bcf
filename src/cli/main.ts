import { Command } from 'commander';
import { faultOfModule } from '../config/load-module';
import { guardOutput } from './guard-output';
import { printFault } from './print-fault';

guardOutput();
// An error of work that is not awaited, such as a timer of a configuration, ends the program.
process.on('uncaughtException', (error) => {
  printFault(faultOfModule(error) ?? error);
  process.exit(1);
});

interface Verb {
  readonly summary: string;
  readonly load: () => Command;
}

/** Every command, in the order of the help. Only the requested one is loaded. */
const VERBS: Readonly<Record<string, Verb>> = {
  rehearse: {
    summary: 'run the landing zone on this machine, in an emulated AWS',
    load: () => (require('./commands/rehearse') as typeof import('./commands/rehearse')).rehearseCommand(),
  },
  status: {
    summary: 'show the age of every database’s newest copy',
    load: () => (require('./commands/status') as typeof import('./commands/status')).statusCommand(),
  },
  doctor: {
    summary: 'check the set-up of the management account and the vault',
    load: () => (require('./commands/doctor') as typeof import('./commands/doctor')).doctorCommand(),
  },
  prune: {
    summary: 'show what the vault would delete next, and why',
    load: () => (require('./commands/prune') as typeof import('./commands/prune')).pruneCommand(),
  },
  plan: {
    summary: 'show what enrollment would do to every account',
    load: () => (require('./commands/plan') as typeof import('./commands/plan')).planCommand(),
  },
  trust: {
    summary: 'prove that trust runs one way',
    load: () => (require('./commands/trust') as typeof import('./commands/trust')).trustCommand(),
  },
  backup: {
    summary: 'start an on-demand backup that is copied to the vault',
    load: () => (require('./commands/backup') as typeof import('./commands/backup')).backupCommand(),
  },
  probe: {
    summary: 'test what the documentation of AWS leaves open',
    load: () => (require('./commands/probe') as typeof import('./commands/probe')).probeCommand(),
  },
  config: {
    summary: 'check the configuration, and show every fault at once',
    load: () => (require('./commands/config') as typeof import('./commands/config')).configCommand(),
  },
  accept: {
    summary: 'record the decisions that the vault waits for',
    load: () => (require('./commands/accept') as typeof import('./commands/accept')).acceptCommand(),
  },
  evict: {
    summary: 'stop the vault’s imports from an account',
    load: () => (require('./commands/evict') as typeof import('./commands/evict')).evictCommand(),
  },
  move: {
    summary: 'move an account to another cell',
    load: () => (require('./commands/move') as typeof import('./commands/move')).moveCommand(),
  },
  teardown: {
    summary: 'remove Checkvalve, or show what that would do',
    load: () => (require('./commands/teardown') as typeof import('./commands/teardown')).teardownCommand(),
  },
};

const program = new Command('checkvalve')
  .description(
    'A copy of every production database of an AWS Organization, in an account that no member account can touch.',
  )
  .option(
    '--config <file>',
    'configuration file: .ts that exports `config`, or .json; default: src/checkvalve.config.ts',
  )
  .showHelpAfterError('(run checkvalve --help)')
  .addHelpText(
    'after',
    `
Examples:
  checkvalve rehearse --json      rehearse, and print one JSON document
  checkvalve rehearse --from prune-copies
                                  start at a phase that was rehearsed before
  checkvalve prune --dry-run      show what the vault would delete next
  checkvalve backup orders        start a backup of the database orders
  checkvalve config check         check the configuration
  checkvalve accept 111122223333  let the vault follow this account
  checkvalve trust rules          show the rules of one-way trust
  checkvalve probe --rehearsal    run the probes against the emulator
  checkvalve trust explain --case c.json
                                  show whether an access is allowed, and which
                                  statement decides

\`checkvalve COMMAND --help\` explains a command.
Only \`accept\`, \`evict\`, \`backup\`, \`probe\` and \`teardown --yes\` change anything
in AWS, and none of them with --rehearsal. Every failure ends with exit code 1.
A reader that closes the pipe early, such as head, changes neither the work nor
the exit code. An output that cannot be written, such as to a full disk, is a
failure.`,
  );

const [first, second] = program.parseOptions(process.argv.slice(2)).operands;
const given = first === 'help' ? second : first;
for (const [name, { summary, load }] of Object.entries(VERBS)) {
  program.addCommand(name === given ? load().summary(summary) : new Command(name).summary(summary));
}

program.parseAsync().catch((error: unknown) => {
  printFault(error);
  process.exitCode = 1;
});
