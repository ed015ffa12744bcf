// Longer than most: one short method for each way in which AWS passes something on.
import { DeleteMessageCommand, type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { CheckvalveError } from '../../contract/errors';
import type { Delivery, EventSource, Publication, Schedule } from '../../emulator/answers';
import type { Emulator } from '../../emulator/emulator';
import { type Invocation, notInvoked } from './invocation';
import type { LambdaHost } from './lambda-host';
import { failuresIn, recordOf } from './queue-batch';
import type { AuthorizeInvocation, CallDecision, Waking } from './sdk-call';

/** How a pump treats what passes through it. */
export interface PumpOptions {
  /** Judges what SNS is about to put into a queue; without it all is let through. */
  readonly authorizeDelivery?: (delivery: Delivery) => Promise<CallDecision>;
  /** Judges what an AWS service is about to send to a topic; without it all is published. */
  readonly authorizePublication?: (publication: Publication) => Promise<CallDecision>;
  /** Judges each invocation before it begins; without it all begin. */
  readonly authorizeInvocation?: AuthorizeInvocation;
  /** Receives every invocation once it has ended. */
  readonly onInvocation?: (invocation: Invocation) => void;
}

const MOST_ROUNDS = 500;
// nextDue is given in whole seconds or less precise than the clock runs: this much later it is due for certain.
const MARGIN_MS = 1_000;

/** Messages that were taken from a queue and wait for more of them. */
interface Batch {
  readonly since: number;
  readonly messages: Message[];
}

/** What a pump remembers beside the emulated world: plain data. */
export interface PumpMemory {
  readonly delivers: boolean;
  readonly gathering: ReadonlyMap<string, Batch>;
}

/** What AWS does between the accounts: wakes functions, carries messages to topics and queues, feeds queues to functions. */
export class EventPump {
  /** While false, messages stay with their topics: a phase may end before the next account hears of it. */
  delivers = true;
  private readonly queues = new Map<string, SQSClient>();
  private gathering = new Map<string, Batch>();

  constructor(
    private readonly emulator: Emulator,
    private readonly host: LambdaHost,
    private readonly options: PumpOptions = {},
  ) {}

  /** What has to be known to go on from here. */
  get memory(): PumpMemory {
    return { delivers: this.delivers, gathering: this.gathering };
  }

  /** Goes on where a pump with that memory was. */
  recall({ delivers, gathering }: PumpMemory): void {
    this.delivers = delivers;
    this.gathering = new Map(gathering);
  }

  /**
   * Works until nothing is left to do at this instant.
   * @throws CheckvalveError `REHEARSAL_FAILED` when the world never comes to rest
   */
  async untilQuiet(): Promise<void> {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const { wakeups, publications, deliveries, messages } = await this.emulator.pending();
      if (wakeups + publications + (this.delivers ? deliveries : 0) + messages + this.gathering.size === 0) return;
      const woken = await this.wake();
      const published = publications > 0 ? await this.publish() : 0;
      const delivered = this.delivers ? await this.deliver() : 0;
      const fed = await this.feed();
      if (woken + published + delivered + fed === 0) return;
    }
    const message = `After ${MOST_ROUNDS} rounds functions still wake one another.`;
    throw new CheckvalveError('REHEARSAL_FAILED', message, 'Look for a rule that a function’s own work matches.');
  }

  /** Lets virtual time pass, stopping at each instant at which something falls due. */
  async pass(seconds: number): Promise<void> {
    await this.untilQuiet();
    const end = (await this.emulator.now()).getTime() + seconds * 1000;
    for (;;) {
      const { now, nextDue } = await this.emulator.clock();
      const due = await this.firstOf(nextDue);
      if (due === undefined || due.getTime() + MARGIN_MS > end) break;
      await this.emulator.moveTo(new Date(Math.max(due.getTime(), now.getTime()) + MARGIN_MS));
      await this.untilQuiet();
    }
    const now = await this.emulator.now();
    if (now.getTime() < end) await this.emulator.moveTo(new Date(end));
    await this.untilQuiet();
  }

  /**
   * Fires the enabled schedules that wake that function, by themselves or through a queue, wherever it is deployed, and
   * lets pass what the queue gathers; resolves to how many there were.
   */
  async fire(functionName: string): Promise<number> {
    const named = (arn: string) => arn.split(':')[6] === functionName;
    const sources = (await this.emulator.eventSources()).filter((source) => named(source.functionArn));
    const targets = new Set(sources.map(({ queueArn }) => queueArn));
    const wakes = (schedule: Schedule) =>
      schedule.enabled && schedule.targets.some(({ arn }) => named(arn) || targets.has(arn));
    const schedules = (await this.emulator.schedules()).filter(wakes);
    for (const { ruleArn } of schedules) await this.emulator.fireSchedule(ruleArn);
    const longest = sources.reduce((most, { windowSeconds }) => Math.max(most, windowSeconds), 0);
    await (longest > 0 ? this.pass(longest + 1) : this.untilQuiet());
    return schedules.length;
  }

  /** What falls due first: in the world, or a batch that has gathered long enough. */
  private async firstOf(nextDue: Date | undefined): Promise<Date | undefined> {
    const due = nextDue?.getTime() ?? Number.POSITIVE_INFINITY;
    const sources = this.gathering.size > 0 ? await this.emulator.eventSources() : [];
    const ends = sources.flatMap((source) => {
      const batch = this.gathering.get(source.uuid);
      return batch ? [batch.since + source.windowSeconds * 1000] : [];
    });
    const first = ends.reduce((least, end) => Math.min(least, end), due);
    return Number.isFinite(first) ? new Date(first) : undefined;
  }

  private async wake(): Promise<number> {
    const wakeups = await this.emulator.wakeups();
    if (wakeups.length === 0) return 0;
    this.host.deploy(await this.emulator.functions());
    for (const { functionArn, event, ruleArn } of wakeups) {
      await this.invoke(functionArn, event, ruleArn ? { ruleArn } : {});
    }
    return wakeups.length;
  }

  private async invoke(functionArn: string, event: unknown, waking: Waking): Promise<Invocation> {
    // A wake-up may name a version or an alias: the function is what comes before.
    const plain = functionArn.split(':').slice(0, 7).join(':');
    const verdict = (await this.options.authorizeInvocation?.(plain, waking)) ?? { allowed: true };
    const invocation = verdict.allowed
      ? await this.host.invoke(plain, event, await this.emulator.now())
      : notInvoked(plain, verdict.message);
    this.options.onInvocation?.(invocation);
    return invocation;
  }

  private async publish(): Promise<number> {
    const publications = await this.emulator.publications();
    const allowed: string[] = [];
    const refused: string[] = [];
    for (const publication of publications) {
      const verdict = (await this.options.authorizePublication?.(publication)) ?? { allowed: true };
      (verdict.allowed ? allowed : refused).push(publication.id);
    }
    if (allowed.length > 0) await this.emulator.publish(allowed);
    if (refused.length > 0) await this.emulator.refusePublication(refused);
    return publications.length;
  }

  private async deliver(): Promise<number> {
    const deliveries = await this.emulator.deliveries();
    const through: string[] = [];
    const refused: string[] = [];
    for (const delivery of deliveries) {
      const verdict = (await this.options.authorizeDelivery?.(delivery)) ?? { allowed: true };
      (verdict.allowed ? through : refused).push(delivery.id);
    }
    if (through.length > 0) await this.emulator.letThrough(through);
    if (refused.length > 0) await this.emulator.drop(refused);
    return deliveries.length;
  }

  private async feed(): Promise<number> {
    const sources = await this.emulator.eventSources();
    const busy = sources.filter(({ enabled, waiting, uuid }) => enabled && (waiting > 0 || this.gathering.has(uuid)));
    if (busy.length === 0) return 0;
    const now = (await this.emulator.now()).getTime();
    let fed = 0;
    for (const source of busy) fed += await this.feedFrom(source, now);
    return fed;
  }

  /** Takes what is there, and calls the function once the batch is full or has gathered for as long as it may.
   * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html */
  private async feedFrom(source: EventSource, now: number): Promise<number> {
    const batch = this.gathering.get(source.uuid) ?? { since: now, messages: [] };
    const before = batch.messages.length;
    await this.gather(source, batch.messages);
    if (batch.messages.length === 0) return 0;
    this.gathering.set(source.uuid, batch);
    const full = batch.messages.length >= source.batchSize;
    if (!full && now < batch.since + source.windowSeconds * 1000) return batch.messages.length - before;
    this.gathering.delete(source.uuid);
    return this.feedBatch(source, batch.messages);
  }

  /** A call receives ten messages at the most, a batch may have more. */
  private async gather({ queueArn, queueUrl, batchSize, waiting }: EventSource, messages: Message[]): Promise<void> {
    for (let left = waiting; left > 0 && messages.length < batchSize; ) {
      const ask = new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: Math.min(batchSize - messages.length, 10),
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      });
      const { Messages: more = [] } = await this.queueClient(queueArn).send(ask);
      if (more.length === 0) return;
      for (const one of more) messages.push(one);
      left -= more.length;
    }
  }

  /** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html */
  private async feedBatch(source: EventSource, messages: readonly Message[]): Promise<number> {
    const sqs = this.queueClient(source.queueArn);
    this.host.deploy(await this.emulator.functions());
    const event = { Records: messages.map((m) => recordOf(m, source)) };
    const { outcome } = await this.invoke(source.functionArn, event, { source });
    if (outcome.kind !== 'returned') return messages.length;
    const kept = source.reportBatchItemFailures ? failuresIn(outcome.value, messages) : new Set<string>();
    for (const { MessageId = '', ReceiptHandle } of messages) {
      if (!kept.has(MessageId)) await sqs.send(new DeleteMessageCommand({ QueueUrl: source.queueUrl, ReceiptHandle }));
    }
    return messages.length;
  }

  private queueClient(queueArn: string): SQSClient {
    const [, , , region = '', account = ''] = queueArn.split(':');
    const key = `${account} ${region}`;
    const known = this.queues.get(key) ?? new SQSClient(this.emulator.client(account, region));
    this.queues.set(key, known);
    return known;
  }
}
