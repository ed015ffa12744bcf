/** The name of an error of AWS. */
export const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '');

/** Not an answer to the question: the credentials have expired, or AWS asks for patience. */
const NO_ANSWER = /Expired|InvalidClientTokenId|UnrecognizedClient|Throttl|TooManyRequests|RequestLimit/;

/**
 * The refusal of a call, or undefined when AWS accepts it. A refusal is an answer of AWS that lays the fault at the request;
 * everything else rejects.
 */
export async function refusalOf(call: () => Promise<unknown>): Promise<Error | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    const { httpStatusCode = 0 } =
      (error as { readonly $metadata?: { readonly httpStatusCode?: number } }).$metadata ?? {};
    if (!(error instanceof Error) || NO_ANSWER.test(error.name) || httpStatusCode < 400 || httpStatusCode >= 500)
      throw error;
    return error;
  }
}
