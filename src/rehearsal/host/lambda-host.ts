import type { DeployedFunction } from '../../emulator/answers';
import { LambdaThread } from './lambda-thread';
import type { Authorize, SdkCall } from './sdk-call';

/** How one invocation ended, and what was seen of it. */
export interface Invocation {
  readonly functionArn: string;
  readonly functionName: string;
  readonly account: string;
  readonly outcome:
    | { readonly kind: 'returned'; readonly value: unknown }
    | { readonly kind: 'failed'; readonly error: string }
    | { readonly kind: 'timed-out'; readonly afterMs: number }
    | { readonly kind: 'crashed'; readonly error: string };
  readonly calls: readonly SdkCall[];
  /** Of `calls`, how many were refused. */
  readonly refusals: number;
  /** Real milliseconds. */
  readonly ms: number;
  readonly logs: string;
}

/** What a host needs to run functions against an emulated world. */
export interface HostOptions {
  /** Where every SDK client is pointed. */
  readonly endpoint: string;
  /** Judges each call; without it all calls go out. */
  readonly authorize?: Authorize;
  /** No invocation is waited for longer, whatever its function's own time-out. 30 s by default. */
  readonly longestMs?: number;
}

const LONGEST_MS = 30_000;

/** Says in words why an invocation did not succeed; nothing when it did. */
export function failureOf({ outcome, functionName, account }: Invocation): string | undefined {
  const who = `${functionName} in account ${account}`;
  switch (outcome.kind) {
    case 'returned':
      return undefined;
    case 'failed':
      return `${who} failed: ${outcome.error}`;
    case 'timed-out':
      return `${who} did not end within ${outcome.afterMs} ms`;
    case 'crashed':
      return `${who} crashed: ${outcome.error}`;
  }
}

/** An invocation that never began. */
export function notInvoked(functionArn: string, error: string): Invocation {
  const [, , , , account = '', , functionName = functionArn] = functionArn.split(':');
  const outcome = { kind: 'failed', error } as const;
  return { functionArn, functionName, account, outcome, calls: [], refusals: 0, ms: 0, logs: '' };
}

/** Runs deployed functions, each warm and under its own account. */
export class LambdaHost {
  private readonly thread: LambdaThread;
  private known = new Map<string, DeployedFunction>();
  private deployed: readonly DeployedFunction[] = [];

  constructor({ endpoint, authorize, longestMs = LONGEST_MS }: HostOptions) {
    this.thread = new LambdaThread({ endpoint, authorize, longestMs });
  }

  /** Takes note of what is deployed now; a function whose code or settings changed starts afresh, one that is gone ends. */
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

  /** Invokes a function at a virtual instant. Invocations follow one another. It never rejects. */
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
