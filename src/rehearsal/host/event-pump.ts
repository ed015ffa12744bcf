// Longer than most: one short method for each way in which AWS delivers an event or a message.
import { DeleteMessageCommand, type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { CheckvalveError } from '../../contract/errors';
import type { Delivery, EventSource, Publication, Schedule } from '../../emulator/answers';
import type { Emulator } from '../../emulator/emulator';
import { type Invocation, notInvoked } from './invocation';
import type { LambdaHost } from './lambda-host';
import { failuresIn, recordOf } from './queue-batch';
import type { AuthorizeInvocation, CallDecision, Waking } from './sdk-call';

/** What a pump asks before it delivers, and what it reports. */
export interface PumpOptions {
  /** Authorizes a delivery of SNS into a queue; without it every delivery is allowed. */
  readonly authorizeDelivery?: (delivery: Delivery) => Promise<CallDecision>;
  /** Authorizes a message of an AWS service to a topic; without it every message is published. */
  readonly authorizePublication?: (publication: Publication) => Promise<CallDecision>;
  /** Authorizes each invocation before it begins; without it every invocation begins. */
  readonly authorizeInvocation?: AuthorizeInvocation;
  /** Receives every invocation once it has ended. */
  readonly onInvocation?: (invocation: Invocation) => void;
}

const MAX_ROUNDS = 500;
// nextDue is less precise than the clock: after this margin it is due.
const MARGIN_MS = 1_000;

/** Messages that were received from a queue and wait for further ones. */
interface Batch {
  readonly since: number;
  readonly messages: Message[];
}

/** What a pump needs, beside the emulated world, to continue: plain data. */
export interface PumpMemory {
  readonly delivers: boolean;
  readonly gathering: ReadonlyMap<string, Batch>;
}

/** What AWS does between the accounts: it invokes functions, and delivers messages to topics, queues and functions. */
export class EventPump {
  /** While false, messages stay with their topics, so that a phase can end before the next account receives them. */
  delivers = true;
  private readonly queues = new Map<string, SQSClient>();
  private gathering = new Map<string, Batch>();

  constructor(
    private readonly emulator: Emulator,
    private readonly host: LambdaHost,
    private readonly options: PumpOptions = {},
  ) {}

  /** What a later pump needs to continue from here. */
  get memory(): PumpMemory {
    return { delivers: this.delivers, gathering: this.gathering };
  }

  /** Continues from a pump with that memory. */
  recall({ delivers, gathering }: PumpMemory): void {
    this.delivers = delivers;
    this.gathering = new Map(gathering);
  }

  /**
   * Delivers until nothing is left to deliver at this instant.
   * @throws CheckvalveError `REHEARSAL_FAILED` when functions wake one another without end
   */
  async untilQuiet(): Promise<void> {
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const { wakeups, publications, deliveries, messages } = await this.emulator.pending();
      if (wakeups + publications + (this.delivers ? deliveries : 0) + messages + this.gathering.size === 0) return;
      const woken = await this.wake();
      const published = publications > 0 ? await this.publish() : 0;
      const delivered = this.delivers ? await this.deliver() : 0;
      const fed = await this.feed();
      if (woken + published + delivered + fed === 0) return;
    }
    const message = `After ${MAX_ROUNDS} rounds functions still wake one another.`;
    throw new CheckvalveError('REHEARSAL_FAILED', message, 'Look for a rule that a function’s own work matches.');
  }

  /** Lets virtual time pass, and delivers at each instant at which something is due. */
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
   * Fires the enabled schedules that invoke that function, directly or through a queue, wherever it is deployed, and lets
   * the window of the queue pass; resolves to the number of schedules.
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

  /** What is due first: an event of the world, or a batch whose window ends. */
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

  /** Receives the waiting messages, and invokes the function once the batch is full or its window has ended.
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

  /** A call receives at most ten messages; a batch may have more. */
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
