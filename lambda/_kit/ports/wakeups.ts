/** How a step makes sure that it is woken again while something is under way. */
export interface Wakeups {
  /** Wakes the step in so many minutes, unless a wake-up is waiting already. Safe to call in every run. */
  wakeIn(minutes: number): Promise<void>;
}
