/** The time as AWS says it, beside our own clock. */
export interface AwsClock {
  /** The time of the last answer in this run; undefined when no answer gave one. */
  now(): Date | undefined;
}
