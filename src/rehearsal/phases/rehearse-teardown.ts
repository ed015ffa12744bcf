import { BackupClient, DescribeBackupVaultCommand } from '@aws-sdk/client-backup';
import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  GetTemplateCommand,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { CheckvalveConfig } from '../../config/checkvalve-config';
import { MANAGEMENT_REGION } from '../../contract/names';
import type { Emulator } from '../../emulator/emulator';
import { clientsWith } from '../../operations/teardown/clients';
import { type RetainedResource, retainedResources } from '../../operations/teardown/retained-resources';
import { tearDown } from '../../operations/teardown/tear-down';
import type { TeardownReport } from '../../operations/teardown/teardown-log';
import { stacksOf, vaultCopies } from '../checks/evidence';
import { LandingZone, type LandingZoneOptions } from '../host/landing-zone';

/** What a rehearsed teardown did, and the state afterwards. */
export interface TeardownRehearsal {
  readonly ok: boolean;
  /** What differs from the expected result, one sentence each. */
  readonly faults: readonly string[];
  /** The management account, first as a preview; the vault with termination protection; the vault without it. */
  readonly reports: readonly TeardownReport[];
  /** Stacks that are left in any account. */
  readonly stacks: readonly string[];
  /** Resources that templates retain, in every account, each looked up. */
  readonly retained: readonly (RetainedResource & { readonly exists: boolean })[];
  readonly copiesBefore: readonly string[];
  readonly copiesAfter: readonly string[];
}

/** Enrolls, backs up and imports; tears down each account; and reads what is left. */
export async function rehearseTeardown(
  config: CheckvalveConfig,
  progress: (line: string) => void,
  options: LandingZoneOptions = {},
): Promise<TeardownRehearsal> {
  const zone = await LandingZone.start(config, progress, options);
  const { emulator, world } = zone;
  const run = (account: string, yes = true) => {
    progress(`checkvalve teardown${yes ? ' --yes' : ''}, with the credentials of ${account}`);
    const clientsOf = (region: string) => clientsWith(emulator.client(account, region));
    return tearDown({ config, clientsOf, yes, wait: (seconds) => zone.pass(seconds), progress });
  };
  try {
    await zone.deploy();
    await carryAcross(zone);
    const retained = await retainedOf(zone);
    const copiesBefore = await copiesOf(zone);
    const reports = [await run(world.management, false), await run(world.management), await run(world.vault)];
    for (const region of world.regions) await disableTerminationProtection(zone, region, progress);
    reports.push(await run(world.vault));
    const checked = retained.map(async ({ region, ...one }) => ({
      ...one,
      exists: await exists(emulator, region, one),
    }));
    const stacks = (await Promise.all(places(zone).map(([at, region]) => stacksOf(emulator, at, region)))).flat();
    const observed = {
      reports,
      stacks,
      retained: await Promise.all(checked),
      copiesBefore,
      copiesAfter: await copiesOf(zone),
    };
    const faults = faultsOf(observed);
    return { ok: faults.length === 0, faults, ...observed };
  } finally {
    await zone.stop();
  }
}

async function disableTerminationProtection(
  { emulator, world }: LandingZone,
  region: string,
  progress: (line: string) => void,
): Promise<void> {
  progress(`An operator disables the termination protection of Vault-${region}`);
  const disabled = { StackName: `Vault-${region}`, EnableTerminationProtection: false };
  const client = new CloudFormationClient(emulator.client(world.vault, region));
  await client.send(new UpdateTerminationProtectionCommand(disabled));
}

/** What differs from the expected result: the vault is torn down only once an operator has disabled its termination protection. */
export function faultsOf({
  reports,
  stacks,
  retained,
  copiesBefore,
  copiesAfter,
}: Omit<TeardownRehearsal, 'ok' | 'faults'>): readonly string[] {
  const [shown, done, guarded, vault] = reports;
  const stoppedAt = (report: TeardownReport | undefined) =>
    report?.ok
      ? []
      : (report?.steps ?? [])
          .filter(({ outcome }) => outcome === 'stopped')
          .map(({ what, because = '' }) => `${what}: stopped${because && ` (${because})`}`);
  return [
    ...[shown, done, vault].flatMap(stoppedAt),
    ...(guarded?.ok ? ['The vault was torn down although its termination protection was enabled'] : []),
    ...stacks.map((name) => `The stack ${name} is left`),
    ...retained.filter((one) => !one.exists).map(({ account, type, id }) => `${type} ${id} of ${account} is gone`),
    ...(copiesBefore.join() === copiesAfter.join() ? [] : ['The copies in the vault are not the same as before']),
  ];
}

/** Enrolls all, and lets one backup of each database cross into the vault. */
async function carryAcross(zone: LandingZone): Promise<void> {
  await zone.fire('enroll-accounts');
  await zone.pass(900);
  await zone.fire('follow-sources');
  for (const { account, region } of zone.world.databases)
    await zone.emulator.runBackup({ account, region, durationSeconds: 600 });
  for (const step of ['export-snapshots', 'export-snapshots', 'import-copies', 'import-copies']) {
    await zone.pass(1200);
    await zone.fire(step);
  }
  await zone.pass(1200);
}

const copiesOf = async ({ emulator, world }: LandingZone): Promise<string[]> => {
  const copies = await vaultCopies({ emulator, world });
  return copies.map(({ arn, status }) => `${arn} ${status}`).sort();
};

/** Every account and Region with a stack of Checkvalve. */
const places = ({ world }: LandingZone): (readonly [string, string])[] => [
  [world.management, MANAGEMENT_REGION],
  ...[world.vault, ...world.production].flatMap((account) => world.regions.map((region) => [account, region] as const)),
];

async function retainedOf(zone: LandingZone): Promise<(RetainedResource & { readonly region: string })[]> {
  const found: (RetainedResource & { readonly region: string })[] = [];
  for (const [account, region] of places(zone)) {
    const client = new CloudFormationClient(zone.emulator.client(account, region));
    for (const StackName of await stacksOf(zone.emulator, account, region)) {
      const { TemplateBody = '' } = await client.send(new GetTemplateCommand({ StackName }));
      const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName }));
      const ids = StackResources.map((one) => [one.LogicalResourceId ?? '', one.PhysicalResourceId]);
      for (const one of retainedResources(account, TemplateBody, Object.fromEntries(ids)))
        found.push({ ...one, region });
    }
  }
  return found;
}

/** Asks the service itself whether something is still there. */
async function exists(emulator: Emulator, region: string, { account, type, id }: RetainedResource): Promise<boolean> {
  const settings = emulator.client(account, region);
  const asked: Readonly<Record<string, () => Promise<unknown>>> = {
    'AWS::KMS::Key': async () => {
      const { KeyMetadata } = await new KMSClient(settings).send(new DescribeKeyCommand({ KeyId: id }));
      if (KeyMetadata?.KeyState !== 'Enabled') throw new Error(`the key is ${KeyMetadata?.KeyState}`);
    },
    'AWS::Backup::BackupVault': () =>
      new BackupClient(settings).send(new DescribeBackupVaultCommand({ BackupVaultName: id })),
    'AWS::IAM::Role': () => new IAMClient(settings).send(new GetRoleCommand({ RoleName: id })),
    'AWS::DynamoDB::Table': () => new DynamoDBClient(settings).send(new DescribeTableCommand({ TableName: id })),
    'AWS::S3::Bucket': () => new S3Client(settings).send(new HeadBucketCommand({ Bucket: id })),
    'AWS::SQS::Queue': () => new SQSClient(settings).send(new GetQueueUrlCommand({ QueueName: id.split('/').at(-1) })),
  };
  try {
    await asked[type]?.();
    return type in asked;
  } catch {
    return false;
  }
}
