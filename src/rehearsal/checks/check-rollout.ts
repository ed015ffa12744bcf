import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { NAMES } from '../../contract/names';
import type { CheckFailure } from '../result';
import type { EmulatedWorld } from './evidence';

/** The registry has the tooling of every production account as current in every Region, with the version of its template. */
export async function checkRollout({ emulator, world }: EmulatedWorld): Promise<CheckFailure[]> {
  const client = new DynamoDBClient(emulator.client(world.management, 'us-east-1'));
  const failures: CheckFailure[] = [];
  for (const account of world.production) {
    const Key = { account: { S: account } };
    const { Item } = await client.send(new GetItemCommand({ TableName: NAMES.registryTable, Key }));
    const rollout = JSON.parse(Item?.rollout?.S ?? '{}') as Readonly<
      Record<string, { state?: string; version?: string }>
    >;
    for (const region of world.regions) {
      const { state, version } = rollout[region] ?? {};
      if (state === 'current' && version) continue;
      failures.push({ account, cause: `its tooling in ${region} is ${state ?? 'not in the registry'}` });
    }
  }
  return failures;
}
