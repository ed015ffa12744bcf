import { HOUR, MINUTE } from '../../../src/contract/durations';
import { databaseArn, type KeyArn, snapshotArn } from '../../../src/contract/ids';
import { TAGS } from '../../../src/contract/names';
import type { ActionOutcome } from '../../_kit/copier';
import { inFlight, isAvailable, isFailed } from '../../_kit/copies';
import { LISTING_LAG } from '../../_kit/copy-records';
import type { CopyRecord, OwnCopies, OwnCopiesIndex } from '../../_kit/ports/own-copies';
import type { Snapshot, SnapshotSearch, Snapshots } from '../../_kit/ports/snapshots';
import { isVaultCopy } from '../../_kit/vault-copies';
import type { ImportPorts } from './observe';
import type { ImportAction } from './plan';

/** A sweep lists the vault's own copies when the index is older. */
export const RELIST_AFTER = 6 * HOUR;
/** No run uses an index that is older: sweeps have failed to replace it. */
const TOO_OLD = 24 * HOUR;

/** The ports of a run that uses the index. */
export interface IndexedPorts extends Omit<ImportPorts, 'accessRoles' | 'snapshots' | 'sources'> {
  readonly snapshots: Snapshots & SnapshotSearch;
  readonly accessRoles: { of(...asked: Parameters<ImportPorts['accessRoles']['of']>): Snapshots & SnapshotSearch };
  readonly ownCopies: OwnCopies;
}

/** Whether a run may use an index. */
export const isUsable = (index: OwnCopiesIndex | undefined, now: Date): index is OwnCopiesIndex =>
  index !== undefined && Math.abs(now.getTime() - index.listedAt.getTime()) < TOO_OLD;

/** The record of a copy that a run has started. */
export function started(
  { order, exportCopy }: Extract<ImportAction, { do: 'import' }>,
  importKey: KeyArn,
  now: Date,
): CopyRecord {
  const [, , , region, account] = importKey.split(':');
  const [noun, word] = order.kind === 'cluster' ? ['cluster-snapshot', 'cluster'] : ['snapshot', 'db'];
  const copy: Snapshot = {
    arn: snapshotArn(`arn:aws:rds:${region}:${account}:${noun}:${order.name}`),
    kind: order.kind,
    name: order.name,
    status: 'creating',
    type: 'manual',
    database: databaseArn(`arn:aws:rds:${region}:${account}:${word}:${exportCopy.database.split(':').at(-1)}`),
    engine: exportCopy.engine,
    encrypted: true,
    kmsKeyArn: order.key,
    ...(exportCopy.takenAt && { takenAt: exportCopy.takenAt }),
    sizeGiB: exportCopy.sizeGiB,
    tags: new Map(Object.entries(order.tags)),
  };
  return { copy, isMarked: false, at: now };
}

/** The end of a copy of an instance has an event: RDS is asked for its state when the event is that late. */
const EVENT_AWAITED = 30 * MINUTE;

/** Whether the end of a copy is awaited by its event, so that its state need not be read while nothing waits for its slot. */
export const isAwaited = ({ copy, at }: CopyRecord, now: Date): boolean =>
  copy.kind === 'instance' && inFlight(copy) && now.getTime() - at.getTime() < EVENT_AWAITED;

/** A vault copy whose state, or whose mark on its export copy, may have changed since its record was written. */
export function isUnfinished({ copy, isMarked }: CopyRecord, shared: ReadonlySet<string>): boolean {
  if (!isVaultCopy(copy)) return false;
  const isShared = shared.has(copy.tags.get(TAGS.exportCopy) ?? '');
  // RDS must confirm the failure before a second copy is made.
  if (isFailed(copy)) return isShared || !copy.tags.has(TAGS.failedAt);
  return inFlight(copy) || (!isMarked && isShared);
}

/** The records of copies that RDS was asked for: as it describes them, or gone. A listing may lag behind a copy that has just begun. */
export function corrected(asked: readonly CopyRecord[], found: readonly Snapshot[], now: Date): readonly CopyRecord[] {
  const byArn = new Map<string, Snapshot>(found.map((one) => [one.arn, one]));
  return asked.flatMap((record): readonly CopyRecord[] => {
    const copy = byArn.get(record.copy.arn);
    if (copy) return [copy.status === record.copy.status && inFlight(copy) ? record : { ...record, copy, at: now }];
    return now.getTime() - record.at.getTime() < LISTING_LAG ? [record] : [{ ...record, isGone: true, at: now }];
  });
}

/** What a run has done, beside what it observed. */
export interface RunEffects {
  readonly ended: readonly { readonly action: ImportAction; readonly outcome: ActionOutcome['outcome'] }[];
  readonly throughAccessRoles: ReadonlyMap<string, Snapshot>;
  readonly importKey: KeyArn;
  readonly now: Date;
}

/** The records after a run: what it started, marked or saw marked, and failed copies that it tagged. Pure. */
export function afterRun(records: readonly CopyRecord[], effects: RunEffects): readonly CopyRecord[] {
  const { ended, throughAccessRoles, importKey, now } = effects;
  const marked = new Set<string>(
    [...throughAccessRoles.values()].filter(({ tags }) => tags.has(TAGS.importedAt)).map(({ arn }) => arn),
  );
  const failed = new Set<string>();
  const begun: CopyRecord[] = [];
  for (const { action, outcome } of ended) {
    if (action.do === 'mark-imported' && outcome === 'done') marked.add(action.exportCopy.arn);
    if (action.do === 'mark-failed') failed.add(action.copy.arn);
    if (action.do === 'import' && (outcome === 'started' || outcome === 'already-there'))
      begun.push(started(action, importKey, now));
  }
  const changed = records.map((record): CopyRecord => {
    const { copy } = record;
    if (failed.has(copy.arn)) {
      return {
        ...record,
        copy: { ...copy, tags: new Map([...copy.tags, [TAGS.failedAt, now.toISOString()]]) },
        at: now,
      };
    }
    const isMarked = isAvailable(copy) && marked.has(copy.tags.get(TAGS.exportCopy) ?? '');
    return isMarked && !record.isMarked ? { ...record, isMarked, at: now } : record;
  });
  return [...changed, ...begun];
}
