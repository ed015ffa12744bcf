import type { CheckvalveConfig } from '../../config/checkvalve-config';
import type { Decision, DecisionKind } from '../../contract/decisions';
import { accountId } from '../../contract/ids';
import { NAMES } from '../../contract/names';
import type { DecisionOutcome } from '../../operations/accept/decide';
import { type CallDescription, callAws } from '../../operations/call-aws';
import { print } from '../output';

/** A decision to record, without its author and time. */
export type NewDecision = Pick<Decision, 'kind' | 'subject' | 'because'>;

/** Records decisions in the vault of every configured Region, or removes them; prints each as soon as it is done. */
export async function decideInVault(
  { vault, regions }: CheckvalveConfig,
  decisions: readonly NewDecision[],
  undo = false,
): Promise<void> {
  // Loaded here, so that other commands do not wait for the SDK.
  const { decide, undoDecision, vaultCaller } =
    require('../../operations/accept/decide') as typeof import('../../operations/accept/decide');
  const { clientsOf } = require('../../operations/accept/clients') as typeof import('../../operations/accept/clients');
  for (const region of regions) {
    const { dynamo, sts } = clientsOf(region);
    const by = await callAws(awsCall(vault.account, `No decision was recorded in ${region}`), () =>
      vaultCaller(sts, accountId(vault.account)),
    );
    for (const one of decisions) {
      const done = await callAws(
        awsCall(vault.account, `The decision about ${one.subject} was not recorded in ${region}`),
        () => (undo ? undoDecision(dynamo, one) : decide(dynamo, { ...one, by, at: new Date().toISOString() })),
      );
      print(`${TITLES[one.kind]}${one.kind === 'clock' ? '' : ` ${one.subject}`} in ${region}: ${OUTCOMES[done]}`);
    }
  }
}

/** How a decision is printed, before its subject. */
const TITLES: Readonly<Record<DecisionKind, string>> = {
  accepted: 'accept account',
  evicted: 'evict account',
  left: 'confirm the exit of account',
  database: 'reserve room for database',
  excluded: 'confirm the exclusion of database',
  size: 'accept the size of export copy',
  clock: 'confirm the clock',
};

/** How an outcome is printed. */
const OUTCOMES: Readonly<Record<DecisionOutcome, string>> = {
  recorded: 'recorded',
  'already-followed': 'the vault already follows it',
  removed: 'removed',
  'not-found': 'there is no such decision',
};

const awsCall = (vault: string, failed: string): CallDescription => ({
  failed,
  whose: `the vault account ${vault}`,
  needs: `dynamodb:GetItem, dynamodb:PutItem and dynamodb:DeleteItem on the table ${NAMES.sourcesTable}`,
  helps:
    "Deploy the vault in this Region if it is missing (npx cdk deploy 'Vault-*'), then run the command again; it is safe to repeat.",
  otherwise: 'Or use --rehearsal, which needs no AWS account.',
});
