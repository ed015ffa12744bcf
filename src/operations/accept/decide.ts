import { DeleteItemCommand, type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import { type Decision, decisionKey } from '../../contract/decisions';
import { CheckvalveError } from '../../contract/errors';
import type { AccountId } from '../../contract/ids';
import { NAMES } from '../../contract/names';
import { recordDecision } from './record-decision';

/** The outcome of a decision. `already-followed`: the vault follows the account, so nothing had to be recorded. */
export type DecisionOutcome = 'recorded' | 'already-followed' | 'removed' | 'not-found';

/**
 * The ARN of the caller.
 * @throws CheckvalveError `ACCESS_DENIED` unless the caller belongs to the vault account
 */
export async function vaultCaller(sts: STSClient, vault: AccountId): Promise<string> {
  const { Account, Arn = 'unknown' } = await sts.send(new GetCallerIdentityCommand({}));
  if (Account === vault) return Arn;
  throw new CheckvalveError(
    'ACCESS_DENIED',
    `The credentials belong to account ${Account}, and the vault is ${vault}`,
    'Use credentials of the vault account: decisions about the vault are recorded there.',
  );
}

const item = async (dynamo: DynamoDBClient, account: string) =>
  (await dynamo.send(new GetItemCommand({ TableName: NAMES.sourcesTable, Key: { account: { S: account } } }))).Item;

/** Records a decision in the vault of one Region. Safe to repeat. An account that the vault follows needs no acceptance. */
export async function decide(dynamo: DynamoDBClient, decision: Decision): Promise<DecisionOutcome> {
  if (decision.kind === 'accepted') {
    const known = await item(dynamo, decision.subject);
    if (known && known.state?.S !== 'left') return 'already-followed';
  }
  await recordDecision(dynamo, decision);
  return 'recorded';
}

/** Removes a decision from the vault of one Region. Safe to repeat. */
export async function undoDecision(
  dynamo: DynamoDBClient,
  decision: Pick<Decision, 'kind' | 'subject'>,
): Promise<DecisionOutcome> {
  const key = decisionKey(decision);
  if (!(await item(dynamo, key))) return 'not-found';
  await dynamo.send(new DeleteItemCommand({ TableName: NAMES.sourcesTable, Key: { account: { S: key } } }));
  return 'removed';
}
