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

/** Whether a call, or a delivery, may go out; a refused caller is told the message. */
export type CallDecision = { readonly allowed: true } | { readonly allowed: false; readonly message: string };

/** What wakes a function: a rule of EventBridge, or a queue that feeds it. */
export interface Waking {
  readonly ruleArn?: string;
  readonly source?: EventSource;
}

/** Judges an invocation before it begins. */
export type AuthorizeInvocation = (functionArn: string, waking: Waking) => Promise<CallDecision>;

/** Judges a call before it is sent. It rejects only when it cannot judge: that ends the invocation. */
export type Authorize = (call: SdkCall) => Promise<CallDecision>;
