import { Command } from 'commander';
import { acceptCommand } from './commands/accept';
import { backupCommand } from './commands/backup';
import { configCommand } from './commands/config';
import { doctorCommand } from './commands/doctor';
import { planCommand } from './commands/plan';
import { pruneCommand } from './commands/prune';
import { rehearseCommand } from './commands/rehearse';
import { statusCommand } from './commands/status';
import { teardownCommand } from './commands/teardown';
import { trustCommand } from './commands/trust';
import { printFault } from './print';

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
  checkvalve rehearse             play the whole landing zone on this machine
  checkvalve rehearse --json      the same, as one JSON document
  checkvalve status               how old is every database's newest copy?
  checkvalve doctor               what is wrong beside the databases
  checkvalve prune --dry-run      what the vault would delete next, and why
  checkvalve backup orders        start a backup out of turn, that crosses
  checkvalve plan                 what enrolment would do to every account
  checkvalve config check         judge the configuration: every fault at once
  checkvalve teardown             what taking it all out would do, what stays
  checkvalve accept 111122223333  let the vault follow an account that waits
  checkvalve trust                prove that trust runs one way
  checkvalve trust rules          what one-way trust promises, and refuses
  checkvalve trust explain --case c.json
                                  may he do that, and which statement decides?

Only \`accept\`, \`backup\` and \`teardown --yes\` change anything in AWS, none of
them with --rehearsal. Every failure ends with exit code 1.`,
  );

program.addCommand(rehearseCommand());
program.addCommand(statusCommand());
program.addCommand(doctorCommand());
program.addCommand(pruneCommand());
program.addCommand(planCommand());
program.addCommand(trustCommand());
program.addCommand(backupCommand());
program.addCommand(configCommand());
program.addCommand(acceptCommand());
program.addCommand(teardownCommand());

program.parseAsync().catch((error: unknown) => {
  printFault(error);
  process.exitCode = 1;
});
