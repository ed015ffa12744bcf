/** Settings of enable-backup, which its stack passes to it. */
export interface EnableSettings {
  /** `report`: log what is off. `set`: opt in to what is off. */
  readonly mode: 'report' | 'set';
  /** The backup vault for copies of other Regions' recovery points; undefined where none arrive. */
  readonly copiesVault?: string;
}

/** What enable-backup observes. */
export interface EnableFacts extends EnableSettings {
  /** Every service that AWS Backup offers in the Region, and whether it is opted in to; or why that cannot be read. */
  readonly optIn: ReadonlyMap<string, boolean> | { readonly unreadable: string };
}
