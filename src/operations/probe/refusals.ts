/** The name of an error of AWS. */
export const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '');

/** Errors that do not answer the question: expired credentials, throttling, a resource that is missing or in use. */
const NO_ANSWER =
  /Expired|InvalidClientTokenId|UnrecognizedClient|Throttl|TooManyRequests|RequestLimit|NotFound|AlreadyExists|InProgress/;
/** A quota is full: an answer only to a probe about quotas. */
const NO_ROOM = /Quota|LimitExceeded/;

/**
 * The refusal of a call; undefined when AWS accepts it. A refusal is an error of AWS about the request itself. Any other error
 * rejects: a full quota, for example, does not answer the question.
 */
export async function refusalOf(
  call: () => Promise<unknown>,
  { quotas = false }: { readonly quotas?: boolean } = {},
): Promise<Error | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    const { httpStatusCode = 0 } =
      (error as { readonly $metadata?: { readonly httpStatusCode?: number } }).$metadata ?? {};
    if (!(error instanceof Error) || httpStatusCode < 400 || httpStatusCode >= 500) throw error;
    if (NO_ANSWER.test(error.name) || (!quotas && NO_ROOM.test(error.name))) throw error;
    return error;
  }
}
