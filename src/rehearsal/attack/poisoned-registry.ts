import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  type PutItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import * as METRICS from '../../contract/metrics';
import { MANAGEMENT_REGION, NAMES } from '../../contract/names';
import type { Stage } from '../stage';
import type { WorldDatabase } from '../world';
import { alarmed, type Deed, MANAGER } from './deed';
import { checkKnownAccounts, followedOf, type KnownAccounts, knownIn, maxEnded } from './followed';

/** More accounts than the vault accepts in a day. */
const CROWD = 60;
/** Items that DynamoDB takes in one call. */
const WRITES = 25;
const TableName = NAMES.registryTable;
const { exitsPending, exitsWaiting } = METRICS.followSources;

/** How the ids of accounts begin that nobody has. */
export const NOBODYS = '1111222200';
const crowd = Array.from({ length: CROWD }, (_, at) => `${NOBODYS}${String(at).padStart(2, '0')}`);

type Item = NonNullable<PutItemCommandInput['Item']>;
const itemOf = (account: string, state: string, regions: readonly string[]): Item => ({
  account: { S: account },
  state: { S: state },
  regions: { L: regions.map((S) => ({ S })) },
  since: { S: '2020-01-01T00:00:00.000Z' },
  reason: { S: 'poison' },
});
const registryOf = ({ emulator, world }: Stage) =>
  new DynamoDBClient(emulator.client(world.management, MANAGEMENT_REGION));

/** Another source than the one that attacks. */
export const otherOf = ({ world }: Stage, { account }: WorldDatabase): string =>
  world.production.find((one) => one !== account) ?? account;

/** What the management account writes into the registry that the vault reads, and that ends nothing. */
export function poisonedRegistry(stage: Stage, victim: WorldDatabase, before: KnownAccounts): readonly Deed[] {
  const { account, region } = victim;
  const [registry, other] = [registryOf(stage), otherOf(stage, victim)];
  const isAsBefore = async (one: string) => {
    const now = JSON.stringify((await knownIn(stage, region)).get(one));
    return now === JSON.stringify(before.get(one)) ? undefined : `the vault now says of ${one}: ${now ?? 'nothing'}`;
  };
  return [
    {
      who: MANAGER,
      what: 'takes a source out of the registry',
      comesTo: 'the vault follows it on: removal is a state',
      do: () => registry.send(new DeleteItemCommand({ TableName, Key: { account: { S: account } } })),
      verify: () => isAsBefore(account),
    },
    {
      who: MANAGER,
      what: 'writes of a source what nobody can read',
      comesTo: 'the vault follows it on, and the alarm rings',
      do: () => registry.send(new PutItemCommand({ TableName, Item: { account: { S: other }, state: { N: '7' } } })),
      verify: async (heard) => (await isAsBefore(other)) ?? alarmed(heard, exitsWaiting),
    },
    {
      who: MANAGER,
      what: `puts ${CROWD} accounts into the registry`,
      comesTo: 'no more are accepted than the daily bound allows',
      do: () => write(registry, 'enrolled', region),
      verify: async () => {
        const { maxNewAccountsPerDay } = stage.config.limits;
        const added = followedOf(await knownIn(stage, region), region).filter((one) => one.startsWith(NOBODYS));
        const isBounded = added.length > 0 && added.length <= maxNewAccountsPerDay;
        return isBounded ? undefined : `${added.length} are followed, and at most ${maxNewAccountsPerDay} may be`;
      },
    },
  ];
}

/** What the management account writes to have the vault follow nobody: sources first, then all that it has made up. */
export function endings(stage: Stage, victim: WorldDatabase, before: KnownAccounts): readonly (readonly Deed[])[] {
  const { account, region } = victim;
  const [registry, other] = [registryOf(stage), otherOf(stage, victim)];
  const most = maxEnded(followedOf(before, region).length);
  const put = (Item: Item) => () => registry.send(new PutItemCommand({ TableName, Item }));
  const bounded = async () =>
    checkKnownAccounts(before, await knownIn(stage, region), { region, mayEnd: most, mayAdd: 0 })[0];
  return [
    [
      {
        who: MANAGER,
        what: 'sets a source to left',
        comesTo: `no new copies of it come, its copies stay; at most ${most} end a day`,
        do: put(itemOf(account, 'left', [region])),
        verify: bounded,
      },
      {
        who: MANAGER,
        what: 'takes all Regions from a source',
        comesTo: `told a day before it has left as far as the vault goes; at most ${most} end a day, copies stay`,
        do: put(itemOf(other, 'enrolled', [])),
        verify: bounded,
      },
    ],
    [
      {
        who: MANAGER,
        what: 'sets all other accounts to left',
        comesTo: `followed for a day more, and an alarm starts; then at most ${most} end a day, copies stay`,
        do: () => write(registry, 'left', region),
        verify: async (heard) => (await bounded()) ?? alarmed(heard, exitsPending),
      },
    ],
  ];
}

/** Writes an item of each account that nobody has. */
async function write(registry: DynamoDBClient, state: string, region: string): Promise<void> {
  const requests = crowd.map((account) => ({ PutRequest: { Item: itemOf(account, state, [region]) } }));
  for (let at = 0; at < requests.length; at += WRITES) {
    const RequestItems = { [TableName]: requests.slice(at, at + WRITES) };
    await registry.send(new BatchWriteItemCommand({ RequestItems }));
  }
}
