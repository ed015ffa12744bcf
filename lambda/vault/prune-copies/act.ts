import type { Snapshots } from '../../_kit/ports/snapshots';
import type { PruneAction } from './plan';

/** Does one action; it may be repeated. */
export async function act({ snapshot }: PruneAction, snapshots: Snapshots) {
  await snapshots.remove(snapshot);
  return { outcome: 'done' };
}
