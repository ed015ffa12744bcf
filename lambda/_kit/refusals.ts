import { CheckvalveError } from '../../src/contract/errors';

/** Names of the errors by which AWS refuses a caller: query services say `AccessDenied`, JSON services
 * `AccessDeniedException`, SNS `AuthorizationError`.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
 * https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html */
const REFUSALS = /^(AccessDenied|AuthorizationError|NotAuthorized|UnauthorizedOperation)/;

/**
 * Whether an error is AWS's own answer that the account denies access. Only that says something about the account. Exhausted
 * sockets and file descriptors, failed name resolution, time-outs, throttling and faults of AWS do not.
 */
export const isRefusal = (error: unknown): error is Error => error instanceof Error && REFUSALS.test(error.name);

/** A longer name of an error is not used. */
const MAX_CODE = 64;

/**
 * The name by which an error is counted and logged: AWS's code, Node's for a failed connection, or Checkvalve's. `Unknown` for an
 * error without a name, or with one that no service uses.
 */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return 'Unknown';
  const { code } = error as { readonly code?: unknown };
  const name = error.name === 'Error' || error instanceof CheckvalveError ? code : error.name;
  return typeof name === 'string' && name.length <= MAX_CODE && /^[A-Za-z][\w.-]*$/.test(name) ? name : 'Unknown';
}
