import { type AttributeValue, type DynamoDBClient, PutItemCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import { CheckvalveError } from '../../../src/contract/errors';
import { accountId, region } from '../../../src/contract/ids';
import type { Registry, RegistryEntry } from '../ports/registry';

const STATES = ['enrolled', 'leaving', 'left'] as const;

function entry(item: Record<string, AttributeValue>): RegistryEntry {
  const state = STATES.find((known) => known === item.state?.S);
  if (!state) {
    throw new CheckvalveError(
      'INVALID_INPUT',
      `The registry entry of ${item.account?.S} has the state ${JSON.stringify(item.state?.S)}`,
      `Set it to one of ${STATES.join(', ')}, or let enroll-accounts write it again.`,
    );
  }
  return {
    account: accountId(item.account?.S),
    state,
    regions: (item.regions?.L ?? []).map((value) => region(value.S)),
    since: item.since?.S ?? '',
    reason: item.reason?.S ?? '',
  };
}

/** {@link Registry} on a DynamoDB table with the key `account`. */
export class DynamoRegistry implements Registry {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
  ) {}

  async entries(): Promise<readonly RegistryEntry[]> {
    const found: RegistryEntry[] = [];
    for await (const page of paginateScan({ client: this.client }, { TableName: this.table, ConsistentRead: true })) {
      found.push(...(page.Items ?? []).map(entry));
    }
    return found;
  }

  async put({ account, state, regions, since, reason }: RegistryEntry): Promise<void> {
    await this.client.send(
      new PutItemCommand({
        TableName: this.table,
        Item: {
          account: { S: account },
          state: { S: state },
          regions: { L: regions.map((S) => ({ S })) },
          since: { S: since },
          reason: { S: reason },
        },
      }),
    );
  }
}
