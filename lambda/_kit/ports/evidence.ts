/** Where reports are kept. */
export interface Evidence {
  /** A report's text; undefined when there is none. */
  read(name: string): Promise<string | undefined>;
  /** Writes a report over the one before: the store keeps that one for a while. */
  replace(name: string, text: string): Promise<void>;
  /** Writes a report that nobody changes or deletes before that day without a permission of its own. */
  keep(name: string, text: string, until: Date): Promise<void>;
}
