import {
  CloudTrailClient,
  CreateTrailCommand,
  PutEventSelectorsCommand,
  StartLoggingCommand,
} from '@aws-sdk/client-cloudtrail';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { CreateDBClusterCommand, CreateDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { CheckvalveConfig } from '../config/checkvalve-config';
import { MANAGEMENT_REGION } from '../contract/names';
import type { AccountSpec, OrganizationSpec } from '../emulator/answers';
import type { Emulator } from '../emulator/emulator';
import type { AwsClientSettings } from '../operations/doctor/observe';
import { clearWindows } from './clear-windows';

/** A database of the example organization. */
export interface WorldDatabase {
  readonly account: string;
  readonly region: string;
  readonly id: string;
  readonly kind: 'instance' | 'cluster';
  readonly arn: string;
}

/** The ARN of a database. */
export const databaseArnOf = (region: string, account: string, id: string, kind: 'instance' | 'cluster'): string =>
  `arn:aws:rds:${region}:${account}:${kind === 'cluster' ? 'cluster' : 'db'}:${id}`;

/** The organization that a rehearsal plays in: the configuration's own units and accounts, and invented members. */
export interface World {
  readonly management: string;
  readonly vault: string;
  readonly regions: readonly string[];
  /** The accounts to enroll. */
  readonly production: readonly string[];
  /** Members that must not change: one without the tag, and one with the tag that is suspended. */
  readonly leftAlone: readonly string[];
  /** A member that gets the tag late in a rehearsal, and is enrolled then. */
  readonly newcomer: string;
  readonly databases: readonly WorldDatabase[];
  readonly organization: OrganizationSpec;
}

/** Invented account ids. */
export const EXAMPLE = {
  first: '222200001111',
  second: '222200002222',
  missingTag: '222200009999',
  suspended: '222200008888',
  newcomer: '222200003333',
} as const;

function unitsOf({ organization: { rootId, targetUnits } }: CheckvalveConfig) {
  const made = [...new Set(targetUnits)].filter((id) => id !== rootId);
  const stem = `ou-${rootId.slice(2)}`;
  const [target = rootId] = targetUnits;
  return [
    ...made.map((id) => ({ id, name: `target ${id}`, parent: 'root' })),
    { id: `${stem}-nested01`, name: 'production', parent: target },
    { id: `${stem}-nested02`, name: 'payments', parent: `${stem}-nested01` },
  ];
}

function accountsOf({ organization, accountTag, vault }: CheckvalveConfig, units: readonly string[]): AccountSpec[] {
  const tags = { [accountTag.key]: accountTag.value };
  const [shallow, deep] = units.slice(-2) as [string, string];
  return [
    { id: organization.managementAccount, name: 'management', ou: 'root' },
    { id: EXAMPLE.first, name: 'orders', ou: shallow, tags },
    { id: EXAMPLE.second, name: 'ledger', ou: deep, tags },
    { id: EXAMPLE.missingTag, name: 'playground', ou: shallow },
    { id: EXAMPLE.suspended, name: 'closed down', ou: shallow, tags, state: 'SUSPENDED' },
    { id: EXAMPLE.newcomer, name: 'payroll', ou: shallow },
    ...(vault.placement === 'inside' ? [{ id: vault.account, name: 'vault', ou: 'root' }] : []),
  ];
}

/** The example organization that fits a configuration. */
export function worldOf(config: CheckvalveConfig): World {
  const { organization, vault, regions } = config;
  const ous = unitsOf(config);
  const database = (region: string, account: string, id: string, kind: 'instance' | 'cluster'): WorldDatabase => ({
    account,
    region,
    id,
    kind,
    arn: databaseArnOf(region, account, id, kind),
  });
  return {
    management: organization.managementAccount,
    vault: vault.account,
    regions,
    production: [EXAMPLE.first, EXAMPLE.second],
    leftAlone: [EXAMPLE.missingTag, EXAMPLE.suspended],
    newcomer: EXAMPLE.newcomer,
    // The same names in every Region, so that a collision of names would show.
    databases: regions.flatMap((region) => [
      database(region, EXAMPLE.first, 'orders', 'instance'),
      database(region, EXAMPLE.second, 'ledger', 'cluster'),
    ]),
    organization: {
      management: organization.managementAccount,
      organizationId: organization.id,
      rootId: organization.rootId,
      ous,
      accounts: accountsOf(
        config,
        ous.map(({ id }) => id),
      ),
    },
  };
}

/**
 * Creates the organization and its databases: an RDS instance under the AWS managed key `aws/rds`, whose snapshots cannot be
 * shared without a copy, and whose windows are clear of the backup plans; and an Aurora cluster under a key of its team.
 */
export async function buildWorld(emulator: Emulator, world: World, config: CheckvalveConfig): Promise<void> {
  const { databaseTag } = config;
  await emulator.buildOrganization(world.organization);
  await makeTrail(emulator.client(world.management, MANAGEMENT_REGION));
  const Tags = [{ Key: databaseTag.key, Value: databaseTag.value }];
  const login = { MasterUsername: 'owner', MasterUserPassword: 'not-a-secret' };
  for (const { account, region, id, kind } of world.databases) {
    const settings = emulator.client(account, region);
    const rds = new RDSClient(settings);
    if (kind === 'instance') {
      const size = { DBInstanceClass: 'db.t4g.medium', AllocatedStorage: 100, BackupRetentionPeriod: 7 };
      const engine = { Engine: 'postgres', StorageEncrypted: true, ...clearWindows(config, id) };
      await rds.send(new CreateDBInstanceCommand({ DBInstanceIdentifier: id, ...engine, ...size, ...login, Tags }));
    } else {
      const key = await new KMSClient(settings).send(new CreateKeyCommand({ Description: `${id}'s own key` }));
      const engine = { Engine: 'aurora-postgresql', StorageEncrypted: true, KmsKeyId: key.KeyMetadata?.Arn };
      await rds.send(new CreateDBClusterCommand({ DBClusterIdentifier: id, ...engine, ...login, Tags }));
    }
  }
}

/** The trail through which EventBridge receives changes of the organization. */
async function makeTrail(settings: AwsClientSettings): Promise<void> {
  const [Name, S3BucketName] = ['organization', 'organization-trail'];
  await new S3Client(settings).send(new CreateBucketCommand({ Bucket: S3BucketName }));
  const cloudTrail = new CloudTrailClient(settings);
  await cloudTrail.send(new CreateTrailCommand({ Name, S3BucketName, IsMultiRegionTrail: true }));
  const EventSelectors = [{ IncludeManagementEvents: true, ReadWriteType: 'All' as const, DataResources: [] }];
  await cloudTrail.send(new PutEventSelectorsCommand({ TrailName: Name, EventSelectors }));
  await cloudTrail.send(new StartLoggingCommand({ Name }));
}
