import { admissionRules, vaultQuota } from '../config/admission-rules';
import type { CheckvalveConfig } from '../config/checkvalve-config';

/** Databases of one kind that a rehearsal makes, at the most. */
const DATABASES = 10;

/**
 * A configuration whose vault admits the databases that a rehearsal makes: their number is the rehearsal's own, and says nothing
 * of the databases that the configuration is for.
 */
export function withRoom(config: CheckvalveConfig): CheckvalveConfig {
  const { admission, ...vault } = config.vault;
  const needed = DATABASES * admissionRules(config).copiesPerDatabase;
  return { ...config, vault: { ...vault, manualSnapshotQuota: Math.max(needed, vaultQuota(config)) } };
}
