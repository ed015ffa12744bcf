import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import { decisionKey } from '../contract/decisions';
import { CheckvalveError } from '../contract/errors';
import type { AccountId } from '../contract/ids';
import { NAMES } from '../contract/names';

/** What came of accepting one account. */
export type Acceptance =
  | { readonly kind: 'accepted'; readonly account: AccountId }
  | { readonly kind: 'followed already'; readonly account: AccountId };

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
    'Sign in to the vault account: nobody else decides whom it follows.',
  );
}

/**
 * Writes down, in the vault of one Region, that a person accepts these accounts: however many were accepted today, the
 * next run of follow-sources takes them in as soon as the registry has them.
 */
export async function acceptSources(
  dynamo: DynamoDBClient,
  accounts: readonly AccountId[],
  by: string,
  now: Date,
): Promise<readonly Acceptance[]> {
  const TableName = NAMES.sourcesTable;
  const done: Acceptance[] = [];
  for (const account of accounts) {
    const { Item } = await dynamo.send(new GetItemCommand({ TableName, Key: { account: { S: account } } }));
    if (Item) {
      done.push({ kind: 'followed already', account });
      continue;
    }
    const note = {
      account: { S: decisionKey({ kind: 'accepted', subject: account }) },
      by: { S: by },
      at: { S: now.toISOString() },
    };
    await dynamo.send(new PutItemCommand({ TableName, Item: note }));
    done.push({ kind: 'accepted', account });
  }
  return done;
}
