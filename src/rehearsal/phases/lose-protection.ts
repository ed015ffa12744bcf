import { DeleteRoleCommand, DeleteRolePolicyCommand, IAMClient, ListRolePoliciesCommand } from '@aws-sdk/client-iam';
import { OrganizationsClient, TagResourceCommand } from '@aws-sdk/client-organizations';
import { CreateDBClusterCommand, CreateDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds';
import { type CheckvalveConfig, DEFAULT_RPO } from '../../config/checkvalve-config';
import { SECONDS_PER_HOUR } from '../../contract/durations';
import type { Region } from '../../contract/ids';
import { MANAGEMENT_REGION, roleNames, TAGS } from '../../contract/names';
import { snapshotsOf, vaultCopies } from '../checks/evidence';
import { clearWindows } from '../clear-windows';
import { type UnprotectedDatabases, unprotectedDatabases } from '../example-databases';
import type { Stage } from '../stage';
import { JOB_SECONDS, runDailyPlan } from './run-backup-plans';

/** The time that a rollout of the tooling takes. */
export const ROLLOUT_SECONDS = 900;
/** Hours beyond the longest RPO for which no backup runs. */
const TOO_LATE_HOURS = 4;
/** report-coverage alerts at most once a day. */
const DAY_HOURS = 24;

/**
 * An account joins, and the vault imports a copy of its database; then an administrator of the account deletes its access
 * role. A team creates two databases, one of which RDS cannot copy, and AWS Backup runs no plan any more. report-coverage
 * runs an hour later, and once more when a day and every RPO have passed.
 */
export async function loseProtection(stage: Stage): Promise<void> {
  const { config, pump, world } = stage;
  const databases = unprotectedDatabases(world);
  await join(stage);
  await importOne(stage, databases);
  await createDatabases(stage, databases);
  await deleteAccessRole(stage, databases);
  await pump.pass(SECONDS_PER_HOUR);
  await stage.fire('report-coverage');
  await pump.pass(hoursUntilLate(config) * SECONDS_PER_HOUR);
  await stage.fire('report-coverage');
}

/** Hours without a backup after which every database is late, and report-coverage alerts again. */
function hoursUntilLate({ vault }: CheckvalveConfig): number {
  const { hours, byTag } = vault.rpo ?? DEFAULT_RPO;
  return byTag.reduce((max, one) => Math.max(max, one.hours), Math.max(DAY_HOURS, hours)) + TOO_LATE_HOURS;
}

/** The newcomer gets the tag, and with it the tooling; the vault follows it. */
async function join(stage: Stage): Promise<void> {
  const { config, emulator, pump, world } = stage;
  const organizations = new OrganizationsClient(emulator.client(world.management, MANAGEMENT_REGION));
  const { key: Key, value: Value } = config.accountTag;
  await organizations.send(new TagResourceCommand({ ResourceId: world.newcomer, Tags: [{ Key, Value }] }));
  await stage.fire('enroll-accounts');
  await pump.pass(ROLLOUT_SECONDS);
  await stage.fire('watch-rollout');
  await stage.fire('follow-sources');
}

/** The newcomer creates a database, AWS Backup backs it up, and the vault imports the copy. */
async function importOne(stage: Stage, { region, deniedAccess: { account, id } }: UnprotectedDatabases): Promise<void> {
  await new RDSClient(stage.emulator.client(account, region)).send(instance(stage.config, id));
  await stage.timed(account, () => runDailyPlan(stage, { account, region, isFirst: true }));
  await stage.emulator.advance(JOB_SECONDS + 1);
  if (await isImported(stage, region)) return;
  await stage.fireUntil(['export-snapshots', 'import-copies'], () => isImported(stage, region));
}

/** The vault has an available copy, and has marked the export copy as imported. */
async function isImported(stage: Stage, region: string): Promise<boolean> {
  const { emulator, world } = stage;
  const copies = await vaultCopies(stage);
  const inSource = await snapshotsOf(emulator, world.newcomer, region);
  const imported = inSource.filter(({ tags }) => tags.get(TAGS.role) === 'export' && tags.has(TAGS.importedAt));
  return imported.some(({ arn }) =>
    copies.some(({ sourceArn, status }) => sourceArn === arn && status === 'available'),
  );
}

const LOGIN = { MasterUsername: 'owner', MasterUserPassword: 'not-a-secret' };
const ENGINE = { Engine: 'postgres', StorageEncrypted: true };
const tagged = ({ databaseTag }: CheckvalveConfig) => [{ Key: databaseTag.key, Value: databaseTag.value }];

const instance = (config: CheckvalveConfig, DBInstanceIdentifier: string) =>
  new CreateDBInstanceCommand({
    DBInstanceIdentifier,
    DBInstanceClass: 'db.t4g.medium',
    AllocatedStorage: 20,
    ...ENGINE,
    ...LOGIN,
    Tags: tagged(config),
    ...clearWindows(config, DBInstanceIdentifier),
  });

/** A team creates an instance, which no plan backs up, and a Multi-AZ DB cluster. */
async function createDatabases(
  { config, emulator }: Stage,
  { region, never, unsupported }: UnprotectedDatabases,
): Promise<void> {
  await new RDSClient(emulator.client(never.account, region)).send(instance(config, never.id));
  const cluster = { DBClusterIdentifier: unsupported.id, ...ENGINE, ...LOGIN, Tags: tagged(config) };
  await new RDSClient(emulator.client(unsupported.account, region)).send(new CreateDBClusterCommand(cluster));
}

/** An administrator of the newcomer deletes the access role of report-coverage; the stack of the tooling stays complete. */
async function deleteAccessRole(
  { emulator }: Stage,
  { region, deniedAccess: { account } }: UnprotectedDatabases,
): Promise<void> {
  const iam = new IAMClient(emulator.client(account, region));
  const RoleName = roleNames.coverageAccess(region as Region);
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  for (const PolicyName of PolicyNames) await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
  await iam.send(new DeleteRoleCommand({ RoleName }));
}
