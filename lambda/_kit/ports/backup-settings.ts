/** The settings of AWS Backup in one account and Region. */
export interface BackupSettings {
  /** Which services it is opted in to, by AWS's own names; a service that the Region does not offer is not among them. */
  optIn(): Promise<ReadonlyMap<string, boolean>>;
  /** Sets them, all at once. */
  setOptIn(preferences: ReadonlyMap<string, boolean>): Promise<void>;
  /** Makes a backup vault; one that is there already is fine. */
  makeVault(name: string): Promise<void>;
}
