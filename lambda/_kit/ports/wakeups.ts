/** How a step makes sure that it runs again while copies are in flight. */
export interface Wakeups {
  /** Starts the step in so many minutes, unless a wakeup already waits. Safe to call in every run. */
  wakeIn(minutes: number): Promise<void>;
}
