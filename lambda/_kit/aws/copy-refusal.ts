import type { CopyOutcome, ShareOutcome } from '../ports/snapshots';

/** Seen: “Cannot create more than 100 manual snapshots”, https://github.com/pbudzon/aws-maintenance/issues/12 and, in lower
 * case, https://github.com/radius-project/samples/issues/842. Not so of copies in flight: “Cannot copy more than 5 snapshots
 * across regions”, https://github.com/pbudzon/aws-maintenance/issues/19. */
const SPEAKS_OF_MANUAL_SNAPSHOTS = /\bmanual\b.*\bsnapshots?\b/i;

/**
 * The expected refusals of RDS to copy; undefined for any other error.
 * One code, `SnapshotQuotaExceeded`, has two meanings that only the message distinguishes: the account is *full*, or as
 * many copies as allowed are in flight and this one must *wait*.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CopySnapshot.html
 * AWS documents no wording. *Full* is only a message about manual snapshots; a step asks for no copy when the account is full
 * by its own count. Every other message means *wait*, and the copy is `overdue` once its deadline has passed.
 */
export function copyRefusal(error: unknown): CopyOutcome | undefined {
  if (!(error instanceof Error)) return undefined;
  const because = error.message;
  switch (error.name.replace(/Fault$/, '')) {
    case 'DBSnapshotAlreadyExists':
    case 'DBClusterSnapshotAlreadyExists':
      return { kind: 'already-there' };
    case 'DBSnapshotNotFound':
    case 'DBClusterSnapshotNotFound':
      return { kind: 'gone' };
    case 'SnapshotQuotaExceeded':
      return { kind: SPEAKS_OF_MANUAL_SNAPSHOTS.test(because) ? 'full' : 'wait', because };
    case 'KMSKeyNotAccessible':
      return { kind: 'key', because };
    case 'OptionGroupNotFound':
      return { kind: 'options', because };
    case 'InvalidParameterValue':
    case 'InvalidParameterCombination':
      return { kind: wantsOptionGroup(error) ? 'options' : 'refused', because };
    case 'InvalidDBSnapshotState':
    case 'InvalidDBClusterSnapshotState':
      return { kind: 'refused', because };
    default:
      return undefined;
  }
}

/**
 * Whether RDS requires an option group with the options that a shared snapshot depends on, such as Oracle's Timezone. Only this
 * message names the options: a snapshot shows the name of its option group, which is in another account.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.html
 */
export const wantsOptionGroup = (error: unknown): boolean =>
  error instanceof Error && /requires a target option group/i.test(error.message);

/** Messages of RDS about options and keys with which a snapshot can never be shared. AWS documents no wording. */
const NEVER_SHARED = /option|\bTDE\b|encrypt|permanent|persistent/i;
/** Messages about a snapshot that is being made or changed. RDS may say so of a snapshot that it has just listed as available. */
const UNDER_WAY = /\b(creating|copying|modifying|pending|backing-up|not available|in progress)\b/i;

/**
 * The expected refusals of RDS to share; undefined for any other error. One code, `InvalidDBSnapshotState`, means that the
 * snapshot can never be shared, or that it cannot be shared now: only the message distinguishes them. *Never* is only a message
 * about options or keys; after every other one the step tries again, and reports a refusal that continues.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.html
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBSnapshotAttribute.html
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBClusterSnapshotAttribute.html
 */
export function shareRefusal(error: unknown): ShareOutcome | undefined {
  if (!(error instanceof Error)) return undefined;
  const because = error.message;
  switch (error.name.replace(/Fault$/, '')) {
    case 'DBSnapshotNotFound':
    case 'DBClusterSnapshotNotFound':
      return { kind: 'gone' };
    case 'SharedSnapshotQuotaExceeded':
      return { kind: 'full', because };
    case 'InvalidDBSnapshotState':
    case 'InvalidDBClusterSnapshotState':
    case 'InvalidParameterCombination':
      return { kind: NEVER_SHARED.test(because) && !UNDER_WAY.test(because) ? 'refused' : 'wait', because };
    default:
      return undefined;
  }
}
