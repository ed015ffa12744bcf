import type { CheckvalveConfig } from '../config/checkvalve-config';
import { CheckvalveError } from '../contract/errors';
import { PREFIX } from '../contract/names';
import type { Delivery, Publication } from '../emulator/answers';
import type { Emulator } from '../emulator/emulator';
import type { TemplateVariant } from '../trust/templates/template';
import type { EmulatedWorld } from './checks/evidence';
import type { Authorizer, AuthorizerSwitches } from './host/authorizer';
import type { Alter } from './host/deploy';
import { EventPump, type PumpMemory } from './host/event-pump';
import { failureOf, type Invocation } from './host/invocation';
import { LambdaHost } from './host/lambda-host';
import type { Authorize, AuthorizeInvocation, CallDecision } from './host/sdk-call';
import type { CheckFailure, PhaseRow } from './result';
import type { World } from './world';

/** Authorizes a message that SNS is about to put into a queue. */
export type AuthorizeDelivery = (delivery: Delivery) => Promise<CallDecision>;

/** What a stage is set up with. */
export interface StageOptions {
  readonly config: CheckvalveConfig;
  /** Changes the synthesized templates before they are deployed. For tests. */
  readonly alter?: Alter;
  /** How the deployed policies are evaluated where AWS documents nothing. */
  readonly switches?: AuthorizerSwitches;
  /** Authorizes each call of each handler before it is sent; without it every call is allowed. */
  readonly authorize?: Authorize;
  /** Authorizes each invocation before it begins; without it every invocation is allowed. */
  readonly authorizeInvocation?: AuthorizeInvocation;
  /** Authorizes each backup of AWS Backup; without it every backup is allowed. */
  readonly authorizeBackup?: (database: string, point: string) => Promise<CallDecision>;
  /** Authorizes each message from a topic to a queue; without it every message is delivered. */
  readonly authorizeDelivery?: AuthorizeDelivery;
  /** Authorizes each message of an AWS service to a topic; without it every message is published. */
  readonly authorizePublication?: (publication: Publication) => Promise<CallDecision>;
  /** The templates as they are deployed, for the proof of the phase `attack`. */
  readonly templates?: () => Promise<readonly TemplateVariant[]>;
  /** Receives every invocation once it has ended, with its logs. */
  readonly onInvocation?: (invocation: Invocation) => void;
}

/** Options with which the deployed policies authorize everything that happens on a stage. */
export const authorizedBy = (authorizer: Authorizer) => ({
  authorize: authorizer.call,
  authorizeDelivery: authorizer.delivery,
  authorizePublication: authorizer.publication,
  authorizeInvocation: authorizer.invocation,
  authorizeBackup: authorizer.backup,
  templates: () => authorizer.templates(),
});

/** What a stage needs, beside the emulated world, to continue from a saved point: plain data. */
export interface StageMemory {
  readonly refused: number;
  readonly pump: PumpMemory;
}

interface Tally {
  calls: number;
  ms: number;
}

const TURN_SECONDS = 300;
const MAX_TURNS = 24;

/** Where phases run: the emulated world, the functions in it, and a count of what they do. */
export class Stage implements EmulatedWorld {
  readonly config: CheckvalveConfig;
  readonly pump: EventPump;
  private readonly host: LambdaHost;
  private tallies = new Map<string, Tally>();
  private failed: CheckFailure[] = [];
  private readonly recordings = new Set<Invocation[]>();
  private refused = 0;

  constructor(
    readonly emulator: Emulator,
    readonly world: World,
    readonly options: StageOptions,
  ) {
    this.config = options.config;
    this.host = new LambdaHost({ endpoint: emulator.endpoint, authorize: options.authorize });
    this.pump = new EventPump(emulator, this.host, {
      authorizeDelivery: options.authorizeDelivery && ((delivery) => this.authorizeDelivery(delivery)),
      authorizePublication: options.authorizePublication && ((publication) => this.authorizePublication(publication)),
      authorizeInvocation: options.authorizeInvocation,
      onInvocation: (invocation) => this.count(invocation),
    });
  }

  /** Failures of invocations and of other work since the last call of `rows`. */
  get failures(): readonly CheckFailure[] {
    return this.failed;
  }

  /** Removes failures that are expected. */
  removeExpected(isExpected: (failure: CheckFailure) => boolean): void {
    this.failed = this.failed.filter((failure) => !isExpected(failure));
  }

  /** Calls and deliveries refused so far. */
  get refusals(): number {
    return this.refused;
  }

  /** Fires the schedule that wakes a step. @throws CheckvalveError `REHEARSAL_FAILED` when the step has no schedule */
  async fire(step: string): Promise<void> {
    if ((await this.pump.fire(`${PREFIX}-${step}`)) > 0) return;
    const message = `No enabled schedule wakes ${PREFIX}-${step}.`;
    throw new CheckvalveError('REHEARSAL_FAILED', message, `Look at the schedule of ${step} in its stack.`);
  }

  /** Lets time pass in turns of five minutes and fires the schedules of these steps after each, until the check passes,
   * a step fails or two hours have passed. */
  async fireUntil(steps: readonly string[], passes: () => Promise<boolean>): Promise<void> {
    for (let turn = 0; turn < MAX_TURNS; turn += 1) {
      await this.pump.pass(TURN_SECONDS);
      for (const step of steps) await this.fire(step);
      if (this.failures.length > 0 || (await passes())) return;
    }
  }

  /** Runs work, and resolves to the invocations that ended meanwhile. */
  async recorded(work: () => Promise<unknown>): Promise<readonly Invocation[]> {
    const recording: Invocation[] = [];
    this.recordings.add(recording);
    try {
      await work();
      return recording;
    } finally {
      this.recordings.delete(recording);
    }
  }

  /** Does work that belongs to an account and is no handler's: its time counts there. */
  async timed<Result>(account: string, work: () => Promise<Result>): Promise<Result> {
    const started = performance.now();
    const tally = this.tally(account);
    try {
      return await work();
    } catch (error) {
      this.failed.push({ account, cause: error instanceof Error ? error.message : String(error) });
      throw error;
    } finally {
      tally.ms += performance.now() - started;
    }
  }

  /** The rows of a phase that has ended; the count starts again. */
  rows(step: string, failures: readonly CheckFailure[]): PhaseRow[] {
    const failing = new Set(failures.map(({ account }) => account));
    for (const account of failing) this.tally(account);
    const rows = [...this.tallies].map(([account, { calls, ms }]): PhaseRow => {
      return { step, account, outcome: failing.has(account) ? 'failed' : 'ok', calls, ms: Math.round(ms) };
    });
    this.tallies = new Map();
    this.failed = [];
    return rows;
  }

  /** What a later stage needs to continue from a world that is saved now. */
  get memory(): StageMemory {
    return { refused: this.refused, pump: this.pump.memory };
  }

  /** Continues from the point at which a stage had that memory; the functions start cold. */
  recall({ refused, pump }: StageMemory): void {
    this.refused = refused;
    this.pump.recall(pump);
  }

  /** Ends the functions. The owner of the emulator ends the emulator. */
  stop(): Promise<void> {
    return this.host.stop();
  }

  private tally(account: string): Tally {
    const tally = this.tallies.get(account) ?? { calls: 0, ms: 0 };
    this.tallies.set(account, tally);
    return tally;
  }

  private count(invocation: Invocation): void {
    const tally = this.tally(invocation.account);
    tally.calls += invocation.calls.length;
    tally.ms += invocation.ms;
    this.refused += invocation.refusals;
    this.options.onInvocation?.(invocation);
    for (const recording of this.recordings) recording.push(invocation);
    const cause = failureOf(invocation);
    if (cause) this.failed.push({ account: invocation.account, cause });
  }

  private async authorizeDelivery(delivery: Delivery): Promise<CallDecision> {
    const decision = (await this.options.authorizeDelivery?.(delivery)) ?? { allowed: true };
    if (!decision.allowed) this.refused += 1;
    return decision;
  }

  /** A refused publication is a failure here: unlike a refused delivery, no later check finds it. */
  private async authorizePublication(publication: Publication): Promise<CallDecision> {
    const decision = (await this.options.authorizePublication?.(publication)) ?? { allowed: true };
    if (decision.allowed) return decision;
    this.refused += 1;
    this.failed.push({ account: publication.topicArn.split(':')[4] ?? '', cause: decision.message });
    return decision;
  }
}
