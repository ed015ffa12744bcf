import type { Decision } from '../../../src/contract/decisions';
import type { RegistryEntry } from './registry';

/** What the vault has stored about its sources. */
export interface SourcesKnown {
  readonly entries: readonly RegistryEntry[];
  /** What operators of the vault decided: see decisions.ts. */
  readonly decisions: readonly Decision[];
  /** When the registry was last read and had entries, ISO 8601. */
  readonly lastRead?: string;
}

/** The accounts that the vault has accepted. */
export interface Sources {
  /** Reads all of it; an item that cannot be parsed is an error, never left out. */
  known(): Promise<SourcesKnown>;
  /** Writes one entry over the one before. */
  put(entry: RegistryEntry): Promise<void>;
  /** Records a good reading of the registry: when, and how many entries it had. */
  noteReading(at: Date, entries: number): Promise<void>;
}
