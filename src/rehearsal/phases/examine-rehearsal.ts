import type { CheckvalveConfig } from '../../config/checkvalve-config';
import { CheckvalveError } from '../../contract/errors';
import { type Examination, examine } from '../../operations/doctor/examine';
import type { EmulatedWorld } from '../checks/evidence';
import type { RehearsalOptions } from '../rehearsal-options';
import { rehearse } from '../rehearse';

/** The findings of the doctor in a played world, from the management account and from the vault. */
export const examineEmulated = async (
  { emulator, world }: EmulatedWorld,
  config: CheckvalveConfig,
): Promise<Examination> =>
  examine(
    config,
    {
      management: (region) => emulator.client(world.management, region),
      vault: (region) => emulator.client(world.vault, region),
    },
    await emulator.now(),
  );

/**
 * The findings of the doctor in a rehearsal's world without faults.
 * @throws CheckvalveError `REHEARSAL_FAILED` when an earlier phase fails
 */
export async function examineRehearsal(
  config: CheckvalveConfig,
  progress: (line: string) => void,
  more: Partial<RehearsalOptions> = {},
): Promise<Examination> {
  const seen: Examination[] = [];
  const look = async (emulated: EmulatedWorld) => void seen.push(await examineEmulated(emulated, config));
  const { failure } = await rehearse({
    config,
    progress,
    from: 'lose-protection',
    ...more,
    stopBefore: { step: 'lose-protection', look },
  });
  const [examination] = seen;
  if (!failure && examination) return examination;
  const message = `The rehearsal failed at ${failure?.step ?? 'its end'}: ${failure?.cause ?? 'the doctor did not run'}`;
  throw new CheckvalveError('REHEARSAL_FAILED', message, 'Run `checkvalve rehearse`, and correct what it names.');
}
