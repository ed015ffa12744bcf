import {
  CreateTopicCommand,
  PublishBatchCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import type { AccountId, Region } from '../../contract/ids';
import { copiesTopicArn, NAMES, PREFIX } from '../../contract/names';
import type { Stage } from '../stage';
import { EXAMPLE, type WorldDatabase } from '../world';
import { type AttackAction, logged, SOURCE, STRANGER } from './attack-action';
import { type CopyStates, changesOf, copyStates } from './copy-states';

const FLOOD = 60;
const BATCH = 10;
/** One run receives ten messages; the other messages, those that return to the queue, and each hour have further runs. */
const MAX_RUNS = FLOOD / 2;
const LARGE = 200_000;
const REJECTED = 'import-copies rejects it, and an alarm counts rejections';
const DEAD_LETTER = 'the message returns to the queue, then goes to the dead-letter queue';

/** Messages to the vault's inbox: of a source on its own topic, and of an account that is not enrolled.
 * Longer than most: one list of actions. */
export function forgedMessages(stage: Stage, database: WorldDatabase, before: CopyStates): readonly AttackAction[] {
  const { emulator, world } = stage;
  const { account, region } = database;
  const sns = new SNSClient(emulator.client(account, region));
  const stranger = new SNSClient(emulator.client(EXAMPLE.missingTag, region));
  const TopicArn = copiesTopicArn(account as AccountId, region as Region);
  const publish = (Message: string) => () => sns.send(new PublishCommand({ TopicArn, Message }));
  const message = (more: object) => JSON.stringify({ version: 1, copy: copyArn(account, region, 'x'), ...more });
  const ofOther = JSON.stringify({ version: 1, copy: copyArn(EXAMPLE.second, region, 'forged') });
  const notifications: readonly (readonly [action: string, outcome: string, log: string, text: string])[] = [
    [
      'notifies the vault of a snapshot of another account',
      REJECTED,
      'the topic and the snapshot belong to different accounts',
      ofOther,
    ],
    ['sends a notification of an older version', DEAD_LETTER, 'message version 0', message({ version: 0 })],
    ['sends a notification of a newer version', DEAD_LETTER, 'message version 99', message({ version: 99 })],
    ['sends a notification that is not JSON', REJECTED, 'the message is not a JSON object', '{"version":'],
    ['sends a notification of 200,000 characters', REJECTED, 'the message is not a JSON object', 'x'.repeat(LARGE)],
  ];
  return [
    ...notifications.map(
      ([action, outcome, log, text]): AttackAction => ({
        attacker: SOURCE,
        action,
        outcome,
        act: publish(text),
        verify: logged(log),
      }),
    ),
    {
      attacker: SOURCE,
      action: 'adds fields to a notification: delete, key, retention',
      outcome: 'import-copies ignores the fields',
      act: publish(message({ delete: true, kmsKeyId: 'mine', retentionDays: 0, name: 'final' })),
      verify: async () => changesOf(before, await copyStates(stage))[0],
    },
    {
      attacker: SOURCE,
      action: `sends ${FLOOD} notifications`,
      outcome: 'import-copies runs once for each batch',
      act: () => flood(sns, TopicArn, message({})),
      verify: (logs) => {
        const runs = logs.runs(`${PREFIX}-import-copies`);
        return runs <= MAX_RUNS ? undefined : `import-copies ran ${runs} times, and ${MAX_RUNS} are enough`;
      },
    },
    {
      attacker: STRANGER,
      action: 'creates a topic named like the copies topic, and subscribes the inbox to it',
      outcome: 'the vault does not confirm the subscription: it fetches no URL of a message',
      act: () => subscribeInbox(stranger, `arn:aws:sqs:${region}:${world.vault}:${NAMES.inbox}`),
      verify: logged('not an SNS notification'),
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

async function subscribeInbox(sns: SNSClient, inbox: string): Promise<void> {
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: NAMES.copiesTopic }));
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: inbox }));
  await sns.send(new PublishCommand({ TopicArn, Message: 'a message of another account' }));
}
