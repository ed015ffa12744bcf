import { DeleteItemCommand, type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import { type Decision, decisionKey } from '../../contract/decisions';
import { CheckvalveError } from '../../contract/errors';
import type { AccountId } from '../../contract/ids';
import { NAMES } from '../../contract/names';
import { recordDecision } from './record-decision';

/** What came of a decision. `followed already`: the vault follows the account, so nothing had to be written. */
export type DecisionOutcome = 'recorded' | 'followed already' | 'taken back' | 'nothing to take back';

/**
 * Whose credentials these are.
 * @throws CheckvalveError `ACCESS_DENIED` unless they belong to the vault account
 */
export async function vaultCaller(sts: STSClient, vault: AccountId): Promise<string> {
  const { Account, Arn = 'unknown' } = await sts.send(new GetCallerIdentityCommand({}));
  if (Account === vault) return Arn;
  throw new CheckvalveError(
    'ACCESS_DENIED',
    `These credentials are of account ${Account}, and the vault is ${vault}`,
    'Sign in to the vault account: no other account decides what the vault does.',
  );
}

const item = async (dynamo: DynamoDBClient, account: string) =>
  (await dynamo.send(new GetItemCommand({ TableName: NAMES.sourcesTable, Key: { account: { S: account } } }))).Item;

/** Writes a decision into the vault of one Region. Safe to repeat. An account that is followed need not be accepted. */
export async function decide(dynamo: DynamoDBClient, decision: Decision): Promise<DecisionOutcome> {
  if (decision.kind === 'accepted') {
    const known = await item(dynamo, decision.subject);
    if (known && known.state?.S !== 'left') return 'followed already';
  }
  await recordDecision(dynamo, decision);
  return 'recorded';
}

/** Takes a decision back, in the vault of one Region. Safe to repeat. */
export async function undoDecision(
  dynamo: DynamoDBClient,
  decision: Pick<Decision, 'kind' | 'subject'>,
): Promise<DecisionOutcome> {
  const key = decisionKey(decision);
  if (!(await item(dynamo, key))) return 'nothing to take back';
  await dynamo.send(new DeleteItemCommand({ TableName: NAMES.sourcesTable, Key: { account: { S: key } } }));
  return 'taken back';
}
