/** What breaks a promise, or what a rule cannot judge: the template, the logical id of the resource, and the fault. */
export interface RuleFinding {
  readonly template: string;
  /** Empty when the finding is about the template itself. */
  readonly at: string;
  readonly what: string;
}
