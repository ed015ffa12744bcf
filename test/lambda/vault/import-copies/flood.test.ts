import {
  type AccountId,
  databaseParts,
  type SnapshotArn,
  snapshotArn,
  snapshotParts,
} from '../../../../src/contract/ids';
import { notify } from '../../../../src/contract/message';
import { copiesTopicArn, NAMES, TAGS } from '../../../../src/contract/names';
import { database, exportKeyOf, HERE, OTHER, Pipeline, SOURCE, VAULT } from '../../../support/pipeline';
import { resourcesOf, templatesOf } from '../../../support/synthesized';

/** How the inbox wakes the step: so many messages at once, to so many runs at a time. */
const RINGS = { BatchSize: 10, ScalingConfig: { MaximumConcurrency: 2 } };
const MOST_RECEIVED = 5;
const SLOTS = 20;
/** Slots that one account may hold. */
const PART = 16;
const FLOOD = 500;

interface Ring {
  readonly from: AccountId;
  readonly messageId: string;
  readonly body: string;
  readonly eventSourceARN: string;
  received: number;
}

/** The inbox with memory: what a run does not deal with comes back, and in the end goes to the dead letters. */
class InboxOf {
  readonly waiting: Ring[] = [];
  readonly dead: Ring[] = [];
  looks = 0;
  constructor(private readonly pipeline: Pipeline) {}

  ring(copy: SnapshotArn): void {
    const from = snapshotParts(copy).account;
    const body = JSON.stringify({
      Type: 'Notification',
      TopicArn: copiesTopicArn(from, HERE),
      Message: notify(copy),
    });
    const eventSourceARN = `arn:aws:sqs:${HERE}:${VAULT}:${NAMES.inbox}`;
    this.waiting.push({ from, messageId: String(this.waiting.length), body, eventSourceARN, received: 0 });
  }

  /** As many runs at a time as there may be, each with a batch. */
  async wake(): Promise<void> {
    const batches = Array.from({ length: RINGS.ScalingConfig.MaximumConcurrency }, () =>
      this.waiting.splice(0, RINGS.BatchSize),
    );
    await Promise.all(batches.filter(({ length }) => length > 0).map((batch) => this.hand(batch)));
  }

  private async hand(batch: readonly Ring[]): Promise<void> {
    this.looks += 1;
    const all = batch.map(({ messageId }) => ({ itemIdentifier: messageId }));
    const { batchItemFailures } = await this.pipeline
      .import({ Records: batch })
      .catch(() => ({ batchItemFailures: all }));
    for (const ring of batch.filter((one) => batchItemFailures.some((back) => back.itemIdentifier === one.messageId))) {
      ring.received += 1;
      (ring.received >= MOST_RECEIVED ? this.dead : this.waiting).push(ring);
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
  const seen: string[] = [];
  rds.onChange = ({ what, account, snapshot }) => {
    if (account !== VAULT || (what !== 'copied' && what !== 'available')) return;
    seen.push(`${what === 'copied' ? 'started' : 'ended'} ${databaseParts(snapshot.database).account}`);
  };
  return seen;
}

/** Rings of one account, about so many shares, are being worked off when another account shares and rings, behind them. */
async function flood(shares: number) {
  const pipeline = new Pipeline({
    maxInstanceCopiesInFlight: SLOTS,
    maxClusterCopiesInFlight: 5,
    manualSnapshotQuota: 5000,
  });
  // Every database of the flood is admitted: what is tested here is slots.
  pipeline.admission = { ...pipeline.admission, maxNewDatabasesPerAccountPerDay: FLOOD };
  const inbox = new InboxOf(pipeline);
  const seen = watch(pipeline);
  // The flood's copies end one after the other, the first before its rings are worked off.
  const shared = Array.from({ length: shares }, (_, at) => share(pipeline, OTHER, `flood-${at}`, 10 + at));
  for (let at = 0; at < FLOOD; at += 1) inbox.ring(shared[at % shares] as SnapshotArn);
  await inbox.wake();
  pipeline.rds.advance(1);
  inbox.ring(share(pipeline, SOURCE, 'orders', 5));
  let before: { readonly ringWaits: boolean; readonly freed: number } | undefined;
  while (inbox.waiting.length > 0 && inbox.looks < 10 * FLOOD) {
    const ringWaits = inbox.waiting.some(({ from }) => from === SOURCE);
    await inbox.wake();
    const started = seen.indexOf(`started ${SOURCE}`);
    const freed = seen.slice(0, started).filter((one) => one.startsWith('ended')).length;
    if (started >= 0) before ??= { ringWaits, freed };
    pipeline.rds.advance(1);
  }
  return { inbox, seen, before, calls: pipeline.rds.calls };
}

test.each([
  ['500 messages about one share: without waiting for a slot', 1, 0],
  ['500 messages, each about a share of its own: in a slot that is kept for others', FLOOD, 0],
])('%s, another account’s database has its turn, though its ring waits behind them all', async (_, shares, freed) => {
  const { before } = await flood(shares);
  expect(before).toEqual({ ringWaits: true, freed });
});

test.each([1, FLOOD])(
  '500 messages of one account about %i shares are 51 looks with the other’s: one for ten; none is left over, none dead',
  async (shares) => {
    const { inbox, seen, calls } = await flood(shares);
    expect([inbox.waiting, inbox.dead]).toEqual([[], []]);
    expect(inbox.looks).toBe(51);
    // Each look lists what is shared, the vault's own and what stands behind each of the two access roles, once.
    expect(calls.get('shared')).toBe(51);
    expect(calls.get('manual')).toBeLessThanOrEqual(3 * 51);
    // Two runs at a time may order the same copy: RDS makes it once.
    const started = seen.filter((one) => one.startsWith('started')).length;
    expect(started).toBeGreaterThanOrEqual(Math.min(shares, PART) + 1);
    expect(calls.get('copy')).toBeLessThanOrEqual(2 * started);
  },
);

test('the inbox hands over ten at a time, to two runs: however many ring, no more than two look at the same time', () => {
  const mappings = Object.values(resourcesOf(templatesOf().vault)).filter(
    ({ Type, Properties }) => Type === 'AWS::Lambda::EventSourceMapping' && 'FunctionResponseTypes' in Properties,
  );
  expect(mappings.map(({ Properties }) => Properties)).toMatchObject([RINGS]);
});
