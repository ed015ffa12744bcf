import { Command } from 'commander';
import { faultOfModule } from '../config/load-module';
import { guardOutput } from './guard-output';
import { printFault } from './print-fault';

guardOutput();
// Work that is not awaited, such as a timer of a configuration, ends here; it leaves nothing that could be relied on.
process.on('uncaughtException', (error) => {
  printFault(faultOfModule(error) ?? error);
  process.exit(1);
});

interface Verb {
  readonly summary: string;
  readonly load: () => Command;
}

/** Every command, in the order of the help. Only the one that was asked for is loaded. */
const VERBS: Readonly<Record<string, Verb>> = {
  rehearse: {
    summary: 'play the landing zone on this machine',
    load: () => (require('./commands/rehearse') as typeof import('./commands/rehearse')).rehearseCommand(),
  },
  status: {
    summary: 'how old is every database’s newest copy?',
    load: () => (require('./commands/status') as typeof import('./commands/status')).statusCommand(),
  },
  doctor: {
    summary: 'what is wrong beside the databases',
    load: () => (require('./commands/doctor') as typeof import('./commands/doctor')).doctorCommand(),
  },
  prune: {
    summary: 'what the vault would delete next, and why',
    load: () => (require('./commands/prune') as typeof import('./commands/prune')).pruneCommand(),
  },
  plan: {
    summary: 'what enrollment would do to every account',
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
    summary: 'ask AWS what its documentation leaves open',
    load: () => (require('./commands/probe') as typeof import('./commands/probe')).probeCommand(),
  },
  config: {
    summary: 'check the configuration: every fault at once',
    load: () => (require('./commands/config') as typeof import('./commands/config')).configCommand(),
  },
  accept: {
    summary: 'accept what waits in the vault for a decision',
    load: () => (require('./commands/accept') as typeof import('./commands/accept')).acceptCommand(),
  },
  evict: {
    summary: 'let the vault import nothing more from an account',
    load: () => (require('./commands/evict') as typeof import('./commands/evict')).evictCommand(),
  },
  teardown: {
    summary: 'what taking it all out would do, and what stays',
    load: () => (require('./commands/teardown') as typeof import('./commands/teardown')).teardownCommand(),
  },
};

const program = new Command('checkvalve')
  .description(
    'A copy of every production database of an AWS Organization, in an account that no member account can touch.',
  )
  .option(
    '--config <file>',
    'another configuration than src/checkvalve.config.ts (.ts that exports `config`, or .json)',
  )
  .showHelpAfterError('(checkvalve --help shows how)')
  .addHelpText(
    'after',
    `
Examples:
  checkvalve rehearse --json      play it all, and print one JSON document
  checkvalve rehearse --from prune-copies
                                  begin in the middle, where it was played once
  checkvalve prune --dry-run      what the vault would delete next
  checkvalve backup orders        start a backup of the database orders
  checkvalve config check         check the configuration
  checkvalve accept 111122223333  let the vault follow that account
  checkvalve trust rules          what one-way trust promises, and refuses
  checkvalve probe --rehearsal    ask the emulator what is to be asked of AWS
  checkvalve trust explain --case c.json
                                  is this access allowed, and which statement
                                  decides?

\`checkvalve COMMAND --help\` explains a command.
Only \`accept\`, \`backup\`, \`probe\` and \`teardown --yes\` change anything in AWS,
none of them with --rehearsal. Every failure ends with exit code 1. A reader
that leaves early, such as head, changes neither the work nor the exit code; an
output that cannot be written, such as one on a full disk, is a failure.`,
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
