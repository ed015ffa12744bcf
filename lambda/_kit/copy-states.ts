/**
 * Final statuses of a snapshot that is not good: no step waits for them to change. AWS has no complete list: its guides name
 * `failed`, and RDS puts `incompatible-` before the name of what does not fit.
 * Assumption (copies-with-an-error-do-not-recover): nothing in `error`, or in a state that begins with `incompatible-`, becomes `available` by itself.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBSnapshot.html
 */
const OVER = /^(failed|error|cancell?ed|incompatible-[a-z-]+)$/;

/** Whether this status is final and the copy not good: the next attempt has another name. */
export const isOver = (status: string): boolean => OVER.test(status.toLowerCase());
