import { randomUUID } from 'node:crypto';
import { StartBackupJobCommand } from '@aws-sdk/client-backup';
import { CheckvalveError } from '../contract/errors';
import { databaseParts, type Kind } from '../contract/ids';
import { AD_HOC_PLAN, RECOVERY_POINT_TAGS } from '../contract/names';
import { VERDICTS } from '../contract/verdicts';
import { backupIn, type ClientsFor, databasesIn, type Tooling, toolingIn } from './aws-account';
import { findDatabase, mustBeProtectable } from './find-database';

/** A backup that somebody wants out of turn. */
export interface BackupOrder {
  /** Name or ARN of an instance or a cluster. */
  readonly database: string;
  /** Regions to look for it in. */
  readonly regions: readonly string[];
  /** How long AWS Backup keeps it; undefined where neither an option nor a daily plan says so. */
  readonly retentionDays?: number;
  /** Another backup vault than the tooling's, and another role: needed where the tooling brings no plans. */
  readonly vault?: string;
  readonly role?: string;
}

/** A backup that was started. */
export interface StartedBackup {
  readonly database: string;
  readonly kind: Kind;
  readonly account: string;
  readonly region: string;
  readonly jobId: string;
  /** ARN of the snapshot; AWS Backup does not always know it yet. */
  readonly recoveryPoint?: string;
  readonly vault: string;
  readonly role: string;
  readonly retentionDays: number;
  /** The tags that make it cross. */
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Starts a backup of one database that crosses: AWS Backup's job, with the tags that a plan of the tooling would set.
 * @throws CheckvalveError `DATABASE_NOT_FOUND`, `UNPROTECTABLE`, `NOT_DEPLOYED`, `INVALID_INPUT`, `ACCESS_DENIED` or
 * `AWS_CALL_FAILED`, each with what to do about it
 */
export async function startBackup(order: BackupOrder, clientsFor: ClientsFor): Promise<StartedBackup> {
  const arnRegion = /^arn:aws:rds:([a-z0-9-]+):/.exec(order.database)?.[1];
  const regions = arnRegion ? [arnRegion] : order.regions;
  const looked = await asked(() => Promise.all(regions.map((region) => databasesIn(clientsFor, region))));
  const database = findDatabase(order.database, looked.flat());
  mustBeProtectable(database);
  const { region, account } = databaseParts(database.arn);
  const tooling = await asked(() => toolingIn(clientsFor, region));
  if (!tooling) throw notDeployed(`The tooling is not deployed in account ${account}, ${region}`);
  const { vault, role, retentionDays } = chosen(order, tooling);
  const tags = { [RECOVERY_POINT_TAGS.exportKey]: tooling.exportKeyId, [RECOVERY_POINT_TAGS.plan]: AD_HOC_PLAN };
  const job = new StartBackupJobCommand({
    ResourceArn: database.arn,
    BackupVaultName: vault,
    IamRoleArn: role,
    Lifecycle: { DeleteAfterDays: retentionDays },
    RecoveryPointTags: tags,
    // The SDK tries again when an answer is lost: that must not make it two backups.
    IdempotencyToken: randomUUID(),
  });
  const { BackupJobId = '', RecoveryPointArn } = await asked(() => backupIn(clientsFor, region).send(job));
  return {
    database: database.arn,
    kind: database.kind,
    account,
    region,
    jobId: BackupJobId,
    ...(RecoveryPointArn && { recoveryPoint: RecoveryPointArn }),
    vault,
    role,
    retentionDays,
    tags,
  };
}

const notDeployed = (message: string, cause?: unknown) =>
  new CheckvalveError(
    'NOT_DEPLOYED',
    message,
    'Tag the account as production and wait for its stack instance, or name a vault and a role: --vault, --role.',
    { cause },
  );

/** Where it goes, under which role, and for how long: what was asked for, else what the tooling brings. */
function chosen(order: BackupOrder, tooling: Tooling) {
  const [vault, role] = [order.vault ?? tooling.vault, order.role ?? tooling.role];
  if (!vault || !role) {
    const message = 'The tooling brings no plans, and so neither a backup vault nor a role for AWS Backup';
    throw new CheckvalveError('INVALID_INPUT', message, 'Name those of your own plan: --vault NAME --role ARN.');
  }
  if (order.retentionDays === undefined) {
    const message = 'How long shall the backup be kept? There is no daily plan that would say so';
    throw new CheckvalveError('INVALID_INPUT', message, 'Give --retention-days.');
  }
  return { vault, role, retentionDays: order.retentionDays };
}

const PERMISSIONS =
  'rds:DescribeDBInstances, rds:DescribeDBClusters, cloudformation:DescribeStacks, backup:StartBackupJob, backup:TagResource and iam:PassRole on the role';

/** Asks AWS, and says what its refusals mean. */
async function asked<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw refusal(cause instanceof Error ? cause : new Error(String(cause)));
  }
}

function refusal(cause: Error): CheckvalveError {
  const { name, message } = cause;
  if (/Credentials|Token/.test(name) && !/Denied/.test(name)) {
    const remedy = 'Give credentials of the source account as for any AWS command: AWS_PROFILE, or AWS_ACCESS_KEY_ID.';
    return new CheckvalveError('ACCESS_DENIED', `AWS does not know who asks: ${message}`, remedy, { cause });
  }
  if (/AccessDenied|UnauthorizedOperation/.test(name)) {
    return new CheckvalveError('ACCESS_DENIED', message, `The credentials need ${PERMISSIONS}.`, { cause });
  }
  if (/opted in|opt-in/i.test(message)) {
    const { reason, remedy } = VERDICTS['not-opted-in'];
    return new CheckvalveError('UNPROTECTABLE', `AWS Backup refuses (not-opted-in): ${reason}`, remedy, { cause });
  }
  if (/backup vault/i.test(message) && name === 'ResourceNotFoundException') return notDeployed(message, cause);
  if (/IAM Role/i.test(message)) return notDeployed(message, cause);
  const remedy = 'See what AWS says; nothing was started.';
  return new CheckvalveError('AWS_CALL_FAILED', `${name}: ${message}`, remedy, { cause });
}
