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
import { type Deed, OUTSIDER, SOURCE, said } from './deed';
import { type CopyStates, changesOf, copiesOf } from './standing-copies';

const FLOOD = 60;
const BATCH = 10;
/** A run takes ten rings; the other messages, those that come back, and the hours have runs of their own. */
const MOST_RUNS = FLOOD / 2;
const HUGE = 200_000;
const REJECTED = 'rejected, and logged for the alarm';

/** What is rung at the vault's inbox: by a source on its own topic, and by somebody who is no source. */
export function forgedMessages(stage: Stage, victim: WorldDatabase, before: CopyStates): readonly Deed[] {
  const { emulator, world } = stage;
  const { account, region } = victim;
  const sns = new SNSClient(emulator.client(account, region));
  const stranger = new SNSClient(emulator.client(EXAMPLE.missingTag, region));
  const TopicArn = copiesTopicArn(account as AccountId, region as Region);
  const say = (Message: string) => () => sns.send(new PublishCommand({ TopicArn, Message }));
  const message = (more: object) => JSON.stringify({ version: 1, copy: copyArn(account, region, 'x'), ...more });
  const notifications: readonly (readonly [what: string, comesTo: string, log: string, text: string])[] = [
    [
      'notifies the vault of a snapshot of another account',
      REJECTED,
      'the topic and the snapshot are of different accounts',
      JSON.stringify({ version: 1, copy: copyArn(EXAMPLE.second, region, 'forged') }),
    ],
    [
      'notifies the vault of in an old version',
      'goes back, and to the dead letters',
      'message version 0',
      message({ version: 0 }),
    ],
    [
      'notifies the vault of in a version to come',
      'goes back, and to the dead letters',
      'message version 99',
      message({ version: 99 }),
    ],
    ['notifies the vault of what is no JSON', REJECTED, 'the message is not a JSON object', '{"version":'],
    ['notifies the vault of a huge message', REJECTED, 'the message is not a JSON object', 'x'.repeat(HUGE)],
  ];
  return [
    ...notifications.map(
      ([what, comesTo, log, text]): Deed => ({ who: SOURCE, what, comesTo, do: say(text), verify: said(log) }),
    ),
    {
      who: SOURCE,
      what: 'adds orders to an notification: delete, key, retention',
      comesTo: 'the orders are not read',
      do: say(message({ delete: true, kmsKeyId: 'mine', retentionDays: 0, name: 'final' })),
      verify: async () => changesOf(before, await copiesOf(stage))[0],
    },
    {
      who: SOURCE,
      what: `rings ${FLOOD} times`,
      comesTo: 'one look around for each batch',
      do: () => flood(sns, TopicArn, message({})),
      verify: (heard) => {
        const runs = heard.runs(`${PREFIX}-import-copies`);
        return runs <= MOST_RUNS ? undefined : `import-copies ran ${runs} times, and ${MOST_RUNS} are enough`;
      },
    },
    {
      who: OUTSIDER,
      what: 'makes a topic of our name and subscribes the inbox to it',
      comesTo: 'never confirmed: no URL of a message is fetched',
      do: () => subscribeUnasked(stranger, `arn:aws:sqs:${region}:${world.vault}:${NAMES.inbox}`),
      verify: said('not an SNS notification'),
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

async function subscribeUnasked(sns: SNSClient, inbox: string): Promise<void> {
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: NAMES.copiesTopic }));
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: inbox }));
  await sns.send(new PublishCommand({ TopicArn, Message: 'is anybody there?' }));
}
