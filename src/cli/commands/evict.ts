import { Command } from 'commander';
import { loadConfig } from '../../config/load-config';
import { CheckvalveError } from '../../contract/errors';
import { isAccountId } from '../../contract/ids';
import { selectedCell } from '../selected-cells';
import { decideInVault } from './decide-in-vault';

interface EvictOptions {
  readonly because?: string;
  readonly undo?: boolean;
  readonly cell?: string;
}

const HELP = `
Use it for an account that floods the vault or is compromised. The vault keeps
its copies for their retention and imports no new ones; the protection status of
its databases is account-left. The eviction lasts until --undo, regardless of
the registry of the management account.

The command writes to the vault's table checkvalve-sources in every configured
Region, with credentials of the vault account that the AWS SDK finds
(AWS_PROFILE, SSO, environment). They need dynamodb:GetItem, dynamodb:PutItem
and dynamodb:DeleteItem.

Examples:
  checkvalve evict 222200001111 --because "floods the vault since May 3"
  checkvalve evict 222200001111 --undo`;

/** `checkvalve evict`: an operator of the vault stops the imports from an account, regardless of the registry. */
export const evictCommand = (): Command =>
  new Command('evict')
    .description('Stop the vault’s imports from accounts, regardless of the management account’s registry.')
    .argument('<account...>', 'account ids of twelve digits')
    .option('--because <reason>', 'the reason, which is required and stored with the decision')
    .option('--cell <name>', 'the cell whose vault decides, of a configuration with vaults')
    .option('--undo', 'remove the eviction: the registry counts again, within limits.maxNewAccountsPerDay')
    .addHelpText('after', HELP)
    .action(async (accounts: readonly string[], { because, undo, cell }: EvictOptions, command: Command) => {
      const invalid = accounts.filter((text) => !isAccountId(text)).map((text) => JSON.stringify(text));
      const faults = [
        ...(invalid.length > 0 ? [`${invalid.join(', ')}: not an account id`] : []),
        ...(undo || because?.trim() ? [] : ['--because is missing']),
      ];
      if (faults.length > 0) {
        const remedy = 'Give account ids of exactly twelve digits, and --because "REASON". Nothing was changed.';
        throw new CheckvalveError('INVALID_INPUT', faults.join('; '), remedy);
      }
      const decisions = [...new Set(accounts)].map((subject) => ({ kind: 'evicted' as const, subject, because }));
      const config = loadConfig(command.optsWithGlobals().config);
      await decideInVault(selectedCell(config, cell).config, decisions, undo);
    });
