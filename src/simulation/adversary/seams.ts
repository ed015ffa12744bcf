import type { Snapshots } from '../../../lambda/_kit/ports/snapshots';
import type { VaultStep } from '../../contract/flow';
import type { InMemoryRds } from '../in-memory-rds';

export type { VaultStep };

/** An error that an account's access role, topic or snapshot answered with in one run. */
export interface ForeignError {
  readonly account: string;
  readonly error: unknown;
}

/** Where a test puts a weakness back into the vault: each seam changes what a step sees, is told or does, from outside. */
export interface Seams {
  /** What the vault's own RDS shows a step, and what it lets it do. */
  readonly snapshots?: (port: Snapshots, step: VaultStep, rds: InMemoryRds) => Snapshots;
  /** The settings that a step gets from its stack. */
  readonly settings?: <Settings extends object>(settings: Settings, step: VaultStep) => Settings;
  /** The time that a step is told. */
  readonly now?: (now: Date, step: VaultStep, rds: InMemoryRds) => Date;
  /** The report that report-coverage finds of the run before. */
  readonly report?: (text: string | undefined) => string | undefined;
  /** Its measures, before an alarm sees them. */
  readonly measures?: (values: Readonly<Record<string, number>>, step: VaultStep) => Readonly<Record<string, number>>;
  /** A run of the step as it was: called in its place. */
  readonly instead?: Partial<Record<VaultStep, (again: () => Promise<unknown>, world: SeamWorld) => Promise<unknown>>>;
  /** Called after a run with what foreign accounts answered in it; throws to make the run fail. */
  readonly after?: (step: VaultStep, answers: readonly ForeignError[]) => void;
}

/** What a step that is replaced may work on. */
export interface SeamWorld {
  readonly registry: import('./vault-tables').ManagedRegistry;
  readonly sources: import('./vault-tables').SourcesTable;
  readonly rds: InMemoryRds;
  readonly now: Date;
}
