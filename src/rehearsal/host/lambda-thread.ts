import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { DeployedFunction } from '../../emulator/answers';
import type { Invocation } from './invocation';
import type { Authorize, CallDecision, SdkCall } from './sdk-call';

/** What a thread needs to run functions. */
export interface ThreadOptions {
  readonly endpoint: string;
  readonly authorize?: Authorize | undefined;
  readonly maxMs: number;
}

type WorkerMessage =
  | { readonly type: 'call'; readonly id: number; readonly call: Omit<SdkCall, 'functionArn'> }
  | { readonly type: 'log'; readonly text: string }
  | { readonly type: 'returned'; readonly id: number; readonly value: unknown }
  | { readonly type: 'failed'; readonly id: number; readonly error: { name: string; message: string } };

type Outcome = Invocation['outcome'];

/** The current invocation. */
interface Running {
  readonly id: number;
  readonly functionArn: string;
  readonly calls: SdkCall[];
  refusals: number;
  logs: string;
  readonly end: (outcome: Outcome) => void;
}

/**
 * Runs functions one after the other in a worker that is started when first needed, keeps each of them warm, and is
 * replaced, with all that was warm in it, after a crash or a time-out.
 */
export class LambdaThread {
  private worker: Worker | undefined;
  private running: Running | undefined;
  private queue: Promise<unknown> = Promise.resolve();
  private invocations = 0;

  constructor(private readonly options: ThreadOptions) {}

  /** Invokes a function once the invocations before have ended. */
  invoke(deployed: DeployedFunction, event: unknown, now: Date): Promise<Invocation> {
    const next = this.queue.then(() => this.run(deployed, event, now));
    this.queue = next;
    return next;
  }

  /** A function was deployed again or deleted: it is no longer warm. */
  forget(functionArn: string): void {
    this.worker?.postMessage({ type: 'forget', arn: functionArn });
  }

  /** Ends the worker; the current invocation counts as crashed. */
  async stop(): Promise<void> {
    const worker = this.worker;
    this.worker = undefined;
    this.running?.end({ kind: 'crashed', error: 'the rehearsal ended' });
    await worker?.terminate();
  }

  private async run(deployed: DeployedFunction, event: unknown, now: Date): Promise<Invocation> {
    const { arn, name, account, timeoutSeconds } = deployed;
    const limit = Math.min(timeoutSeconds * 1000, this.options.maxMs);
    const started = performance.now();
    this.invocations += 1;
    const id = this.invocations;
    const calls: SdkCall[] = [];
    let timer: NodeJS.Timeout | undefined;
    let running: Running | undefined;
    const outcome = await new Promise<Outcome>((end) => {
      running = { id, functionArn: arn, calls, refusals: 0, logs: '', end };
      this.running = running;
      this.worker ??= this.start();
      timer = setTimeout(() => end({ kind: 'timed-out', afterMs: limit }), limit);
      const environment = environmentOf(deployed, this.options.endpoint);
      const invocation = { id, deployed, environment, event, now: now.getTime(), remainingMs: limit };
      this.worker.postMessage({ type: 'invoke', ...invocation });
    });
    clearTimeout(timer);
    this.running = undefined;
    // A function that hangs must not answer into the next invocation.
    if (outcome.kind === 'timed-out') await this.stop();
    const { refusals = 0, logs = '' } = running ?? {};
    const ms = Math.round(performance.now() - started);
    return { functionArn: arn, functionName: name, account, outcome, calls, refusals, ms, logs };
  }

  private start(): Worker {
    const worker = new Worker(join(__dirname, 'lambda-worker.js'), { env: {}, execArgv: [] });
    const gone = (error: string) => {
      if (this.worker !== worker) return;
      this.worker = undefined;
      this.running?.end({ kind: 'crashed', error });
    };
    worker.on('message', (message: WorkerMessage) => this.receive(worker, message));
    worker.on('error', (error) => gone(error instanceof Error ? `${error.name}: ${error.message}` : String(error)));
    worker.on('exit', (status) => gone(`its process ended with ${status}`));
    worker.unref();
    return worker;
  }

  private receive(worker: Worker, message: WorkerMessage): void {
    const { running } = this;
    if (message.type === 'call') void this.authorize(worker, message.id, message.call);
    else if (message.type === 'log') this.append(message.text);
    else if (running?.id !== message.id) return;
    else if (message.type === 'returned') running.end({ kind: 'returned', value: message.value });
    else running.end({ kind: 'failed', error: `${message.error.name}: ${message.error.message}` });
  }

  private append(text: string): void {
    if (this.running) this.running.logs += text;
  }

  private async authorize(worker: Worker, id: number, partial: Omit<SdkCall, 'functionArn'>): Promise<void> {
    const { running } = this;
    const call: SdkCall = { ...partial, functionArn: running?.functionArn ?? 'none' };
    running?.calls.push(call);
    try {
      const answer: CallDecision = (await this.options.authorize?.(call)) ?? { allowed: true };
      if (!answer.allowed && running) running.refusals += 1;
      worker.postMessage({ type: 'answer', id, answer });
    } catch (error) {
      const message = `${call.service}:${call.action} could not be authorized: ${error instanceof Error ? error.message : error}`;
      running?.end({ kind: 'failed', error: message });
      worker.postMessage({ type: 'answer', id, answer: { allowed: false, message } satisfies CallDecision });
    }
  }
}

/** The environment that Lambda sets, and nothing of this machine: no profile, no real credentials, no metadata endpoint. */
function environmentOf(deployed: DeployedFunction, endpoint: string): Record<string, string> {
  const { account, region, name, memoryMiB, environment } = deployed;
  return {
    ...environment,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: account,
    AWS_SECRET_ACCESS_KEY: 'emulated',
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMiB),
    AWS_CONFIG_FILE: '/nonexistent/config',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
    AWS_EC2_METADATA_DISABLED: 'true',
    // Lambda runs functions on the deployed runtime; the SDK must not log about this machine's Node.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}
