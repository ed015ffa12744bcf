import type { ExportMemory } from '../../_kit/ports/export-memory';
import type { Snapshots } from '../../_kit/ports/snapshots';
import type { ExportFacts } from './survey';

/** What export-snapshots is told by its stack. */
export type ExportSettings = Pick<
  ExportFacts,
  'exportKey' | 'previousKeyIds' | 'vaultAccount' | 'databaseTag' | 'limits'
>;

/**
 * Looks at every snapshot of the account, then at what is remembered of them: a bounded number of list calls, whatever the
 * event was. In this order, since a copy is deleted only after the memory of it is written: what another run deletes in
 * between is remembered by the time the memory is read.
 */
export async function observe(
  { snapshots, memory }: { readonly snapshots: Snapshots; readonly memory: ExportMemory },
  settings: ExportSettings,
  told: ReadonlySet<string>,
  now: Date,
): Promise<ExportFacts> {
  const own = await snapshots.own();
  return { ...settings, snapshots: own, memory: await memory.all(), told, now };
}
