import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { type Decision, decisionKey } from '../../contract/decisions';
import { NAMES } from '../../contract/names';

/** Writes an operator's decision to the vault's table of sources, replacing one of the same kind and subject. */
export async function recordDecision(dynamo: DynamoDBClient, decision: Decision): Promise<void> {
  const { by, at, because } = decision;
  const Item = {
    account: { S: decisionKey(decision) },
    by: { S: by },
    at: { S: at },
    ...(because !== undefined && { because: { S: because } }),
  };
  await dynamo.send(new PutItemCommand({ TableName: NAMES.sourcesTable, Item }));
}
