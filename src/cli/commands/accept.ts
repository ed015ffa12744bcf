import { Command } from 'commander';
import { loadConfig } from '../../config/load-config';
import { CheckvalveError } from '../../contract/errors';
import { accountId } from '../../contract/ids';
import { type DecisionFlags, requestedDecisions } from '../../operations/accept/requested-decisions';
import { print, progress } from '../output';
import { selectedCell } from '../selected-cells';
import { decideInVault } from './decide-in-vault';

interface AcceptOptions extends DecisionFlags {
  readonly because?: string;
  readonly rehearsal?: boolean;
  readonly cell?: string;
}

const HELP = `
The type of the subject selects the decision:
  an account id          the vault follows the account, even beyond
                         limits.maxNewAccountsPerDay
  the ARN of a database  the vault reserves room for it, even beyond
                         vault.admission.maxNewDatabasesPerAccountPerDay
  the ARN of an export   the vault imports it, even beyond
  copy                   vault.admission.maxCopyGiB

The logs of follow-sources and import-copies and the daily message list what
waits. The command writes to the vault's table checkvalve-sources in every
configured Region, with credentials of the vault account that the AWS SDK finds
(AWS_PROFILE, SSO, environment). checkvalve evict does the opposite for an
account.

Examples:
  checkvalve accept 222200001111 222200002222
  checkvalve accept arn:aws:rds:eu-central-1:222200001111:db:orders
  checkvalve accept --left 222200003333 --because "sold in May"
  checkvalve accept --clock
  checkvalve accept 222200002222 --rehearsal`;

/** `checkvalve accept`: an operator of the vault records decisions that the vault waits for. */
export const acceptCommand = (): Command =>
  new Command('accept')
    .description('Record decisions that the vault waits for: accounts, databases, large copies, exits, the clock.')
    .argument('[subject...]', 'account ids, ARNs of databases, ARNs of export copies')
    .option('--left', 'confirm that these accounts left, so that no further copies are expected')
    .option('--excluded', 'confirm that these databases are intentionally no longer backed up')
    .option('--clock', 'confirm that the time is right, after a jump of the clock stopped prune-copies')
    .option('--because <reason>', 'the reason, which is stored with the decision')
    .option('--cell <name>', 'the cell whose vault decides, of a configuration with vaults')
    .option('--rehearsal', 'accept the accounts in a rehearsal; no AWS account is needed')
    .addHelpText('after', HELP)
    .action(async (subjects: readonly string[], options: AcceptOptions, command: Command) => {
      const chosen = requestedDecisions(subjects, options);
      const config = loadConfig(command.optsWithGlobals().config);
      const { because, rehearsal } = options;
      if (!rehearsal) {
        await decideInVault(
          selectedCell(config, options.cell).config,
          chosen.map((one) => ({ ...one, ...(because && { because }) })),
        );
        print(
          'The steps of the vault use the decision from their next run on: within an hour, prune-copies within six.',
        );
        return;
      }
      if (chosen.some(({ kind }) => kind !== 'accepted')) {
        throw new CheckvalveError(
          'INVALID_INPUT',
          '--rehearsal accepts account ids only',
          'Give account ids, or remove --rehearsal.',
        );
      }
      const { rehearseAcceptance } =
        require('../../rehearsal/phases/rehearse-acceptance') as typeof import('../../rehearsal/phases/rehearse-acceptance');
      const accounts = chosen.map(({ subject }) => accountId(subject));
      for (const line of await rehearseAcceptance(config, accounts, progress)) print(line);
    });
