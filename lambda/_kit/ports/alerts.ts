/** Where operators receive alerts. */
export interface Alerts {
  /** Publishes an alert once. The subject fits on a line; `article` is the id of the article of the runbook about it. */
  publish(subject: string, message: string, article: string): Promise<void>;
}
