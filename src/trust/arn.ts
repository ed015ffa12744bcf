/** The account part of an ARN; empty for ARNs without one, such as those of buckets. */
export const accountPart = (arn: string): string => arn.split(':')[4] ?? '';

/**
 * An ARN up to its account. No part before the account may be a wildcard: under a string operator a wildcard also matches
 * colons, and so another account could stand there.
 */
const UP_TO_ACCOUNT = /^arn:aws:[a-z0-9-]+:[a-z0-9-]*:([^:*?]+):/;

/** The account of a pattern of ARNs; undefined when the pattern can mean several accounts. */
export const accountIn = (pattern: string): string | undefined => UP_TO_ACCOUNT.exec(pattern)?.[1];
