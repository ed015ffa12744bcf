/** The time by AWS, beside the clock of the step. */
export interface AwsClock {
  /** The time of the last answer in this run; undefined when no answer gave one. */
  now(): Date | undefined;
}
