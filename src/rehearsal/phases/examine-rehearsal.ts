import type { CheckvalveConfig } from '../../config/checkvalve-config';
import { CheckvalveError } from '../../contract/errors';
import { type Examination, examine } from '../../operations/doctor/examine';
import type { Scene } from '../checks/evidence';
import { type RehearsalOptions, rehearse } from '../rehearse';

/** What the doctor says of a played world, from both standpoints. */
export const examineScene = async ({ emulator, world }: Scene, config: CheckvalveConfig): Promise<Examination> =>
  examine(
    config,
    {
      management: (region) => emulator.client(world.management, region),
      vault: (region) => emulator.client(world.vault, region),
    },
    await emulator.now(),
  );

/**
 * What the doctor says of a rehearsal's world while all is well in it.
 * @throws CheckvalveError `REHEARSAL_FAILED` when the world does not come so far
 */
export async function examineRehearsal(
  config: CheckvalveConfig,
  progress: (line: string) => void,
  more: Partial<RehearsalOptions> = {},
): Promise<Examination> {
  const seen: Examination[] = [];
  const look = async (scene: Scene) => void seen.push(await examineScene(scene, config));
  const { failure } = await rehearse({
    config,
    progress,
    from: 'go-wrong',
    ...more,
    stopBefore: { step: 'go-wrong', look },
  });
  const [examination] = seen;
  if (!failure && examination) return examination;
  const message = `The rehearsal failed at ${failure?.step ?? 'its end'}: ${failure?.cause ?? 'nothing was seen'}`;
  throw new CheckvalveError('REHEARSAL_FAILED', message, 'Run `checkvalve rehearse`, and mend what it names.');
}
