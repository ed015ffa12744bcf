import { DeleteRoleCommand, DeleteRolePolicyCommand, IAMClient, ListRolePoliciesCommand } from '@aws-sdk/client-iam';
import { OrganizationsClient, TagResourceCommand } from '@aws-sdk/client-organizations';
import { CreateDBClusterCommand, CreateDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds';
import { type CheckvalveConfig, DEFAULT_RPO } from '../../config/checkvalve-config';
import type { Region } from '../../contract/ids';
import { MANAGEMENT_REGION, roleNames, TAGS } from '../../contract/names';
import { snapshotsOf, vaultCopies } from '../checks/evidence';
import { clearWindows } from '../clear-windows';
import type { Invocation } from '../host/lambda-host';
import type { Stage } from '../stage';
import type { World } from '../world';
import { exampleDatabases } from './pass-years';
import { JOB_SECONDS, runDailyPlan } from './run-backup-plans';

const HOUR_SECONDS = 3600;
const ROLLOUT_SECONDS = 900;
const TURN_SECONDS = 300;
const MOST_TURNS = 24;
/** How much longer than its RPO everything is left alone. */
const TOO_LATE_HOURS = 4;
/** People are told once a day. */
const DAY_HOURS = 24;

/** Fires the schedule of a step. */
type Fire = (stage: Stage, step: string) => Promise<void>;

/** A database by what its ARN says of it. */
interface Named {
  readonly account: string;
  readonly id: string;
}

/** Which database meets with what, in the Region in which it does. */
export interface UnprotectedDatabases {
  readonly region: string;
  readonly late: Named;
  readonly never: Named;
  /** A Multi-AZ DB cluster: no snapshot of one can be copied. */
  readonly unsupported: Named;
  /** It has crossed, and its account's access role does not open any more. */
  readonly behindDeniedAccess: Named;
}

/** What goes wrong in a world, by the names that it is given there. */
export function unprotectedDatabases(world: World): UnprotectedDatabases {
  const { living } = exampleDatabases(world);
  return {
    region: living.region,
    late: { account: living.account, id: living.id },
    never: { account: living.account, id: 'invoices' },
    unsupported: { account: living.account, id: 'ratings' },
    behindDeniedAccess: { account: world.newcomer, id: 'payroll' },
  };
}

/**
 * An account joins, and its database crosses; then somebody there takes the access role out of its hinges. A team makes two
 * databases, of which one cannot be copied, and AWS Backup takes no turn any more, anywhere. The vault looks an hour after,
 * and once more when a day and every RPO have passed. Resolves to what ran meanwhile.
 */
export async function loseProtection(stage: Stage, fire: Fire): Promise<readonly Invocation[]> {
  const { config, pump, world } = stage;
  const wrongs = unprotectedDatabases(world);
  const heard: Invocation[] = [];
  stage.overhear = (invocation) => heard.push(invocation);
  await join(stage, fire);
  await cross(stage, wrongs, fire);
  await makeDatabases(stage, wrongs);
  await removeAccessRole(stage, wrongs);
  await pump.pass(HOUR_SECONDS);
  await fire(stage, 'report-coverage');
  await pump.pass(patience(config) * HOUR_SECONDS);
  await fire(stage, 'report-coverage');
  stage.overhear = undefined;
  return heard;
}

/** Hours after which nothing that was left alone is within its RPO, and people are told anew. */
function patience({ vault }: CheckvalveConfig): number {
  const { hours, byTag } = vault.rpo ?? DEFAULT_RPO;
  return byTag.reduce((most, one) => Math.max(most, one.hours), Math.max(DAY_HOURS, hours)) + TOO_LATE_HOURS;
}

/** The newcomer gets the tag, and with it the tooling; the vault follows it. */
async function join(stage: Stage, fire: Fire): Promise<void> {
  const { config, emulator, pump, world } = stage;
  const organizations = new OrganizationsClient(emulator.client(world.management, MANAGEMENT_REGION));
  const { key: Key, value: Value } = config.accountTag;
  await organizations.send(new TagResourceCommand({ ResourceId: world.newcomer, Tags: [{ Key, Value }] }));
  await fire(stage, 'enroll-accounts');
  await pump.pass(ROLLOUT_SECONDS);
  await fire(stage, 'watch-rollout');
  await fire(stage, 'follow-sources');
}

/** The newcomer's database comes to be, is backed up, and crosses. */
async function cross(stage: Stage, { region, behindDeniedAccess }: UnprotectedDatabases, fire: Fire): Promise<void> {
  const { account, id } = behindDeniedAccess;
  await new RDSClient(stage.emulator.client(account, region)).send(instance(stage.config, id));
  await stage.timed(account, () => runDailyPlan(stage, { account, region, isFirst: true }));
  await stage.emulator.advance(JOB_SECONDS + 1);
  for (let turn = 0; turn < MOST_TURNS && !(await hasCrossed(stage, region)); turn += 1) {
    await stage.pump.pass(TURN_SECONDS);
    for (const step of ['export-snapshots', 'import-copies']) await fire(stage, step);
    if (stage.failures.length > 0) return;
  }
}

/** The vault has a good copy, and has marked the export copy as taken. */
async function hasCrossed(stage: Stage, region: string): Promise<boolean> {
  const { emulator, world } = stage;
  const copies = await vaultCopies(stage);
  const inSource = await snapshotsOf(emulator, world.newcomer, region);
  const taken = inSource.filter(({ tags }) => tags.get(TAGS.role) === 'export' && tags.has(TAGS.takenAt));
  return taken.some(({ arn }) => copies.some(({ sourceArn, status }) => sourceArn === arn && status === 'available'));
}

const LOGIN = { MasterUsername: 'owner', MasterUserPassword: 'not-a-secret' };
const ENGINE = { Engine: 'postgres', StorageEncrypted: true };
const tagged = ({ databaseTag }: CheckvalveConfig) => [{ Key: databaseTag.key, Value: databaseTag.value }];

const instance = (config: CheckvalveConfig, DBInstanceIdentifier: string) =>
  new CreateDBInstanceCommand({
    ...{ DBInstanceIdentifier, DBInstanceClass: 'db.t4g.medium', AllocatedStorage: 20 },
    ...{ ...ENGINE, ...LOGIN, Tags: tagged(config), ...clearWindows(config, DBInstanceIdentifier) },
  });

/** A team makes an instance, which nobody backs up, and a Multi-AZ DB cluster. */
async function makeDatabases(
  { config, emulator }: Stage,
  { region, never, unsupported }: UnprotectedDatabases,
): Promise<void> {
  await new RDSClient(emulator.client(never.account, region)).send(instance(config, never.id));
  const cluster = { DBClusterIdentifier: unsupported.id, ...ENGINE, ...LOGIN, Tags: tagged(config) };
  await new RDSClient(emulator.client(unsupported.account, region)).send(new CreateDBClusterCommand(cluster));
}

/** An administrator of the newcomer deletes the role that lets coverage look in; the stack still believes in it. */
async function removeAccessRole(
  { emulator }: Stage,
  { region, behindDeniedAccess }: UnprotectedDatabases,
): Promise<void> {
  const iam = new IAMClient(emulator.client(behindDeniedAccess.account, region));
  const RoleName = roleNames.coverageAccess(region as Region);
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  for (const PolicyName of PolicyNames) await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
  await iam.send(new DeleteRoleCommand({ RoleName }));
}
