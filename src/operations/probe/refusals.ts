/** The name of an error of AWS. */
export const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '');

/** Not an answer to the question: the credentials have expired, AWS asks for patience, or something is missing or in use. */
const NO_ANSWER =
  /Expired|InvalidClientTokenId|UnrecognizedClient|Throttl|TooManyRequests|RequestLimit|NotFound|AlreadyExists|InProgress/;
/** The account has no room: an answer to a probe that asks about quotas, and to no other. */
const NO_ROOM = /Quota|LimitExceeded/;

/**
 * The refusal of a call, or undefined when AWS accepts it. A refusal is an answer of AWS that lays the fault at the request;
 * everything else rejects: that an account has run out of something says nothing about what was asked.
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
