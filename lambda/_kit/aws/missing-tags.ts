import { ListTagsForResourceCommand, type RDSClient } from '@aws-sdk/client-rds';
import { BACKUP_PREFIX, PREFIX } from '../../../src/contract/names';
import type { Snapshot } from '../ports/snapshots';
import { snapshotTags } from './snapshot-shape';

/** Snapshots whose tags one listing reads, by one call each: RDS allows an account few calls a second. */
const MAX_READS = 300;
const READS_AT_A_TIME = 10;

const isOurs = ({ name }: Snapshot): boolean => name.startsWith(`${PREFIX}-`);
/** The tags of other snapshots decide nothing: the names of a team's snapshots have no colon. */
const isWanted = (snapshot: Snapshot): boolean =>
  isOurs(snapshot) || snapshot.name.startsWith(BACKUP_PREFIX) || snapshot.name.startsWith('rds:');
const time = ({ createdAt }: Snapshot): number => createdAt?.getTime() ?? Number.POSITIVE_INFINITY;

/**
 * Reads the tags of snapshots that RDS listed without tags, Checkvalve's own copies and the newest first.
 * Assumption (lists-show-tags-without-list-tags): a listing may leave `TagList` out where the caller lacks `rds:ListTagsForResource`; AWS documents neither.
 * A snapshot whose tags cannot be read stays without tags, and is reported: no step copies or deletes it.
 */
export async function withMissingTags(
  client: RDSClient,
  listed: readonly Snapshot[],
  unreadable: (arn: string, because: string) => void,
): Promise<Map<string, ReadonlyMap<string, string>>> {
  const wanted = listed
    .filter(isWanted)
    .sort((a, b) => Number(isOurs(b)) - Number(isOurs(a)) || Math.sign(time(b) - time(a)) || 0);
  const found = new Map<string, ReadonlyMap<string, string>>();
  const read = async ({ arn }: Snapshot): Promise<void> => {
    try {
      const answer = await client.send(new ListTagsForResourceCommand({ ResourceName: arn }));
      found.set(arn, snapshotTags(answer?.TagList));
    } catch (error) {
      unreadable(arn, `its tags cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const asked = wanted.slice(0, MAX_READS);
  for (let at = 0; at < asked.length; at += READS_AT_A_TIME) {
    await Promise.all(asked.slice(at, at + READS_AT_A_TIME).map(read));
  }
  for (const { arn } of wanted.slice(MAX_READS))
    unreadable(arn, 'RDS lists no tags, and too many other snapshots come first');
  return found;
}
