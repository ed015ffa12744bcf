import type { AccountId } from '../../../src/contract/ids';
import type { RegistryEntry } from './registry';

/** All that the vault holds of its sources. */
export interface SourcesKnown {
  readonly entries: readonly RegistryEntry[];
  /** Accounts that a person has accepted, whether or not they are followed yet. */
  readonly confirmed: readonly AccountId[];
  /** When the registry was last read and had something in it, ISO 8601. */
  readonly lastRead?: string;
}

/** The accounts that the vault has accepted. */
export interface Sources {
  /** Reads all of it; what cannot be understood is an error, never left out. */
  known(): Promise<SourcesKnown>;
  /** Writes one entry over the one before. */
  put(entry: RegistryEntry): Promise<void>;
  /** Remembers a good reading of the registry: when, and how many entries it had. */
  noteReading(at: Date, entries: number): Promise<void>;
}
