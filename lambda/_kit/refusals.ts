import { CheckvalveError } from '../../src/contract/errors';

/** Names under which AWS says that the caller may not: query services say `AccessDenied`, JSON services
 * `AccessDeniedException`, SNS `AuthorizationError`.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
 * https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html */
const REFUSALS = /^(AccessDenied|AuthorizationError|NotAuthorized|UnauthorizedOperation)/;

/**
 * Whether an error is AWS's own answer that the account does not let us in. Only that is a fact about the account: sockets and
 * file descriptors that run out, names that are not resolved, time-outs, throttling and faults of AWS say that nobody could ask.
 */
export const isRefusal = (error: unknown): error is Error => error instanceof Error && REFUSALS.test(error.name);

/** The longest name of an error that is passed on. */
const MAX_CODE = 64;

/**
 * The name under which an error is counted and logged: AWS's code; Node's, where a connection failed, or ours. What has no name,
 * or one that no service gives, is `Unknown`.
 */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return 'Unknown';
  const { code } = error as { readonly code?: unknown };
  const name = error.name === 'Error' || error instanceof CheckvalveError ? code : error.name;
  return typeof name === 'string' && name.length <= MAX_CODE && /^[A-Za-z][\w.-]*$/.test(name) ? name : 'Unknown';
}
