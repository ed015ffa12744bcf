import { Command } from 'commander';
import type { CheckvalveConfig } from '../../config/checkvalve-config';
import { loadConfig } from '../../config/load-config';
import { type AccountId, accountId } from '../../contract/ids';
import { dim } from '../print';

const print = (text: string) => process.stdout.write(`${text}\n`);
const progress = (line: string) => process.stderr.write(`${dim(line, process.stderr)}\n`);

/** Accepts accounts in the vault of every configured Region. */
async function live({ vault, regions }: CheckvalveConfig, accounts: readonly AccountId[]): Promise<void> {
  // Loaded only here: the SDK takes time that other commands need not wait for.
  const { acceptSources, vaultCaller } =
    require('../../acceptance/accept-sources') as typeof import('../../acceptance/accept-sources');
  const { clientsOf } = require('../../acceptance/clients') as typeof import('../../acceptance/clients');
  for (const region of regions) {
    const { dynamo, sts } = clientsOf(region);
    const by = await vaultCaller(sts, accountId(vault.account));
    for (const { kind, account } of await acceptSources(dynamo, accounts, by, new Date())) {
      print(`${account} in ${region}: ${kind}`);
    }
  }
  print('The next run of follow-sources, within an hour, takes in what is accepted and in the registry.');
}

/** `checkvalve accept`: a person lets the vault follow accounts beyond its daily bound. */
export const acceptCommand = (): Command =>
  new Command('accept')
    .description('Let the vault follow accounts that wait because too many came in a day.')
    .argument('<account...>', 'ids of accounts, twelve digits each')
    .option('--rehearsal', 'show it in a rehearsal; no AWS account is needed')
    .addHelpText(
      'after',
      `
The vault follows new accounts by itself, up to limits.additionsADay a day; the others wait, and the log of follow-sources
names them. This command writes into the vault's own table that a person accepts them, with the credentials of the vault
account that the AWS SDK finds (AWS_PROFILE, SSO, environment); credentials of another account are refused.

Examples:
  checkvalve accept 222200001111 222200002222
  checkvalve accept 222200002222 --rehearsal`,
    )
    .action(async (texts: readonly string[], { rehearsal }: { rehearsal?: boolean }, command: Command) => {
      const accounts = texts.map((text) => accountId(text));
      const config = loadConfig(command.optsWithGlobals().config);
      if (!rehearsal) return live(config, accounts);
      const { rehearseAcceptance } =
        require('../../rehearsal/rehearse-acceptance') as typeof import('../../rehearsal/rehearse-acceptance');
      for (const line of await rehearseAcceptance(config, accounts, progress)) print(line);
    });
