import type { BackupSettings } from '../../_kit/ports/backup-settings';
import type { EnableAction } from './plan';

/** Performs one action. Safe to repeat. */
export async function act(action: EnableAction, backup: BackupSettings) {
  if (action.do === 'opt-in') await backup.setOptIn(action.preferences);
  else await backup.makeVault(action.name);
  return { outcome: 'done' };
}
