import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { STSClient } from '@aws-sdk/client-sts';

/** Clients for one Region, with the credentials that the SDK finds. */
export const clientsOf = (region: string): { readonly dynamo: DynamoDBClient; readonly sts: STSClient } => ({
  dynamo: new DynamoDBClient({ region }),
  sts: new STSClient({ region }),
});
