import { digestOf } from '../../cache/fingerprint';
import { CheckvalveError } from '../../contract/errors';
import type { Asked, Authorizer } from '../host/authorizer';
import { SavedWorlds } from '../host/saved-worlds';
import type { RehearsalOptions } from '../rehearse';
import type { PhaseRow } from '../result';
import type { Stage, StageMemory } from '../stage';
import type { Phase } from './phases';

const JUDGES = ['authorize', 'authorizeBackup', 'authorizeDelivery', 'authorizeInvocation'] as const;

/** The point after the last phase. */
export const END = 'end';

/** What a rehearsal remembers beside the emulated world. */
interface Memory {
  readonly stage: StageMemory;
  readonly asked: readonly Asked[];
  readonly rows: readonly PhaseRow[];
}

/** The worlds before the phases of a rehearsal, kept between runs: a rehearsal that was played so far once can begin there. */
export class SavedPhases {
  private readonly worlds: SavedWorlds<Memory> | undefined;
  private readonly points: readonly string[];

  /** @throws {CheckvalveError} `INVALID_INPUT` when `from` names no phase */
  constructor(
    private readonly script: readonly Phase[],
    private readonly options: Pick<
      RehearsalOptions,
      'config' | 'now' | 'keeps' | 'from' | 'alter' | 'switches' | (typeof JUDGES)[number]
    >,
  ) {
    const { config, now = null, keeps, from, alter, switches = null } = options;
    const steps = script.map(({ step }) => step);
    if (from !== undefined && from !== END && !steps.includes(from)) {
      const remedy = `Give one of ${steps.join(', ')}.`;
      throw new CheckvalveError('INVALID_INPUT', `The rehearsal has no phase "${from}"`, remedy);
    }
    // What a test alters is not known by the configuration.
    if (!alter && (keeps || from !== undefined)) this.worlds = new SavedWorlds<Memory>({ config, now, switches });
    // A world is known by what was played before it: scripts that begin alike share it.
    this.points = [...steps, END].map((_, at) => digestOf(steps.slice(0, at)));
  }

  /** Brings the world to where this rehearsal can begin, and `rows` with it; resolves to the place of the first phase to play. */
  async begin({ stage, authorizer, rows }: Played): Promise<number> {
    const { from } = this.options;
    if (from === undefined || !this.worlds) return 0;
    const wanted = from === END ? this.script.length : this.script.findIndex(({ step }) => step === from);
    for (let at = wanted; at > 0; at -= 1) {
      const memory = await this.worlds.restore(this.points[at] ?? '', stage.emulator);
      if (!memory) continue;
      stage.recall(memory.stage);
      authorizer.recall(memory.asked);
      for (const one of memory.rows) rows.push(one);
      return at;
    }
    return 0;
  }

  /** Keeps the world as it stands before the phase at that place, if this rehearsal keeps any. */
  async keep(at: number, { stage, authorizer, rows }: Played): Promise<void> {
    // A world that was judged by others is none that a rehearsal comes to: the first that is kept is what all begin with.
    const isJudgedByOthers = JUDGES.some((judge) => this.options[judge]);
    if (at === 0 || stage.attack || isJudgedByOthers || !this.worlds) return;
    const memory = { stage: stage.memory, asked: authorizer.asked, rows };
    await this.worlds.save(this.points[at] ?? '', stage.emulator, memory);
  }
}

/** A rehearsal under way: its stage, who judges its calls, and the rows of the phases so far. */
export interface Played {
  readonly stage: Stage;
  readonly authorizer: Authorizer;
  readonly rows: PhaseRow[];
}
