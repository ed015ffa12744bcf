import type { CopyOutcome } from '../ports/snapshots';

/**
 * The ordinary endings among RDS's answers to an order to copy; undefined for a surprise.
 * One code, `SnapshotQuotaExceeded`, means two things, told apart by the message alone: the account is *full*, or as
 * many copies as allowed are in flight and this one must *wait*.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CopySnapshot.html
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
      return { kind: /in[- ]progress|in progress/i.test(because) ? 'wait' : 'full', because };
    case 'KMSKeyNotAccessible':
      return { kind: 'key', because };
    default:
      return undefined;
  }
}

/**
 * Why RDS will never share this snapshot; undefined for a surprise, which is tried again.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.html
 */
export function shareRefusal(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const name = error.name.replace(/Fault$/, '');
  const permanent = /option|TDE|encrypt|permanent|persistent|shar/i.test(error.message);
  const isState = ['InvalidDBSnapshotState', 'InvalidDBClusterSnapshotState', 'InvalidParameterCombination'];
  return isState.includes(name) && permanent ? error.message : undefined;
}
