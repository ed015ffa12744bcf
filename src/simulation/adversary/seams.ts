import type { Snapshots } from '../../../lambda/_kit/ports/snapshots';
import type { VaultStep } from '../../contract/flow';
import type { InMemoryRds } from '../in-memory-rds';

export type { VaultStep };

/** An error that an account's access role, topic or snapshot answered with in one run. */
export interface ForeignError {
  readonly account: string;
  readonly error: unknown;
}

/** Where a test puts a weakness back into the vault: each seam changes the input, the settings or the work of a step. */
export interface Seams {
  /** The vault's own RDS, as a step sees it. */
  readonly snapshots?: (port: Snapshots, step: VaultStep, rds: InMemoryRds) => Snapshots;
  /** The settings that a step gets from its stack. */
  readonly settings?: <Settings extends object>(settings: Settings, step: VaultStep) => Settings;
  /** The time that a step receives. */
  readonly now?: (now: Date, step: VaultStep, rds: InMemoryRds) => Date;
  /** The report of the run before, as report-coverage reads it. */
  readonly report?: (text: string | undefined) => string | undefined;
  /** Its metrics, before they reach an alarm. */
  readonly measures?: (values: Readonly<Record<string, number>>, step: VaultStep) => Readonly<Record<string, number>>;
  /** Runs in place of the step; `again` runs the step itself. */
  readonly instead?: Partial<Record<VaultStep, (again: () => Promise<unknown>, world: SeamWorld) => Promise<unknown>>>;
  /** Runs after a step with the errors of other accounts in that run; throws to make the run fail. */
  readonly after?: (step: VaultStep, answers: readonly ForeignError[]) => void;
}

/** The parts of the world that a replaced step can change. */
export interface SeamWorld {
  readonly registry: import('./vault-tables').ManagedRegistry;
  readonly sources: import('./vault-tables').SourcesTable;
  readonly rds: InMemoryRds;
  readonly now: Date;
}
