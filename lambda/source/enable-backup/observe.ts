import type { BackupSettings } from '../../_kit/ports/backup-settings';
import { failure } from '../../_kit/runtime/each';
import type { EnableFacts } from './plan';

/** What enable-backup is told by its stack. */
export type EnableSettings = Pick<EnableFacts, 'mode' | 'copiesVault'>;

/** Reads the opt-in; that it cannot be read is a fact like any other. */
export async function observe(backup: BackupSettings, settings: EnableSettings): Promise<EnableFacts> {
  const optIn = await backup.optIn().catch((error: unknown) => ({ unreadable: failure(error) }));
  return { ...settings, optIn };
}
