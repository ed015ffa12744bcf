import { config } from '../../src/checkvalve.config';
import type { Alter, AlterableTemplate } from '../../src/rehearsal/host/deploy';
import type { RehearsalOptions } from '../../src/rehearsal/rehearsal-options';
import { rehearse } from '../../src/rehearsal/rehearse';
import type { RehearsalResult } from '../../src/rehearsal/result';
import { Stage, type StageMemory, type StageOptions } from '../../src/rehearsal/stage';
import { worldOf } from '../../src/rehearsal/world';
import { START } from '../src/emulator/emulator-world';
import { emulatorOfWorker } from '../support/worker';

/** The time-out of a whole rehearsal, also on a busy machine. */
export const WHOLE_MS = 120_000;

/** Plays a rehearsal of the example on the worker's emulator; `lines` gets its progress. */
export const play = async (more: Partial<RehearsalOptions> = {}, lines: string[] = []): Promise<RehearsalResult> =>
  rehearse({ config, now: START, emulator: await emulatorOfWorker(), progress: (line) => lines.push(line), ...more });

/**
 * A stage on the worker's emulator with the saved world before a phase. Its calls are not authorized.
 */
export async function stageBefore(step: string, more: Partial<StageOptions> = {}): Promise<Stage> {
  const emulator = await emulatorOfWorker(START);
  let memory: StageMemory | undefined;
  const look = async (played: Stage) => {
    memory = played.memory;
  };
  const { failure } = await play({ emulator, from: step, stopBefore: { step, look } });
  if (failure || !memory) throw new Error(`${failure?.step ?? 'the world'}: ${failure?.cause ?? 'was not reached'}`);
  const stage = new Stage(emulator, worldOf(config), { config, ...more });
  stage.recall(memory);
  return stage;
}

/** Changes every resource of a type in all templates. @throws Error when there is none */
export const altering =
  (type: string, change: (properties: Record<string, unknown>) => void): Alter =>
  (templates: Readonly<Record<string, AlterableTemplate>>) => {
    const found = Object.values(templates).flatMap(({ Resources }) => Object.values(Resources));
    const changed = found.filter((resource) => resource.Type === type);
    if (changed.length === 0) throw new Error(`no ${type} in ${Object.keys(templates)}`);
    for (const { Properties = {} } of changed) change(Properties);
  };

/** Puts other code into a function. */
export const withCode = (name: string, code: string): Alter =>
  altering('AWS::Lambda::Function', (properties) => {
    if (properties.FunctionName === name) properties.Code = { ZipFile: code };
  });
