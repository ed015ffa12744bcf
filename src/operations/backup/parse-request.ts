import { CheckvalveError } from '../../contract/errors';
import type { BackupRequest } from './start-backup';

/** The arguments of `checkvalve backup`. */
export interface BackupArguments {
  readonly database: string;
  readonly region?: string;
  readonly retentionDays?: number;
  readonly vault?: string;
  readonly role?: string;
}

/** Defaults from the configuration. */
export interface BackupDefaults {
  readonly regions: readonly string[];
  /** The retention of the daily plan; undefined if the tooling contains no plans, and so no backup vault and no role. */
  readonly retentionDays?: number;
}

interface ArgumentFault {
  readonly what: string;
  readonly remedy: string;
}

const ARN = /^arn:aws:rds:([a-z0-9-]+):(\d{12}):(?:db|cluster):[A-Za-z0-9-]{1,63}$/;
/** https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html */
const NAME = /^[A-Za-z][A-Za-z0-9-]{0,62}$/;
/** https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupVault.html */
const VAULT = /^[A-Za-z0-9_-]{2,50}$/;
const ROLE = /^arn:aws:iam::(\d{12}):role\/\S+$/;

/**
 * Checks the arguments before AWS is called.
 * @throws CheckvalveError `INVALID_INPUT` that lists every fault at once
 */
export function parseBackupRequest(written: BackupArguments, defaults: BackupDefaults): BackupRequest {
  const { database, region, vault, role, retentionDays = defaults.retentionDays } = written;
  const [, arnRegion] = ARN.exec(database) ?? [];
  const faults = [
    ...faultsOfDatabase(written),
    ...faultsOfRegion(written, arnRegion, defaults.regions),
    ...faultsOfPlace(written),
    ...missing(written, defaults),
  ];
  const [first, ...more] = faults;
  if (first && more.length === 0) throw new CheckvalveError('INVALID_INPUT', first.what, first.remedy);
  if (first) {
    const lines = faults.map(({ what, remedy }) => `- ${what}. ${remedy}`);
    const message = `The command has ${faults.length} faults:\n${lines.join('\n')}`;
    throw new CheckvalveError(
      'INVALID_INPUT',
      message,
      'Correct them; checkvalve backup --help explains each option. Nothing was started.',
    );
  }
  const only = arnRegion ?? region;
  return { database, regions: only ? [only] : defaults.regions, retentionDays, vault, role };
}

function faultsOfDatabase({ database }: BackupArguments): ArgumentFault[] {
  if (ARN.test(database) || NAME.test(database)) return [];
  const what = `${JSON.stringify(database)} is neither the name nor the ARN of an RDS instance or cluster`;
  return [{ what, remedy: 'Give a name such as orders, or arn:aws:rds:REGION:ACCOUNT:db:NAME or …:cluster:NAME.' }];
}

function faultsOfRegion(
  { region }: BackupArguments,
  arnRegion: string | undefined,
  regions: readonly string[],
): ArgumentFault[] {
  if (region && arnRegion && region !== arnRegion) {
    const what = `--region ${region} contradicts the ARN, which is in ${arnRegion}`;
    return [{ what, remedy: 'Remove --region.' }];
  }
  const place = arnRegion ?? region;
  if (place === undefined || regions.includes(place)) return [];
  const what = `${place} is not a Region of the configuration (${regions.join(', ')}): backups there are not copied to the vault`;
  return [{ what, remedy: 'Give one of these Regions, or give the right configuration with --config.' }];
}

function faultsOfPlace({ database, vault, role }: BackupArguments): ArgumentFault[] {
  const faults: ArgumentFault[] = [];
  if (vault !== undefined && !VAULT.test(vault)) {
    const remedy = 'Give 2 to 50 letters, digits, hyphens and underscores.';
    faults.push({ what: `--vault ${JSON.stringify(vault)} is not the name of a backup vault`, remedy });
  }
  if (role === undefined) return faults;
  const [, owner] = ROLE.exec(role) ?? [];
  const [, , account] = ARN.exec(database) ?? [];
  if (!owner) {
    const what = `--role ${JSON.stringify(role)} is not the ARN of a role`;
    faults.push({ what, remedy: 'Give arn:aws:iam::ACCOUNT:role/NAME.' });
  } else if (account && owner !== account) {
    const what = `--role belongs to account ${owner}, and the database to ${account}`;
    faults.push({ what, remedy: 'Give a role of the account of the database.' });
  }
  return faults;
}

/** If the tooling contains no plans, the vault, the role and the retention have no defaults. */
function missing({ retentionDays, vault, role }: BackupArguments, defaults: BackupDefaults): ArgumentFault[] {
  if (defaults.retentionDays !== undefined) return [];
  const faults: ArgumentFault[] = [];
  if (!vault || !role) {
    const what = "The tooling contains no backup vault and no role for AWS Backup, because backup.plans is 'off'";
    faults.push({ what, remedy: 'Give those of your own backup plan: --vault NAME --role ARN.' });
  }
  if (retentionDays === undefined) {
    const what = 'The retention of the backup is missing, and there is no daily plan to take it from';
    faults.push({ what, remedy: 'Add --retention-days.' });
  }
  return faults;
}
