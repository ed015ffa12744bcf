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
