import type { Snapshots } from '../../_kit/ports/snapshots';
import type { PruneFacts } from './plan';

/** What prune-copies is told by its stack. */
export type PruneSettings = Pick<PruneFacts, 'retention'>;

/** Looks at the vault's own snapshots and at what is shared with it. No source is asked anything. */
export async function observe(snapshots: Snapshots, settings: PruneSettings, now: Date): Promise<PruneFacts> {
  // One after the other: a copy that is imported in between is young, one that is no longer shared was not deleted for it.
  const own = await snapshots.manual();
  const shared = new Set((await snapshots.shared()).map(({ arn }) => arn as string));
  return { ...settings, own, shared, now };
}
