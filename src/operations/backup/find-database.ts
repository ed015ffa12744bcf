import { nearest } from '../../config/nearest';
import { CheckvalveError } from '../../contract/errors';
import type { DatabaseArn, Kind, Region } from '../../contract/ids';
import { databaseParts } from '../../contract/ids';
import { lastingReason } from '../../contract/protectable';
import { hasTooManyTags } from '../../contract/taggable';
import { VERDICTS, type VerdictCode } from '../../contract/verdicts';

/** A database as RDS describes it. */
export interface FoundDatabase {
  readonly arn: DatabaseArn;
  readonly kind: Kind;
  readonly engine: string;
  readonly encrypted: boolean;
  readonly tagKeys: readonly string[];
  /** The cluster of which an instance is a part: it is backed up as a whole. */
  readonly memberOf?: string;
}

const nameOf = ({ arn }: FoundDatabase): string => databaseParts(arn).name;
const regionOf = ({ arn }: FoundDatabase): Region => databaseParts(arn).region;

/**
 * The database that somebody means by a name or an ARN. RDS keeps names in small letters.
 * @throws CheckvalveError `DATABASE_NOT_FOUND` with names that are near, `INVALID_INPUT` where several have the name
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
      'Give the ARN of one.',
    );
  }
  const [member] = same;
  if (member) {
    const message = `${text} is an instance of the cluster ${member.memberOf}: AWS Backup backs a cluster up as a whole`;
    throw new CheckvalveError('DATABASE_NOT_FOUND', message, `Back up ${member.memberOf}.`);
  }
  const whole = databases.filter(({ memberOf }) => memberOf === undefined);
  const last = wanted.split(':').pop() ?? '';
  const near = [...new Set(nearest(last, whole.map(nameOf)))].slice(0, 5);
  const regions = [...new Set(databases.map(regionOf))].join(', ');
  throw new CheckvalveError(
    'DATABASE_NOT_FOUND',
    `There is no database ${text} in this account${regions ? ` (looked at ${whole.length} in ${regions})` : ''}`,
    near.length > 0 ? `Did you mean ${near.join(' or ')}?` : 'Give its name or ARN, with credentials of its account.',
  );
}

/** Why no backup of a database can cross; undefined where nothing is known against it. */
export const unsupportedCode = (database: FoundDatabase): VerdictCode | undefined =>
  lastingReason(database) ?? (hasTooManyTags(database.tagKeys) ? 'too-many-tags' : undefined);

/** @throws CheckvalveError `UNSUPPORTED` with the verdict and its remedy when no backup of the database can cross */
export function requireSupported(database: FoundDatabase): void {
  const code = unsupportedCode(database);
  if (!code) return;
  const { reason, remedy } = VERDICTS[code];
  throw new CheckvalveError('UNSUPPORTED', `A backup of ${database.arn} would not cross (${code}): ${reason}`, remedy);
}
