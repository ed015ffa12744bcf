import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { STSClient } from '@aws-sdk/client-sts';

/** Clients that act with the credentials that the SDK finds, in one Region. */
export const clientsOf = (region: string): { readonly dynamo: DynamoDBClient; readonly sts: STSClient } => ({
  dynamo: new DynamoDBClient({ region }),
  sts: new STSClient({ region }),
});
