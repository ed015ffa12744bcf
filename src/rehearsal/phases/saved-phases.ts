import { digestOf } from '../../cache/fingerprint';
import { CheckvalveError } from '../../contract/errors';
import type { Authorizer, EvaluatedAccess } from '../host/authorizer';
import { SavedWorlds } from '../host/saved-worlds';
import type { RehearsalOptions } from '../rehearsal-options';
import type { PhaseRow } from '../result';
import type { Stage, StageMemory } from '../stage';
import type { Phase, PhaseResults } from './phase';

const AUTHORIZERS = ['authorize', 'authorizeBackup', 'authorizeDelivery', 'authorizeInvocation'] as const;

/** The point after the last phase. */
export const END = 'end';

/** What a rehearsal saves beside the emulated world. */
interface Memory {
  readonly stage: StageMemory;
  readonly asked: readonly EvaluatedAccess[];
  readonly rows: readonly PhaseRow[];
  readonly results: PhaseResults;
}

/** Where a rehearsal begins: the place of its first phase, and what the phases before came to. */
export interface Start {
  readonly at: number;
  readonly rows: readonly PhaseRow[];
  readonly results: PhaseResults;
}

/** A rehearsal that is running. */
export interface RunningRehearsal {
  readonly stage: Stage;
  readonly authorizer: Authorizer;
  readonly rows: readonly PhaseRow[];
  readonly results: PhaseResults;
}

/** The worlds before the phases of a rehearsal, saved between runs: a later rehearsal can begin at one. */
export class SavedPhases {
  private readonly worlds: SavedWorlds<Memory> | undefined;
  private readonly points: readonly string[];

  /** @throws {CheckvalveError} `INVALID_INPUT` when `from` names no phase */
  constructor(
    private readonly script: readonly Phase[],
    private readonly options: Pick<
      RehearsalOptions,
      'config' | 'now' | 'keeps' | 'from' | 'alter' | 'switches' | (typeof AUTHORIZERS)[number]
    >,
  ) {
    const { config, now = null, keeps, from, alter, switches = null } = options;
    const steps = script.map(({ step }) => step);
    if (from !== undefined && from !== END && !steps.includes(from)) {
      const remedy = `Give one of ${steps.join(', ')}.`;
      throw new CheckvalveError('INVALID_INPUT', `The rehearsal has no phase "${from}"`, remedy);
    }
    // The identity of a saved world does not include what a test alters.
    if (!alter && (keeps || from !== undefined)) this.worlds = new SavedWorlds<Memory>({ config, now, switches });
    // The phases before a point identify it: scripts that begin alike share saved worlds.
    this.points = [...steps, END].map((_, at) => digestOf(steps.slice(0, at)));
  }

  /** Restores the saved world that is nearest before the wanted phase, and resolves to where the rehearsal begins. */
  async begin(stage: Stage, authorizer: Authorizer): Promise<Start> {
    const { from } = this.options;
    const first: Start = { at: 0, rows: [], results: {} };
    if (from === undefined || !this.worlds) return first;
    const wanted = from === END ? this.script.length : this.script.findIndex(({ step }) => step === from);
    for (let at = wanted; at > 0; at -= 1) {
      const memory = await this.worlds.restore(this.points[at] ?? '', stage.emulator);
      if (!memory) continue;
      stage.recall(memory.stage);
      authorizer.recall(memory.asked);
      return { at, rows: memory.rows, results: memory.results };
    }
    return first;
  }

  /** Saves the world before the phase at that place, if this rehearsal saves any. */
  async save(at: number, { stage, authorizer, rows, results }: RunningRehearsal): Promise<void> {
    // Under other authorizers the world may be another one, and every later run would begin with the one saved first.
    const hasOtherAuthorizers = AUTHORIZERS.some((name) => this.options[name]);
    if (at === 0 || results.attack || hasOtherAuthorizers || !this.worlds) return;
    const memory = { stage: stage.memory, asked: authorizer.asked, rows, results };
    await this.worlds.save(this.points[at] ?? '', stage.emulator, memory);
  }
}
