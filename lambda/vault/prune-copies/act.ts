import type { Snapshots } from '../../_kit/ports/snapshots';
import type { PruneAction } from './plan';

/** Deletes one snapshot. Safe to repeat. */
export async function act({ snapshot }: PruneAction, snapshots: Pick<Snapshots, 'remove'>) {
  await snapshots.remove(snapshot);
  return { outcome: 'done' };
}
