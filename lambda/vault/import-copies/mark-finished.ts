import { isSnapshotArn, type SnapshotArn } from '../../../src/contract/ids';
import { INTERVALS } from '../../../src/contract/intervals';
import { TAGS } from '../../../src/contract/names';
import { type CopyLimits, inFlight, isAvailable, isLate } from '../../_kit/copies';
import type { Log } from '../../_kit/ports/log';
import type { CopyRecord, OwnCopiesIndex } from '../../_kit/ports/own-copies';
import type { Snapshot } from '../../_kit/ports/snapshots';
import type { Wakeups } from '../../_kit/ports/wakeups';
import { isVaultCopy, nameMatchesTags } from '../../_kit/vault-copies';
import { importRun } from './act';
import type { FinishedCopy } from './copy-events';
import type { IndexedPorts } from './own-index';

/** The export copy of a vault copy whose name and tags agree; undefined for any other snapshot. */
const exportCopyOf = (copy: Snapshot): SnapshotArn | undefined => {
  const arn = copy.tags.get(TAGS.exportCopy) ?? '';
  return isVaultCopy(copy) && nameMatchesTags(copy) && isSnapshotArn(arn) ? arn : undefined;
};

/**
 * Marks the export copies of copies that events report as finished, by three calls for one copy: RDS says that the copy is
 * available, the export copy is tagged, and the index is changed. The vault made the copy while it followed the account: the mark
 * says no more than that, so that the table of sources is not read.
 * @returns whether that is all; otherwise a run over all that is shared follows
 */
export async function markFinished(
  finished: readonly FinishedCopy[],
  ports: IndexedPorts,
  now: Date,
  log: Log,
): Promise<boolean> {
  const names = finished.map(({ name }) => name);
  const found = await ports.snapshots.find('instance', names);
  if (found.length < names.length) return false;
  return mark(found, ports, now, log);
}

/**
 * Looks whether copies of clusters have finished, whose end has no event, and marks the export copies of those that have.
 * @returns whether that is all; otherwise a run over all that is shared follows
 */
export async function lookAgain(
  { records, hasWaiting }: OwnCopiesIndex,
  ports: IndexedPorts & { readonly wakeups: Wakeups },
  limits: CopyLimits,
  now: Date,
  log: Log,
): Promise<boolean> {
  if (hasWaiting) return false;
  const awaited = records.filter(({ copy }) => copy.kind === 'cluster' && isVaultCopy(copy) && inFlight(copy));
  if (awaited.length === 0) return true;
  const names = awaited.map(({ copy }) => copy.name);
  const found = await ports.snapshots.find('cluster', names);
  if (found.length < names.length || found.some((copy) => inFlight(copy) && isLate(copy, now, limits))) return false;
  if (found.some(inFlight)) await ports.wakeups.wakeIn(INTERVALS.reminderMinutes);
  const ended = found.filter((copy) => !inFlight(copy));
  return ended.length === 0 || mark(ended, ports, now, log);
}

/** Marks the export copies of available copies, and records that. */
async function mark(found: readonly Snapshot[], ports: IndexedPorts, now: Date, log: Log): Promise<boolean> {
  const copies = found.flatMap((copy) => {
    const exportCopy = exportCopyOf(copy);
    return exportCopy && isAvailable(copy) ? [{ copy, exportCopy }] : [];
  });
  if (copies.length < found.length) return false;
  const run = importRun(ports, now, log);
  const changes: CopyRecord[] = [];
  for (const { copy, exportCopy } of copies) {
    // Only its ARN is used; the access role tags nothing but export copies.
    const isMarked = await run.tag({ ...copy, arn: exportCopy }, { [TAGS.importedAt]: now.toISOString() });
    log(isMarked ? 'mark-imported.done' : 'mark-imported.refused', { copy: copy.arn, exportCopy });
    changes.push({ copy, isMarked, at: now });
  }
  const { hasWaiting } = await ports.ownCopies.record(changes);
  return !hasWaiting;
}
