/** How a step makes sure that it is woken again while something is under way. */
export interface Wakeups {
  /** Wakes the step in five minutes, unless a later wake-up is waiting already. Safe to call in every run. */
  again(): Promise<void>;
}
