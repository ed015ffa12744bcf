/** Where people hear of what they should know. */
export interface Alerts {
  /** Says something, once; the subject fits on a line. */
  send(subject: string, message: string): Promise<void>;
}
