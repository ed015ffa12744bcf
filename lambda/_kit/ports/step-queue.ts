/** A queue of a step's own work: first in, first out within a group. */
export interface StepQueue {
  /** Sends a message. SQS drops a second one with the same `once` within five minutes. */
  send(body: Readonly<Record<string, unknown>>, group: string, once: string): Promise<void>;
  /** Returns a received message to the queue after so many seconds. */
  retryAfter(receipt: string, seconds: number): Promise<void>;
}
