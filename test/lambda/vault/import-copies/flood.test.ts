import {
  type AccountId,
  databaseParts,
  type SnapshotArn,
  snapshotArn,
  snapshotParts,
} from '../../../../src/contract/ids';
import { notify as messageOf } from '../../../../src/contract/message';
import { copiesTopicArn, NAMES, TAGS } from '../../../../src/contract/names';
import { database, exportKeyOf, HERE, OTHER, Pipeline, SOURCE, VAULT } from '../../../support/pipeline';
import { resourcesOf, templatesOf } from '../../../support/synthesized';

/** How the inbox starts the step: with so many messages, and in so many runs at a time. */
const EVENT_SOURCE = { BatchSize: 10, ScalingConfig: { MaximumConcurrency: 2 } };
const MAX_RECEIVED = 5;
const SLOTS = 20;
/** Slots that one account may use. */
const PART = 16;
const FLOOD = 500;

interface Notification {
  readonly from: AccountId;
  readonly messageId: string;
  readonly body: string;
  readonly eventSourceARN: string;
  received: number;
}

/** The inbox with memory: a message that a run does not handle returns, and finally goes to the dead letters. */
class FakeInbox {
  readonly waiting: Notification[] = [];
  readonly dead: Notification[] = [];
  observations = 0;
  constructor(private readonly pipeline: Pipeline) {}

  notify(copy: SnapshotArn): void {
    const from = snapshotParts(copy).account;
    const body = JSON.stringify({
      Type: 'Notification',
      TopicArn: copiesTopicArn(from, HERE),
      Message: messageOf(copy),
    });
    const eventSourceARN = `arn:aws:sqs:${HERE}:${VAULT}:${NAMES.inbox}`;
    this.waiting.push({ from, messageId: String(this.waiting.length), body, eventSourceARN, received: 0 });
  }

  /** As many runs at a time as are allowed, each with a batch. */
  async wake(): Promise<void> {
    const batches = Array.from({ length: EVENT_SOURCE.ScalingConfig.MaximumConcurrency }, () =>
      this.waiting.splice(0, EVENT_SOURCE.BatchSize),
    );
    await Promise.all(batches.filter(({ length }) => length > 0).map((batch) => this.deliver(batch)));
  }

  private async deliver(batch: readonly Notification[]): Promise<void> {
    this.observations += 1;
    const all = batch.map(({ messageId }) => ({ itemIdentifier: messageId }));
    const { batchItemFailures } = await this.pipeline
      .import({ Records: batch })
      .catch(() => ({ batchItemFailures: all }));
    for (const message of batch.filter((one) =>
      batchItemFailures.some((back) => back.itemIdentifier === one.messageId),
    )) {
      message.received += 1;
      (message.received >= MAX_RECEIVED ? this.dead : this.waiting).push(message);
    }
  }
}

/** An export copy that an account shares with the vault. */
function share({ rds }: Pipeline, account: AccountId, name: string, copyMinutes: number): SnapshotArn {
  const { arn: of, engine, sizeGiB } = database(account, 'db', name);
  const arn = snapshotArn(`arn:aws:rds:${HERE}:${account}:snapshot:checkvalve-${name}`);
  const times = { createdAt: rds.time, takenAt: rds.time };
  const about = { kind: 'instance', status: 'available', type: 'manual', encrypted: true } as const;
  const tags = new Map([[TAGS.role, 'export']]);
  const key = { kmsKeyArn: exportKeyOf(account) };
  const copy = { arn, name: `checkvalve-${name}`, database: of, engine, sizeGiB, tags, ...about, ...times, ...key };
  rds.plant(copy, [VAULT], copyMinutes);
  return arn;
}

/** What happens to the vault's copies, in order: `started` or `ended`, and whose. */
function watch({ rds }: Pipeline): readonly string[] {
  const events: string[] = [];
  rds.onChange = ({ what, account, snapshot }) => {
    if (account !== VAULT || (what !== 'copied' && what !== 'available')) return;
    events.push(`${what === 'copied' ? 'started' : 'ended'} ${databaseParts(snapshot.database).account}`);
  };
  return events;
}

/** The step works through the notifications of one account, about so many shares, when another account notifies it as well. */
async function flood(shares: number) {
  const pipeline = new Pipeline({
    maxInstanceCopiesInFlight: SLOTS,
    maxClusterCopiesInFlight: 5,
    manualSnapshotQuota: 5000,
  });
  // Every database of the flood is admitted: these tests are about slots.
  pipeline.admission = { ...pipeline.admission, maxNewDatabasesPerAccountPerDay: FLOOD };
  const inbox = new FakeInbox(pipeline);
  const events = watch(pipeline);
  // The flood's copies end one after the other, the first before the step has read all notifications.
  const shared = Array.from({ length: shares }, (_, at) => share(pipeline, OTHER, `flood-${at}`, 10 + at));
  for (let at = 0; at < FLOOD; at += 1) inbox.notify(shared[at % shares] as SnapshotArn);
  await inbox.wake();
  pipeline.rds.advance(1);
  inbox.notify(share(pipeline, SOURCE, 'orders', 5));
  let before: { readonly isWaiting: boolean; readonly freed: number } | undefined;
  while (inbox.waiting.length > 0 && inbox.observations < 10 * FLOOD) {
    const isWaiting = inbox.waiting.some(({ from }) => from === SOURCE);
    await inbox.wake();
    const started = events.indexOf(`started ${SOURCE}`);
    const freed = events.slice(0, started).filter((one) => one.startsWith('ended')).length;
    if (started >= 0) before ??= { isWaiting, freed };
    pipeline.rds.advance(1);
  }
  return { inbox, events, before, calls: pipeline.rds.calls };
}

test.each([
  ['500 messages about one share: without waiting for a slot', 1, 0],
  ['500 messages, each about a share of its own: in a slot that is kept for others', FLOOD, 0],
])(
  '%s, another account’s database has its turn, though its notification waits behind them all',
  async (_, shares, freed) => {
    const { before } = await flood(shares);
    expect(before).toEqual({ isWaiting: true, freed });
  },
);

test.each([1, FLOOD])(
  '500 messages of one account about %i shares are 51 observations with the other’s: one for ten; no message is left over or dead',
  async (shares) => {
    const { inbox, events, calls } = await flood(shares);
    expect([inbox.waiting, inbox.dead]).toEqual([[], []]);
    expect(inbox.observations).toBe(51);
    // Each observation lists what is shared, the vault's own snapshots and those of each of the two access roles, once.
    expect(calls.get('shared')).toBe(51);
    expect(calls.get('manual')).toBeLessThanOrEqual(3 * 51);
    // Two runs at a time may order the same copy: RDS makes it once.
    const started = events.filter((one) => one.startsWith('started')).length;
    expect(started).toBeGreaterThanOrEqual(Math.min(shares, PART) + 1);
    expect(calls.get('copy')).toBeLessThanOrEqual(2 * started);
  },
);

test('the inbox passes ten messages at a time to two runs: at most two runs observe at the same time', () => {
  const mappings = Object.values(resourcesOf(templatesOf().vault)).filter(
    ({ Type, Properties }) => Type === 'AWS::Lambda::EventSourceMapping' && 'FunctionResponseTypes' in Properties,
  );
  expect(mappings.map(({ Properties }) => Properties)).toMatchObject([EVENT_SOURCE]);
});
