import { nearest } from '../../config/nearest';
import { CheckvalveError } from '../../contract/errors';
import type { DatabaseArn, Kind, Region } from '../../contract/ids';
import { databaseParts } from '../../contract/ids';
import { unsupportedReason } from '../../contract/protectable';
import { hasTooManyTags } from '../../contract/tags';
import { VERDICTS, type VerdictCode } from '../../contract/verdicts';

/** A database as RDS describes it. */
export interface FoundDatabase {
  readonly arn: DatabaseArn;
  readonly kind: Kind;
  readonly engine: string;
  readonly encrypted: boolean;
  readonly tagKeys: readonly string[];
  /** The cluster of an instance. AWS Backup backs the cluster up as a whole. */
  readonly memberOf?: string;
}

const nameOf = ({ arn }: FoundDatabase): string => databaseParts(arn).name;
const regionOf = ({ arn }: FoundDatabase): Region => databaseParts(arn).region;

/**
 * The database with a name or an ARN. RDS stores names in lowercase.
 * @throws CheckvalveError `DATABASE_NOT_FOUND` with similar names, `INVALID_INPUT` if several databases have the name
 */
export function findDatabase(text: string, databases: readonly FoundDatabase[]): FoundDatabase {
  const wanted = text.toLowerCase();
  const same = databases.filter((one) => one.arn.toLowerCase() === wanted || nameOf(one).toLowerCase() === wanted);
  const [found, ...more] = same.filter(({ memberOf }) => memberOf === undefined);
  if (found && more.length === 0) return found;
  if (found) {
    const arns = [found, ...more].map(({ arn }) => arn).join(', ');
    throw new CheckvalveError(
      'INVALID_INPUT',
      `${text} is the name of several databases: ${arns}`,
      'Give the ARN of one of them.',
    );
  }
  const [member] = same;
  if (member) {
    const message = `${text} is an instance of the cluster ${member.memberOf}, and AWS Backup backs up the cluster as a whole`;
    throw new CheckvalveError('DATABASE_NOT_FOUND', message, `Back up ${member.memberOf}.`);
  }
  const whole = databases.filter(({ memberOf }) => memberOf === undefined);
  const last = wanted.split(':').pop() ?? '';
  const near = [...new Set(nearest(last, whole.map(nameOf)))].slice(0, 5);
  const regions = [...new Set(databases.map(regionOf))].join(', ');
  throw new CheckvalveError(
    'DATABASE_NOT_FOUND',
    `There is no database ${text} in this account${regions ? ` (${whole.length} databases in ${regions})` : ''}`,
    near.length > 0
      ? `Did you mean ${near.join(' or ')}?`
      : 'Give the name or ARN of a database, and use credentials of its account.',
  );
}

/** The verdict that prevents copies of a database to the vault; undefined if there is none. */
export const unsupportedCode = (database: FoundDatabase): VerdictCode | undefined =>
  unsupportedReason(database) ?? (hasTooManyTags(database.tagKeys) ? 'too-many-tags' : undefined);

/** @throws CheckvalveError `UNSUPPORTED` with the verdict and its remedy if backups of the database cannot be copied to the vault */
export function requireSupported(database: FoundDatabase): void {
  const code = unsupportedCode(database);
  if (!code) return;
  const { reason, remedy } = VERDICTS[code];
  throw new CheckvalveError(
    'UNSUPPORTED',
    `A backup of ${database.arn} would not be copied to the vault (${code}): ${reason}`,
    remedy,
  );
}
