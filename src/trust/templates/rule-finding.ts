/** What breaks a promise, or cannot be told not to: in which template, at which resource (its logical id), and what. */
export interface Finding {
  readonly template: string;
  /** Empty when it is the template itself. */
  readonly at: string;
  readonly what: string;
}
