import type { EventSource } from '../../emulator/answers';

/** One attempt of one AWS call that a handler is about to make. */
export interface SdkCall {
  readonly functionArn: string;
  /** The principal: the function's role, or the role that was assumed. */
  readonly roleArn: string;
  /** The principal's account. */
  readonly account: string;
  readonly region: string;
  /** IAM's prefix of the service: `rds`, `events`. */
  readonly service: string;
  /** The API's name of the operation: `CopyDBSnapshot`. */
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly accessKeyId: string;
}

/** Whether a call or a delivery is allowed; a refused caller receives the message. */
export type CallDecision = { readonly allowed: true } | { readonly allowed: false; readonly message: string };

/** What invokes a function: a rule of EventBridge, or a queue. */
export interface Waking {
  readonly ruleArn?: string;
  readonly source?: EventSource;
}

/** Authorizes an invocation before it begins. */
export type AuthorizeInvocation = (functionArn: string, waking: Waking) => Promise<CallDecision>;

/** Authorizes a call before it is sent. It rejects only when it cannot decide: that ends the invocation. */
export type Authorize = (call: SdkCall) => Promise<CallDecision>;
