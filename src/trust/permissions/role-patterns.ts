import { cellSuffix } from '../../contract/cells';
import type { Region } from '../../contract/ids';
import { NAMES, PREFIX, roleNames } from '../../contract/names';

/** Placeholder for the Region of the judged template. */
const HERE = '{region}' as Region;

/** Names of Checkvalve's roles, as the tables of permissions write them. */
export const ROLES = {
  exporter: roleNames.exporter(HERE),
  snapshotAccess: roleNames.snapshotAccess(HERE),
  coverageAccess: roleNames.coverageAccess(HERE),
  backupEnabler: roleNames.backupEnabler(HERE),
  /** The name ends with the end of the stack's id. */
  backup: `${roleNames.backup(HERE)}-*`,
  registryAccess: `${NAMES.registryAccess}{cell}`,
  enroller: roleNames.managementStep('enroll-accounts'),
  watcher: roleNames.managementStep('watch-rollout'),
  reporter: roleNames.vaultStep('report-coverage', HERE),
  follower: roleNames.vaultStep('follow-sources', HERE),
  importer: roleNames.vaultStep('import-copies', HERE),
  pruner: roleNames.vaultStep('prune-copies', HERE),
  /** Any step of Checkvalve. */
  any: `${PREFIX}-*`,
} as const;

/** The steps of the vault that use each access role. */
export const ACCESS_ROLE_STEPS: Readonly<Record<string, readonly string[]>> = {
  [ROLES.snapshotAccess]: ['import-copies'],
  [ROLES.coverageAccess]: ['report-coverage'],
  [ROLES.registryAccess]: ['follow-sources', 'report-coverage'],
};

/** Roles that the vault assumes in other accounts. Rule T5 judges them. */
export const ACCESS_ROLES: readonly string[] = Object.keys(ACCESS_ROLE_STEPS);

/** The name of a role in a Region and a cell. */
export const roleNameOf = (pattern: string, region: string, cell: string | undefined): string =>
  pattern.replaceAll('{region}', region).replaceAll('{cell}', cellSuffix(cell));
