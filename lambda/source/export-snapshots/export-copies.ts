import { isOfAwsBackup } from '../../../src/contract/backup-snapshots';
import { RECOVERY_POINT_TAGS, TAGS } from '../../../src/contract/names';
import type { Snapshot } from '../../_kit/ports/snapshots';

/** Whether a snapshot may be exported: one of AWS Backup, or an automated snapshot of RDS with the tag of the export key. RDS shares
 * neither of them without a copy. A manual snapshot belongs to the team that created it, with or without the tag.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.html */
export const isCopyable = (snapshot: Snapshot): boolean =>
  isOfAwsBackup(snapshot) || (snapshot.name.startsWith('rds:') && snapshot.tags.has(RECOVERY_POINT_TAGS.exportKey));

/** Whether the vault has imported it. */
export const isImported = ({ tags }: Snapshot): boolean => tags.has(TAGS.importedAt);

/** Time of the data, as text that sorts. An export copy has it in a tag. */
export const sourceTime = (snapshot: Snapshot): string =>
  snapshot.tags.get(TAGS.sourceTime) ?? (snapshot.takenAt ?? snapshot.createdAt)?.toISOString() ?? '';

/** Sorted by the time of the data, the oldest first. The time is formatted once for each snapshot, not for each comparison. */
export const byTime = (snapshots: readonly Snapshot[]): Snapshot[] =>
  snapshots
    .map((snapshot) => ({ snapshot, key: `${sourceTime(snapshot)} ${snapshot.arn}` }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ snapshot }) => snapshot);
