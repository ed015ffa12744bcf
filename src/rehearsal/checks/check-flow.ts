import { CloudFormationClient, paginateListStackInstances } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { GetSubscriptionAttributesCommand, paginateListSubscriptionsByTopic, SNSClient } from '@aws-sdk/client-sns';
import { type AccountId, type KeyArn, keyIdOf, type Region } from '../../contract/ids';
import { BACKUP_COPY_PREFIX, copiesTopicArn, NAMES, RECOVERY_POINT_TAGS, TAGS } from '../../contract/names';
import type { Emulator } from '../../emulator/emulator';
import type { CheckFailure } from '../result';
import type { WorldDatabase } from '../world';
import {
  type EmulatedWorld,
  importedOf,
  type ListedSnapshot,
  sharedWith,
  snapshotsOf,
  stackKeys,
  untouchedAccounts,
  vaultCopies,
} from './evidence';

const listed = (items: readonly string[]): string => (items.length === 0 ? 'none' : items.join(', '));
const same = (a: readonly string[], b: readonly string[]): boolean => [...a].sort().join() === [...b].sort().join();

/** Exactly the production accounts have the tooling in every Region, and the registry has them as enrolled. */
export async function checkEnrollment(emulated: EmulatedWorld): Promise<CheckFailure[]> {
  const { emulator, world } = emulated;
  const settings = emulator.client(world.management, 'us-east-1');
  const failures: CheckFailure[] = [];
  const fail = (account: string, cause: string) => failures.push({ account, cause });

  const current: string[] = [];
  const client = new CloudFormationClient(settings);
  for await (const page of paginateListStackInstances({ client }, { StackSetName: NAMES.stackSet })) {
    for (const { Account = '', Region: at = '', Status, StatusReason } of page.Summaries ?? []) {
      if (Status === 'CURRENT') current.push(`${Account} in ${at}`);
      else fail(Account, `its stack instance in ${at} is ${Status}: ${StatusReason ?? 'no reason given'}`);
    }
  }
  const wanted = world.production.flatMap((account) => world.regions.map((region) => `${account} in ${region}`));
  if (!same(current, wanted)) {
    fail(world.management, `stack instances are current for ${listed(current)}; expected ${listed(wanted)}`);
  }

  const registered: string[] = [];
  for await (const page of paginateScan({ client: new DynamoDBClient(settings) }, { TableName: NAMES.registryTable })) {
    for (const { account, state } of page.Items ?? []) if (state?.S === 'enrolled') registered.push(account?.S ?? '');
  }
  if (!same(registered, world.production)) {
    fail(world.management, `the registry has ${listed(registered)} as enrolled; expected ${listed(world.production)}`);
  }

  for (const { stackId, logicalId, asked, status } of await emulator.customResources()) {
    const [, , , , account = ''] = stackId.split(':');
    if (status !== 'SUCCESS') fail(account, `the custom resource ${logicalId} answered ${status} to ${asked}`);
  }

  const untouched = await untouchedAccounts(emulated);
  for (const account of world.production.filter((id) => untouched.includes(id)))
    fail(account, 'the tooling is not deployed');
  for (const account of world.leftAlone.filter((id) => !untouched.includes(id))) {
    fail(account, 'the tooling is deployed in an account without the tag');
  }
  return failures;
}

/** The inbox has a confirmed subscription to every copies topic. */
export async function checkFollowing({ emulator, world }: EmulatedWorld): Promise<CheckFailure[]> {
  const failures: CheckFailure[] = [];
  for (const account of world.production) {
    for (const region of world.regions) {
      const inbox = `arn:aws:sqs:${region}:${world.vault}:${NAMES.inbox}`;
      const TopicArn = copiesTopicArn(account as AccountId, region as Region);
      if (!(await isSubscribed(emulator, TopicArn, inbox))) {
        failures.push({ account: world.vault, cause: `${inbox} is not subscribed to ${TopicArn}` });
      }
    }
  }
  return failures;
}

async function isSubscribed(emulator: Emulator, TopicArn: string, inbox: string): Promise<boolean> {
  const [, , , region = '', account = ''] = TopicArn.split(':');
  const client = new SNSClient(emulator.client(account, region));
  for await (const page of paginateListSubscriptionsByTopic({ client }, { TopicArn })) {
    for (const { Endpoint, Owner = account, SubscriptionArn } of page.Subscriptions ?? []) {
      if (Endpoint !== inbox || !SubscriptionArn?.startsWith('arn:')) continue;
      const subscriber = new SNSClient(emulator.client(Owner, region));
      const { Attributes = {} } = await subscriber.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
      if (Attributes.PendingConfirmation?.toLowerCase() !== 'true') return true;
    }
  }
  return false;
}

/** AWS Backup made one snapshot of each database, with the tags that the export needs. */
export async function checkBackups(emulated: EmulatedWorld): Promise<CheckFailure[]> {
  return eachDatabase(emulated, async ({ database, keys, own, fail }) => {
    // A copy of AWS Backup from another Region is not a backup of this Region.
    const made = own.filter(({ type, name }) => type === 'awsbackup' && !name.startsWith(BACKUP_COPY_PREFIX));
    const [first] = made;
    if (made.length !== 1 || !first) return fail(`AWS Backup made ${made.length} snapshots of ${database.id}, not one`);
    if (first.status !== 'available') fail(`${first.arn} is ${first.status}`);
    const wanted = keyIdOf(keys[0] as KeyArn);
    const { exportKey, plan } = RECOVERY_POINT_TAGS;
    const found = first.tags.get(exportKey);
    if (found !== wanted) {
      const has = found === undefined ? `lacks the tag ${exportKey}` : `has the tag ${exportKey}=${found}`;
      fail(`${first.arn} ${has}, so it is not copied to the vault; the backup plan must set ${exportKey}=${wanted}`);
    }
    if (!first.tags.has(plan)) fail(`${first.arn} lacks the tag ${plan}: the backup plan does not set it`);
  });
}

/** Each snapshot has an export copy under the export key, shared with the vault alone, and the vault was notified of it. */
export async function checkExports(emulated: EmulatedWorld): Promise<CheckFailure[]> {
  const notified = (await emulated.emulator.notifications()).map(({ message }) => message);
  return eachDatabase(emulated, async ({ database, keys, own, fail }) => {
    const copies = own.filter(({ tags }) => tags.get(TAGS.role) === 'export');
    const [copy] = copies;
    if (copies.length !== 1 || !copy) return fail(`${database.id} has ${copies.length} export copies, not one`);
    if (copy.status !== 'available') return fail(`the export copy ${copy.arn} is ${copy.status}`);
    if (copy.kmsKeyArn !== keys[0]) fail(`${copy.arn} is under ${copy.kmsKeyArn}, not under the export key ${keys[0]}`);
    const shared = await sharedWith(emulated.emulator, database.account, database.region, copy);
    if (!same(shared, [emulated.world.vault])) {
      fail(`${copy.arn} is shared with ${listed(shared)}, not with the vault ${emulated.world.vault} alone`);
    }
    if (!notified.some((message) => message.includes(`"${copy.arn}"`)))
      fail(`no source notified the vault of ${copy.arn}`);
  });
}

/** The vault has a copy of each under its own key, shared with no account, and the export copy is marked as imported. */
export async function checkImports(emulated: EmulatedWorld): Promise<CheckFailure[]> {
  const { emulator, world } = emulated;
  const inVault = await vaultCopies(emulated);
  const importKeys = new Map<string, string[]>();
  for (const region of world.regions) importKeys.set(region, await stackKeys(emulator, world.vault, region));
  const failures = await eachDatabase(emulated, async ({ database, own, fail }) => {
    const copies = inVault.filter(({ snapshot }) => snapshot.tags.get(TAGS.database) === database.arn);
    const [copy] = copies;
    if (copies.length !== 1 || !copy) return fail(`the vault has ${copies.length} copies of ${database.arn}, not one`);
    if (copy.status !== 'available') return fail(`the vault copy ${copy.arn} is ${copy.status}`);
    if (!importKeys.get(database.region)?.includes(copy.kmsKeyArn)) {
      fail(`${copy.arn} is under ${copy.kmsKeyArn}, which is no key of the vault's stack`);
    }
    const shared = await sharedWith(emulator, world.vault, database.region, copy.snapshot);
    if (shared.length > 0) fail(`${copy.arn} is shared with ${listed(shared)}: vault copies are never shared`);
    const source = own.find(({ arn }) => arn === copy.sourceArn);
    if (source?.tags.get(TAGS.role) !== 'export') fail(`${copy.arn} was made from ${copy.sourceArn}, no export copy`);
    else if (!source.tags.has(TAGS.importedAt)) fail(`the export copy ${source.arn} is not marked as imported`);
  });
  if (inVault.length > world.databases.length) {
    failures.push({ account: world.vault, cause: `the vault has ${inVault.length} copies; more than databases` });
  }
  return failures;
}

/** The imported export copy of a cluster is deleted, the newest of an instance stays, and the tooling has recorded the import. */
export async function checkRetirement(emulated: EmulatedWorld): Promise<CheckFailure[]> {
  const inVault = await vaultCopies(emulated);
  return eachDatabase(emulated, async ({ database, own, fail }) => {
    const copies = own.filter(({ tags }) => tags.get(TAGS.role) === 'export');
    const expected = database.kind === 'cluster' ? 0 : 1;
    if (copies.length !== expected) fail(`${database.id} has ${copies.length} export copies left, not ${expected}`);
    const source = own.find(({ type, name }) => type === 'awsbackup' && !name.startsWith(BACKUP_COPY_PREFIX));
    const imported = await importedOf(emulated.emulator, database.account, database.region);
    if (expected === 0 && !imported.has(source?.arn ?? '')) {
      fail(`${source?.arn ?? database.arn} is not recorded as imported: it would be exported again`);
    }
    const held = inVault.filter(
      ({ snapshot, status }) => snapshot.tags.get(TAGS.database) === database.arn && status === 'available',
    );
    if (held.length !== 1) fail(`the vault has ${held.length} available copies of ${database.arn}, not one`);
  });
}

interface DatabaseFacts {
  readonly database: WorldDatabase;
  /** Keys that the tooling made there. */
  readonly keys: readonly string[];
  /** The account's snapshots of that database. */
  readonly own: readonly ListedSnapshot[];
  readonly fail: (cause: string) => void;
}

async function eachDatabase(
  { emulator, world }: EmulatedWorld,
  check: (facts: DatabaseFacts) => Promise<void>,
): Promise<CheckFailure[]> {
  const failures: CheckFailure[] = [];
  for (const database of world.databases) {
    const { account, region } = database;
    const fail = (cause: string) => {
      failures.push({ account, cause });
    };
    const keys = await stackKeys(emulator, account, region);
    if (keys.length !== 1) {
      fail(`the tooling made ${keys.length} keys in ${account}, not one`);
      continue;
    }
    const snapshots = await snapshotsOf(emulator, account, region);
    const own = snapshots.filter(({ kind, database: of }) => kind === database.kind && of === database.id);
    await check({ database, keys, own, fail });
  }
  return failures;
}
