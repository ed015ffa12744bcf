import type { SdkCall } from './sdk-call';

/** How one invocation ended, and what it did. */
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
  /** How many of `calls` were refused. */
  readonly refusals: number;
  /** Real milliseconds. */
  readonly ms: number;
  readonly logs: string;
}

/** Why an invocation did not succeed, as a sentence; undefined when it did. */
export function failureOf({ outcome, functionName, account }: Invocation): string | undefined {
  const name = `${functionName} in account ${account}`;
  switch (outcome.kind) {
    case 'returned':
      return undefined;
    case 'failed':
      return `${name} failed: ${outcome.error}`;
    case 'timed-out':
      return `${name} did not end within ${outcome.afterMs} ms`;
    case 'crashed':
      return `${name} crashed: ${outcome.error}`;
  }
}

/** An invocation that never began. */
export function notInvoked(functionArn: string, error: string): Invocation {
  const [, , , , account = '', , functionName = functionArn] = functionArn.split(':');
  const outcome = { kind: 'failed', error } as const;
  return { functionArn, functionName, account, outcome, calls: [], refusals: 0, ms: 0, logs: '' };
}
