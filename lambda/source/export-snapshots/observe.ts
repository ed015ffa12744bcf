import type { ExportMemory } from '../../_kit/ports/export-memory';
import type { Snapshots } from '../../_kit/ports/snapshots';
import type { ExportFacts, ExportSettings } from './facts';

/**
 * Reads every snapshot of the account, and then the memory: a bounded number of list calls, for any event. In this order, because
 * a copy is deleted only after the memory of it is written: the memory has what another run deletes in between.
 */
export async function observe(
  { snapshots, memory }: { readonly snapshots: Snapshots; readonly memory: ExportMemory },
  settings: ExportSettings,
  reported: ReadonlySet<string>,
  now: Date,
): Promise<ExportFacts> {
  const own = await snapshots.own();
  return { ...settings, snapshots: own, memory: await memory.all(), reported, now };
}
