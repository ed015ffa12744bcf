import { Command } from 'commander';
import { type Asked, askAws } from '../../ask-aws';
import type { CheckvalveConfig } from '../../config/checkvalve-config';
import { loadConfig } from '../../config/load-config';
import { CheckvalveError } from '../../contract/errors';
import { type AccountId, accountId, isAccountId } from '../../contract/ids';
import { NAMES } from '../../contract/names';
import { dim } from '../styles';

const print = (text: string) => process.stdout.write(`${text}\n`);
const progress = (line: string) => process.stderr.write(`${dim(line, process.stderr)}\n`);

/** Accepts accounts in the vault of every configured Region; each is told as soon as it is done. */
async function live({ vault, regions }: CheckvalveConfig, accounts: readonly AccountId[]): Promise<void> {
  // Loaded only here: the SDK takes time that other commands need not wait for.
  const { acceptSources, vaultCaller } =
    require('../../acceptance/accept-sources') as typeof import('../../acceptance/accept-sources');
  const { clientsOf } = require('../../acceptance/clients') as typeof import('../../acceptance/clients');
  for (const region of regions) {
    const { dynamo, sts } = clientsOf(region);
    const by = await askAws(asked(vault.account, `Nothing is accepted in ${region}`), () =>
      vaultCaller(sts, accountId(vault.account)),
    );
    for (const account of accounts) {
      const done = await askAws(asked(vault.account, `${account} is not accepted in ${region}`), () =>
        acceptSources(dynamo, [account], by, new Date()),
      );
      for (const { kind } of done) print(`${account} in ${region}: ${kind}`);
    }
  }
  print('The next run of follow-sources, within an hour, takes in what is accepted and in the registry.');
}

const asked = (vault: string, failed: string): Asked => ({
  failed,
  whose: `the vault account ${vault}`,
  needs: `dynamodb:GetItem and dynamodb:PutItem on the table ${NAMES.sourcesTable}`,
  helps:
    "Is the vault deployed in this Region? npx cdk deploy 'Vault-*' deploys it. Then run it again: nothing is done twice.",
  otherwise: 'Or see it in a rehearsal with --rehearsal.',
});

/** @throws CheckvalveError `INVALID_INPUT` that names everything that is no account id */
function accountIds(texts: readonly string[]): readonly AccountId[] {
  const bad = texts.filter((text) => !isAccountId(text)).map((text) => JSON.stringify(text));
  if (bad.length === 0) return [...new Set(texts)].map((text) => accountId(text));
  const message =
    bad.length === 1 ? `${bad[0]} is not an account id` : `${bad.length} are not account ids: ${bad.join(', ')}`;
  const remedy = 'Give exactly twelve digits for each; nothing was accepted.';
  throw new CheckvalveError('INVALID_INPUT', message, remedy);
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
The vault follows new accounts by itself, up to limits.additionsADay a day; the
others wait, and the log of follow-sources names them. This command writes into
the vault's own table that a person accepts them, with the credentials of the
vault account that the AWS SDK finds (AWS_PROFILE, SSO, environment);
credentials of another account are refused.

Examples:
  checkvalve accept 222200001111 222200002222
  checkvalve accept 222200002222 --rehearsal`,
    )
    .action(async (texts: readonly string[], { rehearsal }: { rehearsal?: boolean }, command: Command) => {
      const accounts = accountIds(texts);
      const config = loadConfig(command.optsWithGlobals().config);
      if (!rehearsal) return live(config, accounts);
      const { rehearseAcceptance } =
        require('../../rehearsal/rehearse-acceptance') as typeof import('../../rehearsal/rehearse-acceptance');
      for (const line of await rehearseAcceptance(config, accounts, progress)) print(line);
    });
