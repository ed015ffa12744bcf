import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  ListStackInstancesCommand,
  ListStackSetOperationResultsCommand,
  ListStackSetOperationsCommand,
} from '@aws-sdk/client-cloudformation';
import type { CheckvalveConfig } from '../../config/checkvalve-config';
import { MANAGEMENT_REGION, NAMES } from '../../contract/names';
import { checkExports } from '../checks/check-flow';
import { stacksOf, vaultCopies } from '../checks/evidence';
import type { Alter, AlterableTemplate } from '../host/deploy';
import { LandingZone, type LandingZoneOptions } from '../host/landing-zone';

/** The result of a rehearsed upgrade, and the states between its steps. */
export interface UpgradeRehearsal {
  /** Snapshots in flight at the upgrade: neither shared nor imported yet. */
  readonly inFlight: number;
  /** Why the bad template was refused, and what its operation did in each account. */
  readonly refused: string;
  readonly afterRefusal: Readonly<Record<string, string>>;
  /** The resources of each source: `type logical-id physical-id`. */
  readonly before: readonly string[];
  readonly afterBad: readonly string[];
  readonly after: readonly string[];
  readonly standing: Readonly<Record<string, string>>;
  /** Databases whose snapshot is not in the vault at the end. */
  readonly lost: readonly string[];
  readonly copies: readonly string[];
}

/** Replaces the template of the StackSet. */
const pushing =
  (pushed: (current: AlterableTemplate) => AlterableTemplate): Alter =>
  (templates) => {
    for (const [name, current] of Object.entries(templates)) {
      if (name.endsWith('.stackset')) current.Resources = pushed(current).Resources;
    }
  };

/** Adds a role whose name exists in every account: no account can deploy this template. */
const bad = (current: AlterableTemplate): AlterableTemplate => {
  const role = Object.values(current.Resources).find(({ Type }) => Type === 'AWS::IAM::Role');
  const RoleName = { 'Fn::Sub': `checkvalve-export-snapshots-\${AWS::Region}` };
  return {
    ...current,
    Resources: {
      ...current.Resources,
      TakenName: { Type: 'AWS::IAM::Role', Properties: { ...role?.Properties, RoleName } },
    },
  };
};

/**
 * Enrolls and backs up with the previous release's tooling. While the snapshots are in flight it pushes a template that no
 * account can deploy, then this release's template, and waits until the snapshots are in the vault.
 * @param previous the previous release's template of the tooling
 */
export async function rehearseUpgrade(
  config: CheckvalveConfig,
  previous: AlterableTemplate,
  progress: (line: string) => void,
  options: LandingZoneOptions = {},
): Promise<UpgradeRehearsal> {
  const zone = await LandingZone.start(config, progress, options);
  try {
    await zone.deploy(pushing(() => previous));
    await zone.fire('enroll-accounts');
    await zone.pass(900);
    await zone.fire('follow-sources');
    await backUp(zone);
    const inFlight = (await checkExports(zone.stage)).length;
    const before = await resources(zone);
    progress('A bad template is pushed');
    const refused = await zone.upgrade(pushing(bad)).then(
      () => 'it was deployed',
      (error: Error) => error.message,
    );
    const afterRefusal = await failedOperation(zone);
    const afterBad = await resources(zone);
    progress('This release is pushed');
    await zone.upgrade();
    const after = await resources(zone);
    await zone.fire('watch-rollout');
    for (const step of ['export-snapshots', 'export-snapshots', 'import-copies', 'import-copies']) {
      await zone.fire(step);
      await zone.pass(1200);
    }
    const copies = (await vaultCopies(zone)).map(({ arn, status }) => `${arn} ${status}`);
    const lost = zone.world.databases
      .filter(({ account, id }) => !copies.some((copy) => copy.includes(`:checkvalve-${account}-${id}-`)))
      .map(({ arn }) => arn);
    const seen = { inFlight, refused, afterRefusal, before, afterBad, after };
    return { ...seen, standing: await standing(zone), lost, copies };
  } finally {
    await zone.stop();
  }
}

/** Backs up every database, and waits until the snapshots are in flight. */
async function backUp(zone: LandingZone): Promise<void> {
  const { emulator, world } = zone;
  // The backup role of an earlier release may have fewer permissions than AWS documents today.
  await emulator.setSwitches({ backupRoleJudged: false });
  for (const { account, region } of world.databases)
    await emulator.runBackup({ account, region, planName: 'checkvalve-daily', durationSeconds: 600 });
  await emulator.setSwitches({ backupRoleJudged: true });
  await zone.pass(900);
}

async function failedOperation({ emulator, world }: LandingZone): Promise<Record<string, string>> {
  const client = new CloudFormationClient(emulator.client(world.management, MANAGEMENT_REGION));
  const ours = { StackSetName: NAMES.stackSet };
  const { Summaries: operations = [] } = await client.send(new ListStackSetOperationsCommand(ours));
  const failed = operations.find(({ Status }) => Status === 'FAILED')?.OperationId;
  if (!failed) return {};
  const asked = new ListStackSetOperationResultsCommand({ ...ours, OperationId: failed });
  const { Summaries = [] } = await client.send(asked);
  return Object.fromEntries(Summaries.map(({ Account = '', Status = '' }) => [Account, Status]));
}

async function standing({ emulator, world }: LandingZone): Promise<Record<string, string>> {
  const client = new CloudFormationClient(emulator.client(world.management, MANAGEMENT_REGION));
  const { Summaries = [] } = await client.send(new ListStackInstancesCommand({ StackSetName: NAMES.stackSet }));
  return Object.fromEntries(
    Summaries.map(({ Account = '', Status, StackInstanceStatus }) => [
      Account,
      `${Status} ${StackInstanceStatus?.DetailedStatus}`,
    ]),
  );
}

async function resources({ emulator, world }: LandingZone): Promise<string[]> {
  const found: string[] = [];
  for (const account of world.production) {
    for (const region of world.regions) {
      const client = new CloudFormationClient(emulator.client(account, region));
      for (const StackName of await stacksOf(emulator, account, region)) {
        const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName }));
        for (const one of StackResources.filter(({ PhysicalResourceId }) => PhysicalResourceId)) {
          found.push(`${account} ${one.ResourceType} ${one.LogicalResourceId} ${one.PhysicalResourceId}`);
        }
      }
    }
  }
  return found.sort();
}
