import type { CheckvalveConfig } from '../config/checkvalve-config';
import type { Delivery, Publication } from '../emulator/answers';
import type { Emulator } from '../emulator/emulator';
import type { PolicyBook } from '../trust/policy-book';
import type { Attack } from './attack/attack';
import type { RaisedAlarms } from './checks/check-alarms';
import type { CheckFailure } from './checks/check-flow';
import type { EmulatedWorld } from './checks/evidence';
import type { AuthorizerSwitches } from './host/authorizer';
import type { Alter } from './host/deploy';
import { EventPump, type PumpMemory } from './host/event-pump';
import { failureOf, type Invocation, LambdaHost } from './host/lambda-host';
import type { Authorize, AuthorizeInvocation, CallDecision } from './host/sdk-call';
import type { PhaseRow } from './result';
import type { World } from './world';

/** Judges a message that SNS is about to put into a queue. */
export type AuthorizeDelivery = (delivery: Delivery) => Promise<CallDecision>;

/** What a stage is set up with. */
export interface StageOptions {
  readonly config: CheckvalveConfig;
  /** Changes the synthesized templates before they are deployed. For tests. */
  readonly alter?: Alter;
  /** How the deployed policies are judged where AWS documents nothing. */
  readonly switches?: AuthorizerSwitches;
  /** Judges each call of each handler before it is sent; without it all go out. */
  readonly authorize?: Authorize;
  /** Judges each invocation before it begins; without it all begin. */
  readonly authorizeInvocation?: AuthorizeInvocation;
  /** Judges each backup of AWS Backup; without it all are good. */
  readonly authorizeBackup?: (database: string, point: string) => Promise<CallDecision>;
  /** Judges each message from a topic to a queue; without it all arrive. */
  readonly authorizeDelivery?: AuthorizeDelivery;
  /** Judges each message of an AWS service to a topic; without it all are published. */
  readonly authorizePublication?: (publication: Publication) => Promise<CallDecision>;
  /** The policies as they are deployed, for an attack to be judged by. */
  readonly policies?: () => Promise<PolicyBook>;
  /** Hears of every invocation once it has ended, its logs included. */
  readonly heard?: (invocation: Invocation) => void;
}

interface Tally {
  calls: number;
  ms: number;
}

/** What a stage remembers beside the emulated world: plain data. */
export interface StageMemory {
  readonly hasOwnPlans: boolean;
  readonly outcry: RaisedAlarms | undefined;
  readonly refused: number;
  readonly pump: PumpMemory;
}

/** Where phases are played: the emulated world, the functions in it, and a count of what they do. */
export class Stage implements EmulatedWorld {
  readonly config: CheckvalveConfig;
  readonly pump: EventPump;
  /** Whether the sources have brought along plans of their own: they do so once. */
  hasOwnPlans = false;
  private readonly host: LambdaHost;
  private tallies = new Map<string, Tally>();
  private failed: CheckFailure[] = [];
  /** Hears of each invocation that has ended, while somebody wants to know. */
  overhear: ((invocation: Invocation) => void) | undefined;
  /** What the vault raised and told once things had gone wrong. */
  outcry: RaisedAlarms | undefined;
  /** What attackers did and tried, once they have. */
  attack: Attack | undefined;
  private refused = 0;

  constructor(
    readonly emulator: Emulator,
    readonly world: World,
    readonly options: StageOptions,
  ) {
    this.config = options.config;
    this.host = new LambdaHost({ endpoint: emulator.endpoint, authorize: options.authorize });
    this.pump = new EventPump(emulator, this.host, {
      authorizeDelivery: options.authorizeDelivery && ((delivery) => this.judged(delivery)),
      authorizePublication: options.authorizePublication && ((publication) => this.judgedPublication(publication)),
      authorizeInvocation: options.authorizeInvocation,
      heard: (invocation) => this.hear(invocation),
    });
  }

  /** What went wrong with invocations and other work since the last call of `rows`. */
  get failures(): readonly CheckFailure[] {
    return this.failed;
  }

  /** Lets go of failures that were to be expected. */
  excuse(expected: (finding: CheckFailure) => boolean): void {
    this.failed = this.failed.filter((finding) => !expected(finding));
  }

  /** Calls and deliveries refused so far. */
  get refusals(): number {
    return this.refused;
  }

  /** Does work that belongs to an account and is no handler's: its time is counted there. */
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

  /** The rows of a phase that has ended; the count starts anew. */
  rows(step: string, findings: readonly CheckFailure[]): PhaseRow[] {
    const blamed = new Set(findings.map(({ account }) => account));
    for (const account of blamed) this.tally(account);
    const rows = [...this.tallies].map(([account, { calls, ms }]): PhaseRow => {
      return { step, account, outcome: blamed.has(account) ? 'failed' : 'ok', calls, ms: Math.round(ms) };
    });
    this.tallies = new Map();
    this.failed = [];
    return rows;
  }

  /** What has to be known to play on from here with a world that is saved now. */
  get memory(): StageMemory {
    const { hasOwnPlans, outcry, refused, pump } = this;
    return { hasOwnPlans, outcry, refused, pump: pump.memory };
  }

  /** Goes on where a stage with that memory was; the functions start cold. */
  recall({ hasOwnPlans, outcry, refused, pump }: StageMemory): void {
    Object.assign(this, { hasOwnPlans, outcry, refused });
    this.pump.recall(pump);
  }

  /** Ends the functions; the emulator is its owner's to end. */
  stop(): Promise<void> {
    return this.host.stop();
  }

  private tally(account: string): Tally {
    const tally = this.tallies.get(account) ?? { calls: 0, ms: 0 };
    this.tallies.set(account, tally);
    return tally;
  }

  private hear(invocation: Invocation): void {
    const tally = this.tally(invocation.account);
    tally.calls += invocation.calls.length;
    tally.ms += invocation.ms;
    this.refused += invocation.refusals;
    this.options.heard?.(invocation);
    this.overhear?.(invocation);
    const cause = failureOf(invocation);
    if (cause) this.failed.push({ account: invocation.account, cause });
  }

  private async judged(delivery: Delivery): Promise<CallDecision> {
    const verdict = (await this.options.authorizeDelivery?.(delivery)) ?? { allowed: true };
    if (!verdict.allowed) this.refused += 1;
    return verdict;
  }

  /** What a service may not tell a topic reaches nobody: unlike a refused delivery, nothing looks for it later. */
  private async judgedPublication(publication: Publication): Promise<CallDecision> {
    const verdict = (await this.options.authorizePublication?.(publication)) ?? { allowed: true };
    if (verdict.allowed) return verdict;
    this.refused += 1;
    this.failed.push({ account: publication.topicArn.split(':')[4] ?? '', cause: verdict.message });
    return verdict;
  }
}
