/** A queue of a step's own work: first in, first out within a group. */
export interface StepQueue {
  /** Sends a message. One of the same `once` within five minutes is the same message. */
  send(body: Readonly<Record<string, unknown>>, group: string, once: string): Promise<void>;
  /** Lets a message that was received come back after so many seconds. */
  retryAfter(receipt: string, seconds: number): Promise<void>;
}
