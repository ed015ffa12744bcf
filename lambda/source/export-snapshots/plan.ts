import { type CarriedTags, carriedTags } from '../../../src/contract/carried-tags';
import { databaseParts, keyIdOf } from '../../../src/contract/ids';
import { INTERVALS } from '../../../src/contract/intervals';
import { attemptOf, BACKUP_COPY_PREFIX, exportCopyName, RECOVERY_POINT_TAGS, TAGS } from '../../../src/contract/names';
import { unsupportedReason } from '../../../src/contract/protectable';
import { isDueAgain } from '../../../src/contract/verdicts';
import {
  inFlight,
  isAvailable,
  isFailed,
  isLate,
  MAX_ATTEMPTS,
  minutesToNextRun,
  NO_SLOT,
  progressOf,
} from '../../_kit/copies';
import { holdOf } from '../../_kit/export-copies';
import type { CopyOrder, Snapshot } from '../../_kit/ports/snapshots';
import type { ExportAction, SkippedSnapshot } from './export-action';
import { placesOf, resourcesOf, waitingOf } from './export-capacity';
import { isCopyable, isImported, sourceTime } from './export-copies';
import type { ExportFacts } from './facts';
import { type IndexedFacts, indexFacts, inOrder, isOlderThanImported } from './index-facts';
import { planRenewals } from './memory-term';
import { planAlerts, planLoggedAlerts } from './plan-alerts';
import { planClearances, planGiveWay, planRetirements } from './plan-removals';

/** The actions, in this order, and the snapshots without one. */
export interface ExportPlan {
  readonly actions: readonly ExportAction[];
  readonly passed: readonly SkippedSnapshot[];
  /** Minutes until the next run: a copy or snapshot will change by itself, and perhaps no event reports it. */
  readonly nextRunInMinutes?: number;
  /** Databases that had an alert within a day, before this run. */
  readonly alerted: ReadonlySet<string>;
}

/** Plans the actions for the snapshots of an account. Pure, and linear in their number (but for one sort). */
export function plan(facts: ExportFacts): ExportPlan {
  const index = indexFacts(facts);
  const retirements = planRetirements(index);
  for (const { copy } of retirements) index.capacity.release(placesOf(copy));
  const { copies, passed } = planCopies(index);
  const actions: ExportAction[] = [
    planPublications(index),
    retirements,
    planClearances(index),
    copies,
    planLoggedAlerts(passed, index),
    planAlerts(passed, index),
    planRenewals(index),
  ].flat();
  const minutes = isUnderWay(actions, passed, index)
    ? minutesToNextRun(passed)
    : passed.some(({ because }) => AWAITING_VAULT.has(because))
      ? INTERVALS.vaultReminderMinutes
      : undefined;
  return { actions, passed, alerted: index.alerted, ...(minutes && { nextRunInMinutes: minutes }) };
}

/** Copies due snapshots in their order while there is capacity; a copy that the vault is refused gives way to a younger one. */
function planCopies(index: IndexedFacts): {
  readonly copies: readonly ExportAction[];
  readonly passed: readonly SkippedSnapshot[];
} {
  const { capacity } = index;
  const copies: ExportAction[] = [];
  const passed: SkippedSnapshot[] = [];
  const due: Snapshot[] = [];
  for (const snapshot of index.sources) {
    const because = whyNot(snapshot, index);
    if (because) passed.push({ snapshot, because });
    else due.push(snapshot);
  }
  for (const snapshot of inOrder(due, index)) {
    let because = whyWait(snapshot, index);
    const giveWay = because === 'waiting-for-vault' ? planGiveWay(snapshot.database, index) : undefined;
    if (giveWay) {
      copies.push(giveWay);
      const waiting = waitingOf(snapshot.database, isOlderThanImported(giveWay.copy, index));
      capacity.release([...waiting, ...placesOf(giveWay.copy)]);
      because = whyWait(snapshot, index);
    }
    if (because) {
      passed.push({ snapshot, because });
      continue;
    }
    capacity.reserve(resourcesOf(snapshot, isOlderThanImported(snapshot, index)));
    copies.push(copyAction(snapshot, index));
  }
  return { copies, passed };
}

/** Reasons that end when a copy or a snapshot is complete. */
const ENDING: ReadonlySet<SkippedSnapshot['because']> = new Set([NO_SLOT, 'earlier-copy-in-flight']);
/** Reasons that end when the vault has imported a copy, which no event reports to the source. */
const AWAITING_VAULT: ReadonlySet<SkippedSnapshot['because']> = new Set([
  'waiting-for-vault',
  'older-copy-waiting-for-vault',
]);
/** Whether a snapshot waits for a copy of the source or of the vault to finish. */
export const isWaiting = ({ because }: Pick<SkippedSnapshot, 'because'>): boolean =>
  ENDING.has(because) || AWAITING_VAULT.has(because);

/**
 * Whether a next run is needed soon: a copy of a cluster is in flight, or the snapshot of one is not available yet, and no event may
 * report the end; or a snapshot waits for a copy to finish. The end of a copy of an instance has an event, and the sweep finds what
 * an event did not report. Snapshots that wait for an operator can wait for the sweep.
 */
function isUnderWay(
  actions: readonly ExportAction[],
  passed: readonly SkippedSnapshot[],
  { copies, now, limits }: IndexedFacts,
) {
  return (
    actions.some((action) => action.do === 'copy' && action.order.kind === 'cluster') ||
    copies.some((copy) => copy.kind === 'cluster' && inFlight(copy) && !isLate(copy, now, limits)) ||
    passed.some(
      ({ snapshot, because }) =>
        (because === 'not-available-yet' && snapshot.kind === 'cluster') ||
        (ENDING.has(because) && !isLate(snapshot, now, limits)),
    )
  );
}

/** Why a snapshot is not exported, whatever the capacity is; undefined when it is due. */
function whyNot(snapshot: Snapshot, index: IndexedFacts): SkippedSnapshot['because'] | undefined {
  const { exportKey, previousKeyIds = [], databaseTag, copiesOf, isKeyRefused, now } = index;
  const tag = snapshot.tags.get(RECOVERY_POINT_TAGS.exportKey);
  if (!isCopyable(snapshot)) return 'not-of-aws-backup';
  // It has the tags of the original, which is exported in its own Region: a second copy would only use a place in the vault.
  // https://docs.aws.amazon.com/aws-backup/latest/devguide/tags-on-backups.html
  if (snapshot.name.startsWith(BACKUP_COPY_PREFIX)) return 'copied-from-another-region';
  if (!tag)
    return snapshot.tags.get(databaseTag.key) === databaseTag.value ? 'missing-tag' : 'not-a-production-database';
  if (![keyIdOf(exportKey), ...previousKeyIds].includes(tag)) return 'tagged-for-another-key';
  const copies = copiesOf.get(snapshot.arn) ?? [];
  if (isImported(snapshot) || copies.some((copy) => isImported(copy) || !isFailed(copy))) return 'already-exported';
  const lasting = unsupportedReason(snapshot);
  if (lasting) return lasting;
  if (copies.length >= MAX_ATTEMPTS || copies.some(({ name }) => attemptOf(name) >= MAX_ATTEMPTS)) {
    return 'failed-too-often';
  }
  const hold = holdOf(snapshot);
  if (hold && !isDueAgain(hold, now) && hold.code !== 'failed-too-often') return hold.code;
  if (progressOf(snapshot) === 'unknown') return 'unknown-status';
  if (!isAvailable(snapshot)) return 'not-available-yet';
  return isKeyRefused ? 'checkvalve-key-not-accessible' : undefined;
}

/** Why a due snapshot waits: a lack of capacity, which ends by itself. */
function whyWait(snapshot: Snapshot, index: IndexedFacts): SkippedSnapshot['because'] | undefined {
  const { kind, database } = snapshot;
  const { capacity } = index;
  if (isOlderThanImported(snapshot, index) && !capacity.has(`older:${database}`)) return 'older-copy-waiting-for-vault';
  if (!capacity.has(`turn:${database}`)) return 'earlier-copy-in-flight';
  if (!capacity.has(`waiting:${database}`)) return 'waiting-for-vault';
  if (!capacity.has(`slot:${kind}`)) return NO_SLOT;
  if (!capacity.has(`quota:${kind}`)) return 'quota-full';
  return capacity.has(`place:${kind}`) ? undefined : 'export-part-of-quota-used';
}

function copyAction(snapshot: Snapshot, { exportKey, copiesOf, now }: IndexedFacts): ExportAction {
  const failed = copiesOf.get(snapshot.arn) ?? [];
  const attempt = failed.reduce((most, copy) => Math.max(most, attemptOf(copy.name)), 0) + 1;
  const { tags, dropped }: CarriedTags = carriedTags(snapshot.tags, {
    [TAGS.role]: 'export',
    [TAGS.database]: snapshot.database,
    [TAGS.snapshot]: snapshot.arn,
    [TAGS.sourceTime]: sourceTime(snapshot),
    [TAGS.startedAt]: now.toISOString(),
    [TAGS.plan]: snapshot.tags.get(RECOVERY_POINT_TAGS.plan) ?? 'unknown',
    ...(snapshot.resourceId && { [TAGS.resourceId]: snapshot.resourceId }),
  });
  const name = exportCopyName(databaseParts(snapshot.database).name, snapshot.arn, attempt);
  const order: CopyOrder = { source: snapshot.arn, kind: snapshot.kind, name, key: exportKey, tags };
  return { do: 'copy', order, snapshot, dropped };
}

const planPublications = ({ copies, sourceOf, vaultAccount }: IndexedFacts): readonly ExportAction[] =>
  copies
    .filter((copy) => isAvailable(copy) && !copy.tags.has(TAGS.sharedAt) && !isImported(copy))
    .map((copy) => ({ do: 'publish', copy, vaultAccount, source: sourceOf.get(copy.tags.get(TAGS.snapshot) ?? '') }));
