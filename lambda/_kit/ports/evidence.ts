/** The store of reports. */
export interface Evidence {
  /** A report's text; undefined when there is none. */
  read(name: string): Promise<string | undefined>;
  /** Writes a report over the one before, which the store keeps for a while. */
  replace(name: string, text: string): Promise<void>;
  /** Writes a report that no principal without a separate permission can change or delete before that day. */
  keep(name: string, text: string, until: Date): Promise<void>;
}
