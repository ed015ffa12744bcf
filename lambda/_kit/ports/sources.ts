import type { Decision } from '../../../src/contract/decisions';
import type { RegistryEntry } from './registry';

/** All that the vault holds of its sources. */
export interface SourcesKnown {
  readonly entries: readonly RegistryEntry[];
  /** What people in the vault decided: see decisions.ts. */
  readonly decisions: readonly Decision[];
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
