import { Command } from 'commander';
import { loadConfig } from '../../config/load-config';
import { CheckvalveError } from '../../contract/errors';
import { isAccountId } from '../../contract/ids';
import { decideInVault } from './decide-in-vault';

interface EvictOptions {
  readonly because?: string;
  readonly undo?: boolean;
}

/** `checkvalve evict`: a person in the vault ends what the vault imports from an account, whatever the registry says. */
export const evictCommand = (): Command =>
  new Command('evict')
    .description('Let the vault import nothing more from accounts, whatever the management account says.')
    .argument('<account...>', 'ids of accounts, twelve digits each')
    .option('--because <reason>', 'why; required, and kept with the decision')
    .option('--undo', 'take the eviction back: the registry counts again, within the daily bound')
    .addHelpText(
      'after',
      `
For an account that floods the vault, or that was taken over. Its copies in the
vault stay for their terms; nothing new is imported, and coverage says of its
databases that their account left. The eviction outlives whatever the registry
of the management account says, until --undo.

Writes into the vault's own table, in every configured Region, with the
credentials of the vault account that the AWS SDK finds (AWS_PROFILE, SSO,
environment): dynamodb:GetItem, dynamodb:PutItem, dynamodb:DeleteItem.

Examples:
  checkvalve evict 222200001111 --because "shares hundreds of copies since May 3"
  checkvalve evict 222200001111 --undo`,
    )
    .action(async (accounts: readonly string[], { because, undo }: EvictOptions, command: Command) => {
      const bad = accounts.filter((text) => !isAccountId(text)).map((text) => JSON.stringify(text));
      const faults = [
        ...(bad.length > 0 ? [`${bad.join(', ')}: not an account id`] : []),
        ...(undo || because?.trim() ? [] : ['--because is missing']),
      ];
      if (faults.length > 0) {
        const remedy = 'Give exactly twelve digits for each account, and --because "why"; nothing was changed.';
        throw new CheckvalveError('INVALID_INPUT', faults.join('; '), remedy);
      }
      const wanted = [...new Set(accounts)].map((subject) => ({ kind: 'evicted' as const, subject, because }));
      await decideInVault(loadConfig(command.optsWithGlobals().config), wanted, undo);
    });
