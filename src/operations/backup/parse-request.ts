import { CheckvalveError } from '../../contract/errors';
import type { BackupRequest } from './start-backup';

/** What somebody wrote after `checkvalve backup`. */
export interface BackupArguments {
  readonly database: string;
  readonly region?: string;
  readonly retentionDays?: number;
  readonly vault?: string;
  readonly role?: string;
}

/** What the configuration says to it. */
export interface BackupDefaults {
  readonly regions: readonly string[];
  /** How long the daily plan keeps a backup; undefined where the tooling brings no plans, and so no vault and no role. */
  readonly retentionDays?: number;
}

interface Fault {
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
 * Reads an order before anybody is asked.
 * @throws CheckvalveError `INVALID_INPUT` that tells all its faults at once
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
    const message = `The order has ${faults.length} faults:\n${lines.join('\n')}`;
    throw new CheckvalveError('INVALID_INPUT', message, 'Nothing was started; checkvalve backup --help shows how.');
  }
  const only = arnRegion ?? region;
  return { database, regions: only ? [only] : defaults.regions, retentionDays, vault, role };
}

function faultsOfDatabase({ database }: BackupArguments): Fault[] {
  if (ARN.test(database) || NAME.test(database)) return [];
  const what = `${JSON.stringify(database)} is neither the name nor the ARN of an RDS instance or cluster`;
  return [{ what, remedy: 'Give a name such as orders, or arn:aws:rds:REGION:ACCOUNT:db:NAME or …:cluster:NAME.' }];
}

function faultsOfRegion(
  { region }: BackupArguments,
  arnRegion: string | undefined,
  regions: readonly string[],
): Fault[] {
  if (region && arnRegion && region !== arnRegion) {
    const what = `--region ${region} contradicts the ARN, which is of ${arnRegion}`;
    return [{ what, remedy: 'Leave --region out.' }];
  }
  const place = arnRegion ?? region;
  if (place === undefined || regions.includes(place)) return [];
  const what = `${place} is no Region of the configuration (${regions.join(', ')}): no backup made there crosses`;
  return [{ what, remedy: 'Give one of those, or look whether --config names the right configuration.' }];
}

function faultsOfPlace({ database, vault, role }: BackupArguments): Fault[] {
  const faults: Fault[] = [];
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
    const what = `--role is of account ${owner}, and the database of ${account}`;
    faults.push({ what, remedy: 'Give a role of the account of the database.' });
  }
  return faults;
}

/** Where the tooling brings no plans, nothing stands in for what an order leaves out. */
function missing({ retentionDays, vault, role }: BackupArguments, defaults: BackupDefaults): Fault[] {
  if (defaults.retentionDays !== undefined) return [];
  const faults: Fault[] = [];
  if (!vault || !role) {
    const what = 'The tooling brings no plans (backup.plans), and so neither a backup vault nor a role for AWS Backup';
    faults.push({ what, remedy: 'Name those of your own plan: --vault NAME --role ARN.' });
  }
  if (retentionDays === undefined) {
    const what = 'How long shall the backup be kept? There is no daily plan that would say so';
    faults.push({ what, remedy: 'Give --retention-days.' });
  }
  return faults;
}
