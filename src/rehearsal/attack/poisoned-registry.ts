import { BatchWriteItemCommand, DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { MANAGEMENT_REGION, NAMES } from '../../contract/names';
import type { Stage } from '../stage';
import type { WorldDatabase } from '../world';
import { type Deed, MANAGER } from './deed';

/** More accounts than the vault accepts in a day. */
const CROWD = 60;
/** Items that DynamoDB takes in one call. */
const WRITES = 25;

/** How the ids of accounts begin that nobody has. */
export const NOBODYS = '1111222200';

/** What the management account writes into the registry that the vault reads. */
export function poisonedRegistry({ emulator, world }: Stage, { account, region }: WorldDatabase): readonly Deed[] {
  const registry = new DynamoDBClient(emulator.client(world.management, MANAGEMENT_REGION));
  return [
    {
      who: MANAGER,
      what: 'takes a source out of the registry',
      comesTo: 'the vault follows it on: removal is a state',
      do: () =>
        registry.send(new DeleteItemCommand({ TableName: NAMES.registryTable, Key: { account: { S: account } } })),
    },
    {
      who: MANAGER,
      what: `puts ${CROWD} accounts into the registry`,
      comesTo: 'no more are accepted than the daily bound allows',
      do: () => crowd(registry, region),
    },
  ];
}

/** Accounts that nobody has. */
async function crowd(registry: DynamoDBClient, region: string): Promise<void> {
  const put = (at: number) => ({
    PutRequest: {
      Item: {
        account: { S: `${NOBODYS}${String(at).padStart(2, '0')}` },
        state: { S: 'enrolled' },
        regions: { L: [{ S: region }] },
        since: { S: '2020-01-01T00:00:00.000Z' },
        reason: { S: 'poison' },
      },
    },
  });
  const requests = Array.from({ length: CROWD }, (_, at) => put(at));
  for (let at = 0; at < requests.length; at += WRITES) {
    const RequestItems = { [NAMES.registryTable]: requests.slice(at, at + WRITES) };
    await registry.send(new BatchWriteItemCommand({ RequestItems }));
  }
}
