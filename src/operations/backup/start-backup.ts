import { randomUUID } from 'node:crypto';
import { StartBackupJobCommand } from '@aws-sdk/client-backup';
import { CheckvalveError } from '../../contract/errors';
import { type DatabaseArn, databaseParts, type Kind } from '../../contract/ids';
import { ON_DEMAND_PLAN, RECOVERY_POINT_TAGS } from '../../contract/names';
import { VERDICTS } from '../../contract/verdicts';
import { type AwsCall, awsFault, callAws } from '../call-aws';
import { backupIn, type ClientsFor, databasesIn, type Tooling, toolingIn } from './aws-account';
import { findDatabase, requireSupported } from './find-database';

/** A backup that somebody wants out of turn. */
export interface BackupRequest {
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
 * @param order as {@link parseBackupRequest} gives it
 * @throws CheckvalveError `DATABASE_NOT_FOUND`, `UNSUPPORTED`, `NOT_DEPLOYED`, `INVALID_INPUT`, `ACCESS_DENIED` or
 * `AWS_CALL_FAILED`, each with what to do about it, and with whether a backup may have been started
 */
export async function startBackup(order: BackupRequest, clientsFor: ClientsFor): Promise<StartedBackup> {
  const looked = await callAws(LOOKING, () =>
    Promise.all(order.regions.map((region) => databasesIn(clientsFor, region))),
  );
  const database = findDatabase(order.database, looked.flat());
  requireSupported(database);
  const { region, account } = databaseParts(database.arn);
  const tooling = await callAws(LOOKING, () => toolingIn(clientsFor, region));
  if (!tooling) {
    const message = `The tooling is not deployed in account ${account}, ${region}: nothing would carry the backup across`;
    const remedy = 'Tag the account as production and wait for its stack instance: checkvalve plan tells what it gets.';
    throw new CheckvalveError('NOT_DEPLOYED', message, remedy);
  }
  const { vault, role, retentionDays } = chosen(order, tooling);
  const tags = { [RECOVERY_POINT_TAGS.exportKey]: tooling.exportKeyId, [RECOVERY_POINT_TAGS.plan]: ON_DEMAND_PLAN };
  const job = new StartBackupJobCommand({
    ResourceArn: database.arn,
    BackupVaultName: vault,
    IamRoleArn: role,
    Lifecycle: { DeleteAfterDays: retentionDays },
    RecoveryPointTags: tags,
    // The SDK tries again when an answer is lost: that must not make it two backups.
    IdempotencyToken: randomUUID(),
  });
  const { BackupJobId = '', RecoveryPointArn } = await starting(database.arn, () =>
    backupIn(clientsFor, region).send(job),
  );
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

const notDeployed = (message: string, cause: unknown) =>
  new CheckvalveError(
    'NOT_DEPLOYED',
    message,
    'Look whether the stack of the tooling is whole, or name another: --vault NAME, --role ARN.',
    { cause },
  );

/** Where it goes, under which role, and for how long: what was asked for, else what the tooling brings. */
function chosen(order: BackupRequest, tooling: Tooling) {
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

const ASKED = { whose: 'the source account, the one of the database', needs: PERMISSIONS } as const;
const LOOKING: AwsCall = { ...ASKED, failed: 'Nothing was started', otherwise: 'Or try it with --rehearsal.' };

/** Asks for the job, and says what a refusal means. Where no answer came, the job may be on its way. */
const starting = <T>(database: DatabaseArn, call: () => Promise<T>): Promise<T> => {
  const { region } = databaseParts(database);
  const look = `aws backup list-backup-jobs --by-resource-arn ${database} --region ${region}`;
  const unsure: AwsCall = { ...ASKED, failed: 'Nobody knows whether the backup was started' };
  return call().catch((cause: unknown) => {
    const known = cause instanceof Error ? refusal(cause) : undefined;
    if (known) throw known;
    if (wasRefused(cause)) throw awsFault(LOOKING, cause);
    const fault = awsFault(unsure, cause);
    if (!(fault instanceof CheckvalveError) || fault.code === 'ACCESS_DENIED') throw awsFault(LOOKING, cause);
    throw new CheckvalveError(fault.code, fault.message, `Before you start another, look: ${look}`, { cause });
  });
};

/** An answer of AWS that lays the fault at our access role: then it has done nothing. */
function wasRefused(cause: unknown): boolean {
  const { $metadata } = cause as { readonly $metadata?: { readonly httpStatusCode?: number } };
  const { httpStatusCode = 0 } = $metadata ?? {};
  return httpStatusCode >= 400 && httpStatusCode < 500;
}

function refusal(cause: Error): CheckvalveError | undefined {
  const { name, message } = cause;
  if (/opted in|opt-in/i.test(message)) {
    const { reason, remedy } = VERDICTS['not-opted-in'];
    return new CheckvalveError('UNSUPPORTED', `AWS Backup refuses (not-opted-in): ${reason}`, remedy, { cause });
  }
  if (/backup vault/i.test(message) && name === 'ResourceNotFoundException') return notDeployed(message, cause);
  if (/IAM Role/i.test(message)) return notDeployed(message, cause);
  return undefined;
}
