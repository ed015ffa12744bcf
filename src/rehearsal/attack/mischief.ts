// Longer than most: what attackers may do in accounts of their own, each deed beside the others.
import { BatchWriteItemCommand, DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  AddTagsToResourceCommand,
  CopyDBSnapshotCommand,
  CreateDBInstanceCommand,
  CreateDBSnapshotCommand,
  ModifyDBSnapshotAttributeCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import {
  CreateTopicCommand,
  PublishBatchCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import type { AccountId, Region } from '../../contract/ids';
import { copiesTopicArn, MANAGEMENT_REGION, NAMES, PREFIX, TAGS } from '../../contract/names';
import type { Emulator } from '../emulator';
import { type SeenSnapshot, snapshotsOf } from '../evidence';
import type { Stage } from '../stage';
import { EXAMPLE, type WorldDatabase } from '../world';

/** Something that an attacker is free to do where he rules, and what it must come to. */
export interface Deed {
  readonly who: string;
  readonly what: string;
  readonly comesTo: string;
  /** What the vault's log must say of it; what is judged by the state of the vault alone has none. */
  readonly log?: string;
  readonly do: () => Promise<unknown>;
}

/** Tag values that make no sense, and times that would end or lengthen a term if anybody believed them. */
const NONSENSE: Readonly<Record<string, string>> = {
  [TAGS.sourceTime]: '9999-12-31T23:59:59.000Z',
  [TAGS.importedAt]: '1999-01-01T00:00:00.000Z',
  [TAGS.plan]: 'keep for one day',
  [TAGS.database]: 'arn:aws:rds:eu-central-1:222200002222:cluster:ledger',
  [TAGS.exportCopy]: 'nothing',
  [TAGS.failedAt]: 'yesterday',
};
/** More accounts than the vault accepts in a day. */
const CROWD = 60;
const FLOOD = 60;
const BATCH = 10;
const HUGE = 200_000;
const COPY_SECONDS = 1200;
/** Items that DynamoDB takes in one call. */
const WRITES = 25;

/** How the ids of accounts begin that nobody has. */
export const NOBODYS = '1111222200';

/** Name of the one snapshot that a source may add: of our name and with our mark, whatever else its tags say. */
export const ADDED = `${PREFIX}-added-0011223344556677`;

/** Everything that attackers do in accounts of their own, in this order. */
export function deeds(stage: Stage, victim: WorldDatabase): readonly Deed[] {
  const { emulator, world } = stage;
  const { account, region } = victim;
  const sns = new SNSClient(emulator.client(account, region));
  const stranger = new SNSClient(emulator.client(EXAMPLE.untagged, region));
  const registry = new DynamoDBClient(emulator.client(world.management, MANAGEMENT_REGION));
  const TopicArn = copiesTopicArn(account as AccountId, region as Region);
  const say = (Message: string) => () => sns.send(new PublishCommand({ TopicArn, Message }));
  const message = (more: object) => JSON.stringify({ version: 1, copy: copyArn(account, region, 'x'), ...more });
  const source = 'an administrator of a source';
  const outsider = 'an account that is not enrolled';
  const rejected = 'rejected, and logged for the alarm';
  return [
    {
      who: source,
      what: 'announces a snapshot of another account',
      comesTo: rejected,
      log: 'the topic and the snapshot are of different accounts',
      do: say(JSON.stringify({ version: 1, copy: copyArn(EXAMPLE.second, region, 'forged') })),
    },
    {
      who: source,
      what: 'announces in an old version',
      comesTo: 'goes back, and to the dead letters',
      log: 'message version 0',
      do: say(message({ version: 0 })),
    },
    {
      who: source,
      what: 'announces in a version to come',
      comesTo: 'goes back, and to the dead letters',
      log: 'message version 99',
      do: say(message({ version: 99 })),
    },
    {
      who: source,
      what: 'announces what is no JSON',
      comesTo: rejected,
      log: 'the message is not a JSON object',
      do: say('{"version":'),
    },
    {
      who: source,
      what: 'announces a huge message',
      comesTo: rejected,
      log: 'the message is not a JSON object',
      do: say('x'.repeat(HUGE)),
    },
    {
      who: source,
      what: 'adds orders to an announcement: delete, key, retention',
      comesTo: 'the orders are not read',
      do: say(message({ delete: true, kmsKeyId: 'mine', retentionDays: 0, name: 'final' })),
    },
    {
      who: source,
      what: `rings ${FLOOD} times`,
      comesTo: 'one look around for each batch',
      do: () => flood(sns, TopicArn, message({})),
    },
    {
      who: source,
      what: 'shares a snapshot of another name',
      comesTo: 'passed over: its name is not ours',
      log: 'its name is not ours',
      do: () => shareCopy(stage, victim, 'final-backup', world.vault),
    },
    {
      who: source,
      what: 'shares a snapshot of our name without our mark',
      comesTo: 'passed over: not an export copy',
      log: 'not an export copy',
      do: () => shareCopy(stage, victim, `${PREFIX}-unmarked-0011223344556677`, world.vault),
    },
    {
      who: source,
      what: 'shares a snapshot of our name and mark, with nonsense in every other tag',
      comesTo: 'added, as the vault sees it: its own clock, its own names',
      do: () => shareCopy(stage, victim, ADDED, world.vault, { ...NONSENSE, [TAGS.role]: 'export' }),
    },
    {
      who: source,
      what: 'writes nonsense on the export copies that the vault has taken',
      comesTo: 'the vault’s copies have tags of their own',
      do: () => retag(emulator, victim),
    },
    {
      who: outsider,
      what: 'makes a topic of our name and subscribes the inbox to it',
      comesTo: 'never confirmed: no URL of a message is fetched',
      log: 'not an SNS notification',
      do: () => subscribeUnasked(stranger, `arn:aws:sqs:${region}:${world.vault}:${NAMES.inbox}`),
    },
    {
      who: outsider,
      what: 'shares a snapshot of our name and mark',
      comesTo: 'passed over: its account is not accepted',
      log: 'its account is not accepted',
      do: () => shareFromNowhere(stage, region, world.vault),
    },
    {
      who: 'an administrator of the management account',
      what: 'takes a source out of the registry',
      comesTo: 'the vault follows it on: removal is a state',
      do: () =>
        registry.send(new DeleteItemCommand({ TableName: NAMES.registryTable, Key: { account: { S: account } } })),
    },
    {
      who: 'an administrator of the management account',
      what: `puts ${CROWD} accounts into the registry`,
      comesTo: 'no more are accepted than the daily bound allows',
      do: () => crowd(registry, region),
    },
  ];
}

const copyArn = (account: string, region: string, name: string): string =>
  `arn:aws:rds:${region}:${account}:snapshot:${PREFIX}-${name}`;

async function flood(sns: SNSClient, TopicArn: string, Message: string): Promise<void> {
  for (let sent = 0; sent < FLOOD; sent += BATCH) {
    const PublishBatchRequestEntries = Array.from({ length: BATCH }, (_, at) => ({ Id: `${at}`, Message }));
    await sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries }));
  }
}

/** Copies the export copy that still stands under a name of the attacker's choice, and shares it when it is there. */
async function shareCopy({ emulator, pump }: Stage, victim: WorldDatabase, name: string, vault: string, tags = {}) {
  const rds = new RDSClient(emulator.client(victim.account, victim.region));
  const Tags = Object.entries<string>(tags).map(([Key, Value]) => ({ Key, Value }));
  const [standing] = await exportCopies(emulator, victim);
  await rds.send(
    new CopyDBSnapshotCommand({
      SourceDBSnapshotIdentifier: standing?.name,
      TargetDBSnapshotIdentifier: name,
      KmsKeyId: standing?.kmsKeyArn,
      Tags,
    }),
  );
  await pump.pass(COPY_SECONDS);
  await share(rds, name, vault);
}

const share = (rds: RDSClient, DBSnapshotIdentifier: string, vault: string) =>
  rds.send(
    new ModifyDBSnapshotAttributeCommand({ DBSnapshotIdentifier, AttributeName: 'restore', ValuesToAdd: [vault] }),
  );

const exportCopies = async (emulator: Emulator, { account, region }: WorldDatabase): Promise<SeenSnapshot[]> =>
  (await snapshotsOf(emulator, account, region)).filter(
    ({ tags, status, kind }) => tags.get(TAGS.role) === 'export' && status === 'available' && kind === 'instance',
  );

async function retag(emulator: Emulator, victim: WorldDatabase): Promise<void> {
  const rds = new RDSClient(emulator.client(victim.account, victim.region));
  const Tags = Object.entries(NONSENSE).map(([Key, Value]) => ({ Key, Value }));
  for (const { arn, name } of await exportCopies(emulator, victim)) {
    if (name !== ADDED) await rds.send(new AddTagsToResourceCommand({ ResourceName: arn, Tags }));
  }
}

async function subscribeUnasked(sns: SNSClient, inbox: string): Promise<void> {
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: NAMES.copiesTopic }));
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: inbox }));
  await sns.send(new PublishCommand({ TopicArn, Message: 'is anybody there?' }));
}

async function shareFromNowhere({ emulator, pump }: Stage, region: string, vault: string): Promise<void> {
  const rds = new RDSClient(emulator.client(EXAMPLE.untagged, region));
  const size = { DBInstanceClass: 'db.t4g.medium', AllocatedStorage: 20, Engine: 'postgres' };
  const login = { MasterUsername: 'owner', MasterUserPassword: 'not-a-secret' };
  await rds.send(new CreateDBInstanceCommand({ DBInstanceIdentifier: 'nobodys', ...size, ...login }));
  const name = `${PREFIX}-nobodys-0011223344556677`;
  const made = {
    DBSnapshotIdentifier: name,
    DBInstanceIdentifier: 'nobodys',
    Tags: [{ Key: TAGS.role, Value: 'export' }],
  };
  await rds.send(new CreateDBSnapshotCommand(made));
  await pump.pass(COPY_SECONDS);
  await share(rds, name, vault);
}

/** Accounts that nobody has. */
async function crowd(registry: DynamoDBClient, region: string): Promise<void> {
  const put = (at: number) => ({
    PutRequest: {
      Item: {
        account: { S: `${NOBODYS}${String(at).padStart(2, '0')}` },
        state: { S: 'enrolled' },
        regions: { L: [{ S: region }] },
        since: { S: '2020-01-01T00:00:00.000Z' },
        reason: { S: 'poison' },
      },
    },
  });
  const requests = Array.from({ length: CROWD }, (_, at) => put(at));
  for (let at = 0; at < requests.length; at += WRITES) {
    const RequestItems = { [NAMES.registryTable]: requests.slice(at, at + WRITES) };
    await registry.send(new BatchWriteItemCommand({ RequestItems }));
  }
}
