import type { CopyOutcome, ShareOutcome } from '../ports/snapshots';

/** Seen: “Cannot create more than 100 manual snapshots”, https://github.com/pbudzon/aws-maintenance/issues/12 and, in lower
 * case, https://github.com/radius-project/samples/issues/842. Not so of copies in flight: “Cannot copy more than 5 snapshots
 * across regions”, https://github.com/pbudzon/aws-maintenance/issues/19. */
const SPEAKS_OF_MANUAL_SNAPSHOTS = /\bmanual\b.*\bsnapshots?\b/i;

/**
 * The ordinary endings among RDS's answers to an order to copy; undefined for a surprise.
 * One code, `SnapshotQuotaExceeded`, means two things, told apart by the message alone: the account is *full*, or as
 * many copies as allowed are in flight and this one must *wait*.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CopySnapshot.html
 * AWS documents no wording. *Full* is only what speaks of manual snapshots; an account that is full by our own count is
 * not asked at all. Everything else waits, and is `overdue` once the deadline of a copy has passed.
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
 * Whether RDS asks for an option group with the options that a shared snapshot cannot be without, such as Oracle's
 * Timezone. What these are it tells here alone: a snapshot shows the name of its group, which is of another account.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.html
 */
export const wantsOptionGroup = (error: unknown): boolean =>
  error instanceof Error && /requires a target option group/i.test(error.message);

/** What RDS says of options, and of keys, that never let a snapshot be shared. AWS documents no wording. */
const NEVER_SHARED = /option|\bTDE\b|encrypt|permanent|persistent/i;
/** A snapshot that is being made or changed. RDS may say so of one that it has just called available. */
const UNDER_WAY = /\b(creating|copying|modifying|pending|backing-up|not available|in progress)\b/i;

/**
 * The ordinary endings among RDS's answers to an order to share; undefined for a surprise. One code, `InvalidDBSnapshotState`,
 * means that the snapshot can never be shared, or that it cannot be now, told apart by the message alone. *Never* is only what
 * speaks of options or keys; everything else is tried again, and told when it goes on.
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
