import type { CheckvalveConfig } from '../../config/checkvalve-config';
import { CheckvalveError } from '../../contract/errors';
import { accountId, region as regionOf } from '../../contract/ids';
import { type PrunePreview, previewPruning, prunePorts } from '../../operations/prune/prune-preview';
import type { EmulatedWorld } from '../checks/evidence';
import type { RehearsalOptions } from '../rehearsal-options';
import { rehearse } from '../rehearse';

/**
 * What prune-copies would delete in the vault of the rehearsal, before it runs there.
 * @throws CheckvalveError `REHEARSAL_FAILED` when an earlier phase fails
 */
export async function previewRehearsal(
  config: CheckvalveConfig,
  progress: (line: string) => void,
  more: Partial<RehearsalOptions> = {},
): Promise<readonly PrunePreview[]> {
  const previews: PrunePreview[] = [];
  const look = {
    step: 'prune-copies',
    look: async ({ emulator, world }: EmulatedWorld) => {
      for (const region of world.regions) {
        const sight = prunePorts(accountId(world.vault), regionOf(region), emulator.client(world.vault, region));
        previews.push(await previewPruning(region, sight, config.vault.retention, await emulator.now()));
      }
    },
  };
  const { failure } = await rehearse({ config, progress, from: 'prune-copies', ...more, stopBefore: look });
  if (!failure) return previews;
  const message = `The rehearsal failed at ${failure.step}: ${failure.cause}`;
  throw new CheckvalveError('REHEARSAL_FAILED', message, 'Run `checkvalve rehearse`, and correct what it names.');
}
