import { Command } from 'commander';
import { loadConfig } from '../../config/load-config';
import { CheckvalveError } from '../../contract/errors';
import { accountId } from '../../contract/ids';
import { type DecisionFlags, requestedDecisions } from '../../operations/accept/requested-decisions';
import { dim } from '../styles';
import { decideInVault } from './decide-in-vault';

interface AcceptOptions extends DecisionFlags {
  readonly because?: string;
  readonly rehearsal?: boolean;
}

const print = (text: string) => process.stdout.write(`${text}\n`);
const progress = (line: string) => process.stderr.write(`${dim(line, process.stderr)}\n`);

/** `checkvalve accept`: a person in the vault decides what the vault does not decide by itself. */
export const acceptCommand = (): Command =>
  new Command('accept')
    .description('Accept what waits in the vault for a decision: accounts, databases, large copies, exits, the time.')
    .argument('[subject...]', 'account ids, ARNs of databases, ARNs of export copies')
    .option('--left', 'confirm that these accounts left: coverage expects no further copies')
    .option('--excluded', 'confirm that these databases are no longer backed up on purpose')
    .option('--clock', 'confirm that the time is right, after prune-copies stopped because it jumped')
    .option('--because <reason>', 'why; it is kept with the decision')
    .option('--rehearsal', 'show it in a rehearsal with accounts; no AWS account is needed')
    .addHelpText(
      'after',
      `
What a subject is says what is accepted:
  an account id          the vault follows the account, however many accounts
                         came in a day (limits.maxNewAccountsPerDay)
  the ARN of a database  the vault promises room to it, however many databases
                         of its account are new
  the ARN of an export   the vault imports it although it is larger than the
  copy                   configuration allows

The log of follow-sources and of import-copies, and the daily message, name what
waits. This command writes into the vault's own table, in every configured
Region, with the credentials of the vault account that the AWS SDK finds
(AWS_PROFILE, SSO, environment); credentials of another account are refused.
checkvalve evict does the opposite for an account.

Examples:
  checkvalve accept 222200001111 222200002222
  checkvalve accept arn:aws:rds:eu-central-1:222200001111:db:orders
  checkvalve accept --left 222200003333 --because "sold in May"
  checkvalve accept --clock
  checkvalve accept 222200002222 --rehearsal`,
    )
    .action(async (subjects: readonly string[], options: AcceptOptions, command: Command) => {
      const chosen = requestedDecisions(subjects, options);
      const config = loadConfig(command.optsWithGlobals().config);
      const { because, rehearsal } = options;
      if (!rehearsal) {
        await decideInVault(
          config,
          chosen.map((one) => ({ ...one, ...(because && { because }) })),
        );
        print('The next runs of the steps in the vault, within an hour, go by it; prune-copies within six.');
        return;
      }
      if (chosen.some(({ kind }) => kind !== 'accepted')) {
        throw new CheckvalveError(
          'INVALID_INPUT',
          '--rehearsal shows how accounts are accepted, and nothing else',
          'Give account ids alone, or leave --rehearsal out.',
        );
      }
      const { rehearseAcceptance } =
        require('../../rehearsal/phases/rehearse-acceptance') as typeof import('../../rehearsal/phases/rehearse-acceptance');
      const accounts = chosen.map(({ subject }) => accountId(subject));
      for (const line of await rehearseAcceptance(config, accounts, progress)) print(line);
    });
