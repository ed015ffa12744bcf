import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  AddTagsToResourceCommand,
  DeleteDBClusterSnapshotCommand,
  ModifyDBSnapshotAttributeCommand,
  RemoveTagsFromResourceCommand,
} from '@aws-sdk/client-rds';
import { ListSubscriptionsCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import { config } from '../../src/checkvalve.config';
import { keyArn, keyIdOf } from '../../src/contract/ids';
import type { LoggedCall } from '../../src/emulator/answers';
import type { Emulator } from '../../src/emulator/emulator';
import {
  checkBackups,
  checkEnrollment,
  checkExports,
  checkFollowing,
  checkImports,
} from '../../src/rehearsal/checks/check-flow';
import { type EmulatedWorld, type ListedSnapshot, snapshotsOf, stackKeys } from '../../src/rehearsal/checks/evidence';
import type { Invocation } from '../../src/rehearsal/host/invocation';
import { PHASES } from '../../src/rehearsal/phases/phases';
import type { CheckFailure } from '../../src/rehearsal/result';
import { Stage } from '../../src/rehearsal/stage';
import { worldOf } from '../../src/rehearsal/world';
import {
  clients,
  deploy,
  MANAGEMENT,
  MISSING_TAG,
  OTHER_SOURCE,
  REGION,
  SOURCE,
  START,
  VAULT,
} from '../src/emulator/emulator-world';
import { emulatorOfWorker } from '../support/worker';

const STRANGER = '999988887777';
let emulator: Emulator;
let stage: Stage;
let log: LoggedCall[];
const invocations: Invocation[] = [];

// One world after the flow; each case adds a fault, which its check must find with its own sentence.
beforeAll(async () => {
  emulator = await emulatorOfWorker(START);
  stage = new Stage(emulator, worldOf(config), { config, onInvocation: (invocation) => invocations.push(invocation) });
  // The later phases delete what the checks here look for.
  const played = PHASES.slice(
    0,
    PHASES.findIndex(({ step }) => step === 'retire-copies'),
  );
  for (const phase of played) await phase.play(stage, {});
  log = await emulator.log();
}, 240_000);
afterAll(() => stage.stop());

async function snapshot(account: string, isIt: (seen: ListedSnapshot) => boolean): Promise<ListedSnapshot> {
  const found = (await snapshotsOf(emulator, account, REGION)).find(isIt);
  if (!found) throw new Error(`no such snapshot in ${account}`);
  return found;
}
const role = (wanted: string) => (seen: ListedSnapshot) => seen.tags.get('checkvalve:role') === wanted;
const backedUp = ({ type }: ListedSnapshot) => type === 'awsbackup';
const plant = (account: string, id: string, set: Record<string, unknown>) =>
  emulator.setSnapshot({ account, region: REGION, id, set });
const share = async (account: string, wanted: string) =>
  clients(emulator, account).rds.send(
    new ModifyDBSnapshotAttributeCommand({
      DBSnapshotIdentifier: (await snapshot(account, (seen) => role(wanted)(seen) && seen.kind === 'instance')).name,
      AttributeName: 'restore',
      ValuesToAdd: [STRANGER],
    }),
  );

const CHECKS = { checkEnrollment, checkFollowing, checkBackups, checkExports, checkImports };

test('every check passes in a world after the flow', async () => {
  for (const check of Object.values(CHECKS)) expect(await check(stage)).toEqual([]);
});

test('every call of a handler is recorded', () => {
  // What the rehearsal itself never calls, and whatever went out under an assumed role.
  const handlersAlone =
    /^(Copy|Publish|Subscribe|PutItem|AssumeRole|AddTags|ModifyDB|CreateStackInstances|ListAccounts)/;
  const byHandlers = ({ operation, principalKey }: LoggedCall) =>
    handlersAlone.test(operation) || !/^\d{12}$/.test(principalKey);
  const answered = log.filter(byHandlers).map(({ operation, principalKey }) => `${operation} ${principalKey}`);
  const recorded = invocations
    .flatMap(({ calls }) => calls)
    .filter(({ action, accessKeyId }) => byHandlers({ operation: action, principalKey: accessKeyId } as LoggedCall))
    .map(({ action, accessKeyId }) => `${action} ${accessKeyId}`);
  expect(answered.length).toBeGreaterThan(10);
  expect(recorded.sort()).toEqual(answered.sort());
});

test('an invocation has the logs of its handler', () => {
  const one = invocations.find(({ functionName }) => functionName === 'checkvalve-enroll-accounts');
  const events = one?.logs
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { message: string }).message);
  expect(events).toContain('sweep.began');
});

interface Case {
  readonly what: string;
  readonly check: (emulated: EmulatedWorld) => Promise<CheckFailure[]>;
  readonly spoil: () => Promise<unknown>;
  readonly account: string;
  readonly words: RegExp;
}

const CASES: readonly Case[] = [
  {
    what: 'a registry that lacks an account',
    check: checkEnrollment,
    spoil: () =>
      new DynamoDBClient(emulator.client(MANAGEMENT, 'us-east-1')).send(
        new DeleteItemCommand({ TableName: 'checkvalve-registry', Key: { account: { S: SOURCE } } }),
      ),
    account: MANAGEMENT,
    words: /the registry has 222200002222 as enrolled/,
  },
  {
    what: 'tooling in an account that is not tagged',
    check: checkEnrollment,
    spoil: () => deploy(clients(emulator, MISSING_TAG), 'stray', { T: { Type: 'AWS::SNS::Topic', Properties: {} } }),
    account: MISSING_TAG,
    words: /the tooling is deployed in an account without the tag/,
  },
  {
    what: 'an inbox that is not subscribed',
    check: checkFollowing,
    spoil: async () => {
      const { sns } = clients(emulator, VAULT);
      const { Subscriptions = [] } = await sns.send(new ListSubscriptionsCommand({}));
      const one = Subscriptions.find(({ TopicArn }) => TopicArn?.includes(SOURCE));
      return sns.send(new UnsubscribeCommand({ SubscriptionArn: one?.SubscriptionArn }));
    },
    account: VAULT,
    words: /checkvalve-inbox is not subscribed to arn:aws:sns:eu-central-1:222200001111:/,
  },
  {
    what: 'a recovery point with another key’s tag',
    check: checkBackups,
    spoil: async () =>
      clients(emulator, SOURCE).rds.send(
        new AddTagsToResourceCommand({
          ResourceName: (await snapshot(SOURCE, backedUp)).arn,
          Tags: [{ Key: 'encryption_key', Value: 'another' }],
        }),
      ),
    account: SOURCE,
    words: /has the tag encryption_key=another/,
  },
  {
    what: 'a recovery point without its plan',
    check: checkBackups,
    spoil: async () =>
      clients(emulator, OTHER_SOURCE).rds.send(
        new RemoveTagsFromResourceCommand({
          ResourceName: (await snapshot(OTHER_SOURCE, backedUp)).arn,
          TagKeys: ['checkvalve:plan'],
        }),
      ),
    account: OTHER_SOURCE,
    words: /lacks the tag checkvalve:plan/,
  },
  {
    what: 'a second recovery point',
    check: checkBackups,
    spoil: () => emulator.runBackup({ account: OTHER_SOURCE, region: REGION, rule: undefined }),
    account: OTHER_SOURCE,
    words: /AWS Backup made [2-9] snapshots of ledger/,
  },
  {
    what: 'an export copy shared with a stranger',
    check: checkExports,
    spoil: () => share(SOURCE, 'export'),
    account: SOURCE,
    words: /is shared with 333300002222, 999988887777, not with the vault/,
  },
  {
    what: 'an export copy under another key',
    check: checkExports,
    spoil: async () => plant(SOURCE, (await snapshot(SOURCE, role('export'))).name, { kmsKeyId: 'arn:another' }),
    account: SOURCE,
    words: /is under arn:another, not under the export key/,
  },
  {
    what: 'an export copy that is not there yet',
    check: checkExports,
    spoil: async () => plant(OTHER_SOURCE, (await snapshot(OTHER_SOURCE, role('export'))).name, { status: 'creating' }),
    account: OTHER_SOURCE,
    words: /the export copy \S+ is creating/,
  },
  {
    what: 'an export copy that is not marked as imported',
    check: checkImports,
    spoil: async () =>
      clients(emulator, SOURCE).rds.send(
        new RemoveTagsFromResourceCommand({
          ResourceName: (await snapshot(SOURCE, role('export'))).arn,
          TagKeys: ['checkvalve:copied-at'],
        }),
      ),
    account: SOURCE,
    words: /is not marked as imported/,
  },
  {
    what: 'a vault copy that is shared',
    check: checkImports,
    spoil: () => share(VAULT, 'vault'),
    account: SOURCE,
    words: /is shared with 999988887777: vault copies are never shared/,
  },
  {
    what: 'a vault copy under a key that is not the vault’s',
    check: checkImports,
    spoil: async () => {
      const { name } = await snapshot(VAULT, (seen) => role('vault')(seen) && seen.kind === 'instance');
      const [exportKey = ''] = await stackKeys(emulator, SOURCE, REGION);
      expect(keyIdOf(keyArn(exportKey))).toMatch(/^[0-9a-f-]{36}$/);
      return plant(VAULT, name, { kmsKeyId: exportKey });
    },
    account: SOURCE,
    words: /which is no key of the vault's stack/,
  },
  {
    what: 'a copy that the vault lacks',
    check: checkImports,
    spoil: async () => {
      const { name } = await snapshot(VAULT, (seen) => role('vault')(seen) && seen.kind === 'cluster');
      return clients(emulator, VAULT).rds.send(
        new DeleteDBClusterSnapshotCommand({ DBClusterSnapshotIdentifier: name }),
      );
    },
    account: OTHER_SOURCE,
    words: /the vault has 0 copies of arn:aws:rds:eu-central-1:222200002222:cluster:ledger/,
  },
];

test.each(CASES)('finds $what', async ({ check, spoil, account, words }) => {
  const about = (findings: CheckFailure[]) =>
    findings.filter((found) => found.account === account && words.test(found.cause));
  expect(about(await check(stage))).toEqual([]);
  await spoil();
  expect(about(await check(stage))).toHaveLength(1);
});

test('the check finds an export copy that no source notified the vault of', async () => {
  const silent = {
    world: stage.world,
    emulator: Object.create(emulator, { notifications: { value: async () => [] } }),
  };
  const causes = (await checkExports(silent)).map(({ cause }) => cause);
  expect(causes).toContainEqual(expect.stringMatching(/no source notified the vault of/));
});
