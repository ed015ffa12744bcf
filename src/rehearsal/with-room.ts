import { admissionRules, vaultQuota } from '../config/admission-rules';
import type { CheckvalveConfig } from '../config/checkvalve-config';

/** The maximum number of databases of one kind in a rehearsal. */
const DATABASES = 10;

/**
 * A configuration whose vault admits the databases of a rehearsal: their number has nothing to do with the databases that the
 * configuration is for.
 */
export function withRoom(config: CheckvalveConfig): CheckvalveConfig {
  const { admission, ...vault } = config.vault;
  const needed = DATABASES * admissionRules(config).copiesPerDatabase;
  return { ...config, vault: { ...vault, manualSnapshotQuota: Math.max(needed, vaultQuota(config)) } };
}
