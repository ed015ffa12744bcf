import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { ListAccountsCommand, ListTagsForResourceCommand } from '@aws-sdk/client-organizations';
import { DescribeDBClustersCommand, DescribeDBInstancesCommand } from '@aws-sdk/client-rds';
import { config } from '../../src/checkvalve.config';
import type { CheckvalveConfig } from '../../src/config/checkvalve-config';
import { buildWorld, worldOf } from '../../src/rehearsal/world';
import {
  clients,
  MANAGEMENT,
  MISSING_TAG,
  OTHER_SOURCE,
  SOURCE,
  useEmulator,
  VAULT,
} from '../src/emulator/emulator-world';

const emulator = useEmulator();
const { organization } = config;

async function built(changed: Partial<CheckvalveConfig> = {}) {
  const given = { ...config, ...changed };
  await buildWorld(emulator(), worldOf(given), given);
  const { organizations } = clients(emulator(), MANAGEMENT);
  const { Accounts = [] } = await organizations.send(new ListAccountsCommand({}));
  const tagsOf = async (ResourceId: string) =>
    (await organizations.send(new ListTagsForResourceCommand({ ResourceId }))).Tags ?? [];
  return { accounts: new Map(Accounts.map((account) => [account.Id ?? '', account])), tagsOf };
}

test('the example organization has production accounts in nested units, one without the tag and a suspended one', async () => {
  const { accounts, tagsOf } = await built();
  const [unit] = organization.targetUnits;
  const base = `${organization.id}/${organization.rootId}/${unit}/ou-ex01-nested01`;
  expect(accounts.get(SOURCE)?.Paths).toEqual([`${base}/${SOURCE}/`]);
  expect(accounts.get(OTHER_SOURCE)?.Paths).toEqual([`${base}/ou-ex01-nested02/${OTHER_SOURCE}/`]);
  const production = [{ Key: 'environment', Value: 'production' }];
  expect(await tagsOf(SOURCE)).toEqual(production);
  expect(await tagsOf(OTHER_SOURCE)).toEqual(production);
  expect(await tagsOf(MISSING_TAG)).toEqual([]);
  expect(accounts.get('222200008888')?.State).toBe('SUSPENDED');
  expect(await tagsOf('222200008888')).toEqual(production);
  const newcomer = '222200003333';
  expect(await tagsOf(newcomer)).toEqual([]);
  expect([...accounts.keys()].sort()).toEqual(
    ['222200008888', newcomer, MANAGEMENT, SOURCE, OTHER_SOURCE, MISSING_TAG].sort(),
  );
});

test('one database is under aws/rds, the other under a key of its team; both carry the tag that selects them', async () => {
  await built();
  const own = clients(emulator(), SOURCE);
  const other = clients(emulator(), OTHER_SOURCE);
  const [instance] = (await own.rds.send(new DescribeDBInstancesCommand({}))).DBInstances ?? [];
  const [cluster] = (await other.rds.send(new DescribeDBClustersCommand({}))).DBClusters ?? [];
  expect(instance?.DBInstanceArn).toBe(worldOf(config).databases[0]?.arn);
  expect(cluster?.DBClusterArn).toBe(worldOf(config).databases[1]?.arn);
  expect(instance?.TagList).toEqual([{ Key: 'environment', Value: 'production' }]);
  expect(cluster?.TagList).toEqual([{ Key: 'environment', Value: 'production' }]);
  const managedBy = async (by: typeof own, KeyId?: string) =>
    (await by.kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyManager;
  expect(await managedBy(own, instance?.KmsKeyId)).toBe('AWS');
  expect(await managedBy(other, cluster?.KmsKeyId)).toBe('CUSTOMER');
});

test('it follows the configuration: units, tags, and a vault inside the organization', async () => {
  const { accounts, tagsOf } = await built({
    organization: { ...organization, rootId: 'r-zz99', targetUnits: ['r-zz99'] },
    vault: { ...config.vault, account: VAULT, placement: 'inside' },
    accountTag: { key: 'Stage', value: 'live' },
    databaseTag: { key: 'Backup', value: 'yes' },
  });
  expect(accounts.get(SOURCE)?.Paths).toEqual([`${organization.id}/r-zz99/ou-zz99-nested01/${SOURCE}/`]);
  expect(accounts.has(VAULT)).toBe(true);
  expect(await tagsOf(SOURCE)).toEqual([{ Key: 'Stage', Value: 'live' }]);
  const [instance] = (await clients(emulator(), SOURCE).rds.send(new DescribeDBInstancesCommand({}))).DBInstances ?? [];
  expect(instance?.TagList).toEqual([{ Key: 'Backup', Value: 'yes' }]);
});

test('every target unit exists', async () => {
  const units = ['ou-ex01-workload', 'ou-ex01-payments1'];
  const ous = worldOf({ ...config, organization: { ...organization, targetUnits: units } }).organization.ous ?? [];
  expect(ous.map(({ id }) => id)).toEqual([...units, 'ou-ex01-nested01', 'ou-ex01-nested02']);
});
