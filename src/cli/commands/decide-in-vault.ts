import type { CheckvalveConfig } from '../../config/checkvalve-config';
import type { Decision, DecisionKind } from '../../contract/decisions';
import { accountId } from '../../contract/ids';
import { NAMES } from '../../contract/names';
import { type AwsCall, callAws } from '../../operations/call-aws';

const print = (text: string) => process.stdout.write(`${text}\n`);

/** What a person wants to decide: everything of a decision but who and when. */
export type Wanted = Pick<Decision, 'kind' | 'subject' | 'because'>;

/** Writes decisions into the vault of every configured Region, or takes them back; each is told as soon as it is done. */
export async function decideInVault(
  { vault, regions }: CheckvalveConfig,
  wanted: readonly Wanted[],
  takingBack = false,
): Promise<void> {
  // Loaded only here: the SDK takes time that other commands need not wait for.
  const { decide, undoDecision, vaultCaller } =
    require('../../operations/accept/decide') as typeof import('../../operations/accept/decide');
  const { clientsOf } = require('../../operations/accept/clients') as typeof import('../../operations/accept/clients');
  for (const region of regions) {
    const { dynamo, sts } = clientsOf(region);
    const by = await callAws(asked(vault.account, `Nothing is decided in ${region}`), () =>
      vaultCaller(sts, accountId(vault.account)),
    );
    for (const one of wanted) {
      const done = await callAws(asked(vault.account, `${one.subject} is not decided in ${region}`), () =>
        takingBack ? undoDecision(dynamo, one) : decide(dynamo, { ...one, by, at: new Date().toISOString() }),
      );
      print(`${SHOWN[one.kind]}${one.kind === 'clock' ? '' : ` ${one.subject}`} in ${region}: ${done}`);
    }
  }
}

/** What a decision is called in front of its subject. */
const SHOWN: Readonly<Record<DecisionKind, string>> = {
  accepted: 'accept account',
  evicted: 'evict account',
  left: 'confirm the exit of account',
  database: 'promise room to database',
  excluded: 'confirm the exclusion of database',
  size: 'accept the size of export copy',
  clock: 'confirm the time',
};

const asked = (vault: string, failed: string): AwsCall => ({
  failed,
  whose: `the vault account ${vault}`,
  needs: `dynamodb:GetItem, dynamodb:PutItem and dynamodb:DeleteItem on the table ${NAMES.sourcesTable}`,
  helps:
    "Is the vault deployed in this Region? npx cdk deploy 'Vault-*' deploys it. Then run it again: nothing is done twice.",
  otherwise: 'Or see it in a rehearsal with --rehearsal.',
});
