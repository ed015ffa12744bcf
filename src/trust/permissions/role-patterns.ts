import type { Region } from '../../contract/ids';
import { NAMES, PREFIX, roleNames } from '../../contract/names';

/** Stands for the Region of whichever template is judged. */
const HERE = '{region}' as Region;

/** Names of our roles, as rows of reach write them. */
export const ROLES = {
  exporter: roleNames.exporter(HERE),
  snapshotAccess: roleNames.snapshotAccess(HERE),
  coverageAccess: `${PREFIX}-coverage-access-${HERE}`,
  backupEnabler: `${PREFIX}-enable-backup-${HERE}`,
  /** The end of its name is the end of the stack's id. */
  backup: `${roleNames.backup(HERE)}-*`,
  registryAccess: NAMES.registryAccess,
  enroller: roleNames.managementStep('enroll-accounts'),
  watcher: roleNames.managementStep('watch-rollout'),
  teller: roleNames.vaultStep('report-coverage', HERE),
  follower: roleNames.vaultStep('follow-sources', HERE),
  importer: roleNames.vaultStep('import-copies', HERE),
  pruner: roleNames.vaultStep('prune-copies', HERE),
  /** Any step of ours. */
  any: `${PREFIX}-*`,
} as const;

/** Ways in from other accounts: who comes through them is another promise's business. */
export const ACCESS_ROLES: readonly string[] = [ROLES.snapshotAccess, ROLES.coverageAccess, ROLES.registryAccess];
