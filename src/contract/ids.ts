import { CheckvalveError } from './errors';

type Brand<Name extends string> = string & { readonly __brand: Name };

/** Twelve digits. */
export type AccountId = Brand<'AccountId'>;
/** A Region of the `aws` partition, such as `eu-central-1`. */
export type Region = Brand<'Region'>;
/** Id of the root (`r-…`) or of an organizational unit (`ou-…`). */
export type OrganizationalUnitId = Brand<'OrganizationalUnitId'>;
/** ARN of a KMS key (never of an alias). */
export type KeyArn = Brand<'KeyArn'>;
/** ARN of an RDS instance snapshot or cluster snapshot. */
export type SnapshotArn = Brand<'SnapshotArn'>;
/** ARN of an RDS instance or cluster. */
export type DatabaseArn = Brand<'DatabaseArn'>;
/** ARN of an SNS topic. */
export type TopicArn = Brand<'TopicArn'>;

/** RDS has separate calls for instances and for clusters (Aurora, DocumentDB and Neptune are clusters). */
export type Kind = 'instance' | 'cluster';

/** The Regions of the `aws` partition by their names: an area, one word and a number. Those of other partitions have one
 * more word (`us-gov-west-1`, `us-iso-east-1`, `eusc-de-east-1`) or another area (`cn-north-1`).
 * https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html */
const REGION = '(?:af|ap|ca|eu|il|me|mx|sa|us)-[a-z]+-\\d';

/** An ARN of the `aws` partition, in a Region and an account. */
const arn = (service: string, rest: string): RegExp => new RegExp(`^arn:aws:${service}:(${REGION}):(\\d{12}):${rest}$`);

/** The id of a KMS key, never an ARN or an alias, as a regular expression.
 * https://docs.aws.amazon.com/kms/latest/developerguide/concepts-key-id.html */
export const KEY_ID = '(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})';

const PATTERNS = {
  account: /^\d{12}$/,
  region: new RegExp(`^${REGION}$`),
  unit: /^(r-[a-z0-9]{4,32}|ou-[a-z0-9]{4,32}-[a-z0-9]{8,32})$/,
  key: arn('kms', 'key/((?:mrk-)?[0-9a-f-]{32,36})'),
  // The name of a snapshot that AWS Backup or RDS made has a prefix with a colon, which no other name can have.
  snapshot: arn('rds', '(snapshot|cluster-snapshot):((?:awsbackup:|rds:)?[A-Za-z0-9-]{1,255})'),
  database: arn('rds', '(db|cluster):([A-Za-z0-9-]{1,63})'),
  topic: arn('sns', '([A-Za-z0-9_-]{1,256})'),
} as const;

function parse<T extends string>(pattern: RegExp, what: string, remedy: string) {
  return (text: unknown): T => {
    if (typeof text === 'string' && pattern.test(text)) return text as T;
    throw new CheckvalveError('INVALID_INPUT', `${JSON.stringify(text)} is not ${what}`, remedy);
  };
}

/** @throws CheckvalveError `INVALID_INPUT` unless `text` is exactly twelve digits. */
export const accountId = parse<AccountId>(PATTERNS.account, 'an account id', 'Give exactly twelve digits.');
/** @throws CheckvalveError `INVALID_INPUT` unless `text` looks like a Region of the `aws` partition. */
export const region = parse<Region>(
  PATTERNS.region,
  'a Region of the aws partition',
  'Give a Region code such as eu-central-1.',
);
/** @throws CheckvalveError `INVALID_INPUT` unless `text` is the id of a root or an organizational unit. */
export const organizationalUnitId = parse<OrganizationalUnitId>(
  PATTERNS.unit,
  'the id of an organizational unit',
  'Give an id such as ou-ab12-cdefgh34, or the root r-ab12.',
);
/** @throws CheckvalveError `INVALID_INPUT` unless `text` is the ARN of a KMS key. */
export const keyArn = parse<KeyArn>(PATTERNS.key, 'the ARN of a KMS key', 'Give the key itself, not an alias.');
/** @throws CheckvalveError `INVALID_INPUT` unless `text` is the ARN of an RDS snapshot or cluster snapshot. */
export const snapshotArn = parse<SnapshotArn>(PATTERNS.snapshot, 'the ARN of an RDS snapshot', 'Give the whole ARN.');
/** @throws CheckvalveError `INVALID_INPUT` unless `text` is the ARN of an RDS instance or cluster. */
export const databaseArn = parse<DatabaseArn>(PATTERNS.database, 'the ARN of a database', 'Give the whole ARN.');
/** @throws CheckvalveError `INVALID_INPUT` unless `text` is the ARN of an SNS topic. */
export const topicArn = parse<TopicArn>(PATTERNS.topic, 'the ARN of an SNS topic', 'Give the whole ARN.');

/** Whether `text` is an account id: see {@link accountId}. */
export const isAccountId = (text: unknown): text is AccountId =>
  typeof text === 'string' && PATTERNS.account.test(text);
/** Whether a text is the ARN of an RDS snapshot. */
export const isSnapshotArn = (text: string): text is SnapshotArn => PATTERNS.snapshot.test(text);

/** Whether a text is the ARN of a database. */
export const isDatabaseArn = (text: string): text is DatabaseArn => PATTERNS.database.test(text);

/** The parts of an ARN. */
export interface ArnParts {
  readonly region: Region;
  readonly account: AccountId;
  readonly kind: Kind;
  /** The last part, with its prefix: `awsbackup:job-…`. */
  readonly name: string;
}

function parts(pattern: RegExp, arn: string): ArnParts {
  const [, place, account, type, name] = pattern.exec(arn) ?? [];
  return {
    region: place as Region,
    account: account as AccountId,
    kind: type?.startsWith('cluster') ? 'cluster' : 'instance',
    name: name ?? '',
  };
}

/** The parts of the ARN of a snapshot. */
export const snapshotParts = (arn: SnapshotArn): ArnParts => parts(PATTERNS.snapshot, arn);
/** The parts of the ARN of a database. */
export const databaseParts = (arn: DatabaseArn): ArnParts => parts(PATTERNS.database, arn);
/** The account that a topic belongs to. */
export const topicAccount = (arn: TopicArn): AccountId => arn.split(':')[4] as AccountId;
/** The id of a key, from its ARN. */
export const keyIdOf = (arn: KeyArn): string => arn.slice(arn.indexOf('/') + 1);
