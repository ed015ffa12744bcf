import type { Emulator } from '../emulator/emulator';
import type { Authorizer } from './host/authorizer';
import type { Phase, PhaseResults } from './phases/phase';
import type { Stage, StageOptions } from './stage';

/** What a rehearsal plays, and what observes it. */
export interface RehearsalOptions extends StageOptions {
  /** Receives one line when a phase begins, and one for each account when the phase has ended. */
  readonly progress: (line: string) => void;
  /** Checks the permissions that were evaluated, after the last phase. */
  readonly audit?: (authorizer: Authorizer) => Promise<void>;
  /** Ends before this phase; `look` receives the world at that point. */
  readonly stopBefore?: { readonly step: string; readonly look: (stage: Stage) => Promise<void> };
  /** Continues on the same stage after the last phase. For tests. */
  readonly encore?: (stage: Stage, results: PhaseResults) => Promise<void>;
  /** Plays the phase `attack` last. */
  readonly attacked?: boolean;
  /** Other phases than those of the whole flow. */
  readonly phases?: readonly Phase[];
  /** Virtual start of the clock, ISO 8601; the machine's time by default. */
  readonly now?: string;
  /** Saves the world before each phase, and at the end, for later runs. Not together with `alter`. */
  readonly keeps?: boolean;
  /** Begins with this phase, or as near before it as a saved world allows; implies `keeps`. `end`: plays only what no run has played before. */
  readonly from?: string | undefined;
  /** The emulator to play on, which is not ended; by default an own one. */
  readonly emulator?: Emulator;
}
