/** Where operators receive alerts. */
export interface Alerts {
  /** Sends an alert once. The subject fits on a line. */
  send(subject: string, message: string): Promise<void>;
}
