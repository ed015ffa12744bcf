import type { BackupSettings } from '../../_kit/ports/backup-settings';
import { failure } from '../../_kit/runtime/each';
import type { EnableFacts, EnableSettings } from './facts';

/** Reads the opt-in. A read that fails is a fact, not an error: the step still creates the backup vault. */
export async function observe(backup: BackupSettings, settings: EnableSettings): Promise<EnableFacts> {
  const optIn = await backup.optIn().catch((error: unknown) => ({ unreadable: failure(error) }));
  return { ...settings, optIn };
}
