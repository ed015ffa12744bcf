import type { DeployedFunction } from '../../emulator/answers';
import { type Invocation, notInvoked } from './invocation';
import { LambdaThread } from './lambda-thread';
import type { Authorize } from './sdk-call';

/** What a host needs to run functions against an emulated world. */
export interface HostOptions {
  /** The endpoint of every SDK client. */
  readonly endpoint: string;
  /** Authorizes each call; without it every call is allowed. */
  readonly authorize?: Authorize;
  /** An invocation ends after this time at most, whatever its function's own time-out. 30 s by default. */
  readonly maxMs?: number;
}

const MAX_MS = 30_000;

/** Runs deployed functions, each warm and under its own account. */
export class LambdaHost {
  private readonly thread: LambdaThread;
  private known = new Map<string, DeployedFunction>();
  private deployed: readonly DeployedFunction[] = [];

  constructor({ endpoint, authorize, maxMs = MAX_MS }: HostOptions) {
    this.thread = new LambdaThread({ endpoint, authorize, maxMs });
  }

  /** Updates the deployed functions: a function whose code or settings changed starts cold, a deleted one ends. */
  deploy(functions: readonly DeployedFunction[]): void {
    if (functions === this.deployed) return;
    this.deployed = functions;
    const known = new Map(functions.map((deployed) => [deployed.arn, deployed]));
    for (const [arn, before] of this.known) {
      if (JSON.stringify(known.get(arn)) !== JSON.stringify(before)) this.thread.forget(arn);
    }
    this.known = known;
  }

  /** Whether a function of this ARN is deployed. */
  knows(functionArn: string): boolean {
    return this.known.has(functionArn);
  }

  /** Invokes a function at a virtual instant. Invocations run one after the other. It never rejects. */
  async invoke(functionArn: string, event: unknown, now: Date): Promise<Invocation> {
    const deployed = this.known.get(functionArn);
    if (deployed) return this.thread.invoke(deployed, event, now);
    return notInvoked(functionArn, 'no such function is deployed');
  }

  /** Ends all functions. */
  async stop(): Promise<void> {
    this.known.clear();
    this.deployed = [];
    await this.thread.stop();
  }
}
