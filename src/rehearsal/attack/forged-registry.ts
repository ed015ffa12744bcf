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
import { type AttackAction, MANAGEMENT, measured } from './attack-action';
import { checkKnownAccounts, followedOf, type KnownAccounts, knownIn, maxEnded } from './known-accounts';

/** More accounts than the vault accepts in a day. */
const MANY = 60;
/** Items that DynamoDB takes in one call. */
const MAX_WRITES = 25;
const TableName = NAMES.registryTable;
const { exitsPending, exitsWaiting } = METRICS.followSources;

/** The first digits of the account ids that the attack invents. */
export const INVENTED = '1111222200';
const invented = Array.from({ length: MANY }, (_, at) => `${INVENTED}${String(at).padStart(2, '0')}`);

type Item = NonNullable<PutItemCommandInput['Item']>;
const itemOf = (account: string, state: string, regions: readonly string[]): Item => ({
  account: { S: account },
  state: { S: state },
  regions: { L: regions.map((S) => ({ S })) },
  since: { S: '2020-01-01T00:00:00.000Z' },
  reason: { S: 'forged' },
});
const registryOf = ({ emulator, world }: Stage) =>
  new DynamoDBClient(emulator.client(world.management, MANAGEMENT_REGION));

/** A source other than the one of this database. */
const otherSource = ({ world }: Stage, { account }: WorldDatabase): string =>
  world.production.find((one) => one !== account) ?? account;

/** What the management account writes into the registry that ends no account in the vault. */
export function forgedRegistry(stage: Stage, database: WorldDatabase, before: KnownAccounts): readonly AttackAction[] {
  const { account, region } = database;
  const [registry, other] = [registryOf(stage), otherSource(stage, database)];
  const isAsBefore = async (one: string) => {
    const now = JSON.stringify((await knownIn(stage, region)).get(one));
    return now === JSON.stringify(before.get(one)) ? undefined : `the vault's entry of ${one} is ${now ?? 'gone'}`;
  };
  return [
    {
      attacker: MANAGEMENT,
      action: 'deletes the entry of a source from the registry',
      outcome: 'the vault continues to follow the source: only the state “left” ends it',
      act: () => registry.send(new DeleteItemCommand({ TableName, Key: { account: { S: account } } })),
      verify: () => isAsBefore(account),
    },
    {
      attacker: MANAGEMENT,
      action: 'writes an entry of a source that no step can parse',
      outcome: 'the vault continues to follow the source, and an alarm is raised',
      act: () => registry.send(new PutItemCommand({ TableName, Item: { account: { S: other }, state: { N: '7' } } })),
      verify: async (logs) => (await isAsBefore(other)) ?? measured(logs, exitsWaiting),
    },
    {
      attacker: MANAGEMENT,
      action: `writes ${MANY} accounts into the registry`,
      outcome: 'the vault accepts at most as many in a day as the configuration allows',
      act: () => write(registry, 'enrolled', region),
      verify: async () => {
        const { maxNewAccountsPerDay } = stage.config.limits;
        const added = followedOf(await knownIn(stage, region), region).filter((one) => one.startsWith(INVENTED));
        const isBounded = added.length > 0 && added.length <= maxNewAccountsPerDay;
        return isBounded ? undefined : `the vault follows ${added.length}, and at most ${maxNewAccountsPerDay} may be`;
      },
    },
  ];
}

/** What the management account writes to end every account: first the sources, then the accounts that it invented. */
export function endings(
  stage: Stage,
  database: WorldDatabase,
  before: KnownAccounts,
): readonly (readonly AttackAction[])[] {
  const { account, region } = database;
  const [registry, other] = [registryOf(stage), otherSource(stage, database)];
  const max = maxEnded(followedOf(before, region).length);
  const put = (Item: Item) => () => registry.send(new PutItemCommand({ TableName, Item }));
  const bounded = async () =>
    checkKnownAccounts(before, await knownIn(stage, region), { region, mayEnd: max, mayAdd: 0 })[0];
  return [
    [
      {
        attacker: MANAGEMENT,
        action: 'sets a source to left',
        outcome: `its copies stay, and no new ones are imported a day later; at most ${max} accounts end in a day`,
        act: put(itemOf(account, 'left', [region])),
        verify: bounded,
      },
      {
        attacker: MANAGEMENT,
        action: 'removes all Regions from the entry of a source',
        outcome: `the same as “left”: an alarm a day before, copies stay; at most ${max} accounts end in a day`,
        act: put(itemOf(other, 'enrolled', [])),
        verify: bounded,
      },
    ],
    [
      {
        attacker: MANAGEMENT,
        action: 'sets all other accounts to left',
        outcome: `an alarm is raised, and the vault follows them for one more day; then at most ${max} accounts end in a day, copies stay`,
        act: () => write(registry, 'left', region),
        verify: async (logs) => (await bounded()) ?? measured(logs, exitsPending),
      },
    ],
  ];
}

/** Writes an entry of each invented account. */
async function write(registry: DynamoDBClient, state: string, region: string): Promise<void> {
  const requests = invented.map((account) => ({ PutRequest: { Item: itemOf(account, state, [region]) } }));
  for (let at = 0; at < requests.length; at += MAX_WRITES) {
    const RequestItems = { [TableName]: requests.slice(at, at + MAX_WRITES) };
    await registry.send(new BatchWriteItemCommand({ RequestItems }));
  }
}
