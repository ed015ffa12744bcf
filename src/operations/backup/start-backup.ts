import { randomUUID } from 'node:crypto';
import { StartBackupJobCommand } from '@aws-sdk/client-backup';
import { CheckvalveError } from '../../contract/errors';
import { type DatabaseArn, databaseParts, type Kind } from '../../contract/ids';
import { ON_DEMAND_PLAN, RECOVERY_POINT_TAGS } from '../../contract/names';
import { VERDICTS } from '../../contract/verdicts';
import { awsFault, type CallDescription, callAws } from '../call-aws';
import { backupIn, type ClientsFor, databasesIn, type Tooling, toolingIn } from './aws-account';
import { findDatabase, requireSupported } from './find-database';

/** A request for an on-demand backup. */
export interface BackupRequest {
  /** Name or ARN of an instance or a cluster. */
  readonly database: string;
  /** Regions in which to search the database. */
  readonly regions: readonly string[];
  /** The retention; undefined if neither an option nor a daily plan gives it. */
  readonly retentionDays?: number;
  /** A backup vault and a role other than the tooling's; required if the tooling contains no plans. */
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
  /** ARN of the snapshot, if AWS Backup already knows it. */
  readonly recoveryPoint?: string;
  readonly vault: string;
  readonly role: string;
  readonly retentionDays: number;
  /** The tags with which the tooling exports the snapshot. */
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Starts a job of AWS Backup for one database, with the tags that a plan of the tooling sets.
 * @param request as {@link parseBackupRequest} returns it
 * @throws CheckvalveError `DATABASE_NOT_FOUND`, `UNSUPPORTED`, `NOT_DEPLOYED`, `INVALID_INPUT`, `ACCESS_DENIED` or
 * `AWS_CALL_FAILED`, each with a remedy and with whether a backup may have been started
 */
export async function startBackup(request: BackupRequest, clientsFor: ClientsFor): Promise<StartedBackup> {
  const perRegion = await callAws(READING, () =>
    Promise.all(request.regions.map((region) => databasesIn(clientsFor, region))),
  );
  const database = findDatabase(request.database, perRegion.flat());
  requireSupported(database);
  const { region, account } = databaseParts(database.arn);
  const tooling = await callAws(READING, () => toolingIn(clientsFor, region));
  if (!tooling) throw toolingMissing(account, region);
  const { vault, role, retentionDays } = placeOf(request, tooling);
  const tags = { [RECOVERY_POINT_TAGS.exportKey]: tooling.exportKeyId, [RECOVERY_POINT_TAGS.plan]: ON_DEMAND_PLAN };
  const job = new StartBackupJobCommand({
    ResourceArn: database.arn,
    BackupVaultName: vault,
    IamRoleArn: role,
    Lifecycle: { DeleteAfterDays: retentionDays },
    RecoveryPointTags: tags,
    // The SDK retries when a response is lost; the token prevents a second backup.
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

function toolingMissing(account: string, region: string): CheckvalveError {
  const message = `The tooling is not deployed in account ${account}, ${region}: the backup would not be copied to the vault`;
  const remedy =
    'Tag the account as a production account and wait for its stack instance; checkvalve plan shows what enrollment does to it.';
  return new CheckvalveError('NOT_DEPLOYED', message, remedy);
}

const notDeployed = (message: string, cause: unknown) =>
  new CheckvalveError(
    'NOT_DEPLOYED',
    message,
    'Check that the stack of the tooling is complete, or give others: --vault NAME --role ARN.',
    { cause },
  );

/** The backup vault, the role and the retention: from the request, otherwise from the tooling. */
function placeOf(request: BackupRequest, tooling: Tooling) {
  const [vault, role] = [request.vault ?? tooling.vault, request.role ?? tooling.role];
  if (!vault || !role) {
    const message = 'The tooling contains no plans, and so no backup vault and no role for AWS Backup';
    throw new CheckvalveError('INVALID_INPUT', message, 'Give those of your own backup plan: --vault NAME --role ARN.');
  }
  if (request.retentionDays === undefined) {
    const message = 'The retention of the backup is missing, and there is no daily plan to take it from';
    throw new CheckvalveError('INVALID_INPUT', message, 'Add --retention-days.');
  }
  return { vault, role, retentionDays: request.retentionDays };
}

const PERMISSIONS =
  'rds:DescribeDBInstances, rds:DescribeDBClusters, cloudformation:DescribeStacks, backup:StartBackupJob, backup:TagResource and iam:PassRole on the role';

const CALL = { whose: 'the source account of the database', needs: PERMISSIONS } as const;
const READING: CallDescription = {
  ...CALL,
  failed: 'Nothing was started',
  otherwise: 'Or use --rehearsal, which needs no AWS account.',
};

/** Starts the job, and explains an error. Without a response, the job may have started. */
const starting = <T>(database: DatabaseArn, call: () => Promise<T>): Promise<T> => {
  const { region } = databaseParts(database);
  const list = `aws backup list-backup-jobs --by-resource-arn ${database} --region ${region}`;
  const unsure: CallDescription = { ...CALL, failed: 'It is unknown whether the backup was started' };
  return call().catch((cause: unknown) => {
    const known = cause instanceof Error ? refusal(cause) : undefined;
    if (known) throw known;
    if (wasRefused(cause)) throw awsFault(READING, cause);
    const fault = awsFault(unsure, cause);
    if (!(fault instanceof CheckvalveError) || fault.code === 'ACCESS_DENIED') throw awsFault(READING, cause);
    throw new CheckvalveError(fault.code, fault.message, `List the jobs before you start another: ${list}`, { cause });
  });
};

/** Whether AWS rejected the request (status 4xx) and therefore started nothing. */
function wasRefused(cause: unknown): boolean {
  const { $metadata } = cause as { readonly $metadata?: { readonly httpStatusCode?: number } };
  const { httpStatusCode = 0 } = $metadata ?? {};
  return httpStatusCode >= 400 && httpStatusCode < 500;
}

function refusal(cause: Error): CheckvalveError | undefined {
  const { name, message } = cause;
  if (/opted in|opt-in/i.test(message)) {
    const { reason, remedy } = VERDICTS['not-opted-in'];
    return new CheckvalveError('UNSUPPORTED', `AWS Backup rejects the job (not-opted-in): ${reason}`, remedy, {
      cause,
    });
  }
  if (/backup vault/i.test(message) && name === 'ResourceNotFoundException') return notDeployed(message, cause);
  if (/IAM Role/i.test(message)) return notDeployed(message, cause);
  return undefined;
}
