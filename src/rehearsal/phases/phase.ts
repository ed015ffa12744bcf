import type { AttackResult } from '../attack/attack';
import type { RaisedAlarms } from '../checks/check-alarms';
import type { CheckFailure } from '../result';
import type { Stage } from '../stage';
import type { World } from '../world';

/** What phases resolve to: later phases and the result of the rehearsal read it. */
export interface PhaseResults {
  /** The sources have their own backup plans: they create them once. */
  readonly hasOwnPlans?: boolean;
  /** Alarms and messages of the phase `lose-protection`. */
  readonly alarms?: RaisedAlarms;
  /** What the attackers did, and the state of the vault before and after. */
  readonly attack?: AttackResult;
}

/** One phase of the rehearsal. */
export interface Phase {
  readonly step: string;
  readonly sentence: string;
  /** The account of a failure that shows in no other account. */
  readonly home: (world: World) => string;
  /** Resolves to what later phases need to know; `results` is what the phases before resolved to. */
  readonly play: (stage: Stage, results: PhaseResults) => Promise<PhaseResults>;
  /** What must be true once the phase was played. */
  readonly check: (stage: Stage, results: PhaseResults) => Promise<readonly CheckFailure[]>;
}

/** A phase's work that no later phase needs a result of. */
export const doing =
  (work: (stage: Stage) => Promise<unknown>): Phase['play'] =>
  async (stage) => {
    await work(stage);
    return {};
  };
