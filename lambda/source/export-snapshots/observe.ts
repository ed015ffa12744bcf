import type { Snapshots } from '../../_kit/ports/snapshots';
import type { ExportFacts } from './survey';

/** What export-snapshots is told by its stack. */
export type ExportSettings = Pick<
  ExportFacts,
  'exportKey' | 'previousKeyIds' | 'vaultAccount' | 'databaseTag' | 'limits'
>;

/** Looks at every snapshot of the account: a bounded number of list calls, whatever the event was. */
export async function observe(
  snapshots: Snapshots,
  settings: ExportSettings,
  told: ReadonlySet<string>,
  now: Date,
): Promise<ExportFacts> {
  return { ...settings, snapshots: await snapshots.own(), told, now };
}
