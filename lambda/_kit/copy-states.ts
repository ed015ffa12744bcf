/**
 * States of a snapshot that never end, and in which it is no good: nothing waits for them to change. AWS has no closed list of
 * them: `failed` stands in its guides, and where something does not fit it puts `incompatible-` before the name of that thing.
 * Assumption (copies-with-an-error-do-not-recover): nothing in `error`, or in a state that begins with `incompatible-`, becomes `available` by itself.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBSnapshot.html
 */
const OVER = /^(failed|error|cancell?ed|incompatible-[a-z-]+)$/;

/** Whether a copy with this status is over without being good: another attempt gets another name. */
export const isOver = (status: string): boolean => OVER.test(status.toLowerCase());
