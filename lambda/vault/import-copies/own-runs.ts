import { ADMISSION_WAITS } from '../../../src/contract/admission';
import { MINUTE } from '../../../src/contract/durations';
import * as METRICS from '../../../src/contract/metrics';
import { TAGS } from '../../../src/contract/names';
import { merged } from '../../_kit/copy-records';
import type { Log } from '../../_kit/ports/log';
import type { Measure } from '../../_kit/ports/metrics';
import type { CopyRecord, OwnCopiesIndex } from '../../_kit/ports/own-copies';
import type { Wakeups } from '../../_kit/ports/wakeups';
import { failure } from '../../_kit/runtime/each';
import { isVaultCopy } from '../../_kit/vault-copies';
import { finishedCopies, isReminder } from './copy-events';
import type { FollowedAccounts, ImportSettings } from './facts';
import { importNotified } from './import-notified';
import { lookAgain, markFinished } from './mark-finished';
import { type ImportObservation, type ImportPorts, observe } from './observe';
import { observeIndexed } from './observe-indexed';
import { afterRun, type IndexedPorts, isUsable, RELIST_AFTER, type RunEffects } from './own-index';
import { inboxRecords, type ParsedNotifications, parseNotifications, sendersOf } from './parse-notifications';
import { type Passed, WAITS } from './plan';

/** The answer to SQS: these messages return to the queue. Ignored when another event started the run. */
export interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** The ports of the step. Without an index, each run lists what the vault has. */
export type StepPorts = (ImportPorts | (IndexedPorts & Pick<ImportPorts, 'sources'>)) & { readonly wakeups: Wakeups };

/** What a short run has read, for the run that follows it. */
export interface ShortRun {
  /** The run is over. */
  readonly ended?: BatchAnswer;
  readonly notifications?: ParsedNotifications;
  /** RDS has refused what the index has room for. */
  readonly mustList?: boolean;
}

/** The ports of a step that has an index. */
export const indexed = (ports: StepPorts): (StepPorts & IndexedPorts) | undefined =>
  'ownCopies' in ports && ports.ownCopies ? ports : undefined;

/** What a run observed, and the records of the index where it read them. */
export interface OwnObservation extends ImportObservation {
  /** The index that the run read, as it was. */
  readonly before?: OwnCopiesIndex;
  /** Its records as the run has corrected them; undefined after a full listing. */
  readonly records?: readonly CopyRecord[];
}

/**
 * A run for the notifications, or for the finished copies, of one batch. Where anything is in the way, a run over all that is
 * shared follows: after a failure as well, because that run reports it.
 */
export async function tryShortRun(
  event: unknown,
  all: StepPorts,
  settings: ImportSettings,
  now: Date,
  log: Log,
  measure: Measure,
): Promise<ShortRun> {
  const ports = indexed(all);
  if (!ports) return {};
  try {
    const finished = finishedCopies(event);
    if (finished) return (await markFinished(finished, ports, now, log)) ? { ended: NOTHING } : {};
    if (isReminder(event)) {
      const { index } = await ports.ownCopies.read([]);
      if (!isUsable(index, now)) return {};
      return (await lookAgain(index, ports, settings.limits, now, log)) ? { ended: NOTHING } : {};
    }
    if (inboxRecords(event).length === 0) return {};
    const { index, followed } = await ports.ownCopies.read(sendersOf(event));
    const notifications = parseNotifications(event, followed, log);
    const { isRejected, rejected, returned, copies, received } = notifications;
    const names = METRICS.importCopies;
    if (isRejected) {
      measure({ [names.messagesRejected]: rejected });
      return { ended: NOTHING };
    }
    if (!isUsable(index, now)) return { notifications };
    const outcome = await importNotified(copies, index, ports, settings, now, log);
    if (outcome !== 'done') return { notifications, mustList: outcome === 'list' };
    const most = [...received.values()].reduce((max, one) => Math.max(max, one), 0);
    measure({ [names.messagesRejected]: rejected, [names.notificationsOfOneAccount]: most });
    return { ended: { batchItemFailures: returned.map((itemIdentifier) => ({ itemIdentifier })) } };
  } catch (error) {
    log('short-run.failed', { because: failure(error) });
    return {};
  }
}

const NOTHING = { batchItemFailures: [] };

/** Observes what is shared, and what the vault has: from the index, or by a full listing where there is none or it is old. */
export async function observeOwn(
  event: unknown,
  all: StepPorts,
  settings: ImportSettings & FollowedAccounts,
  now: Date,
  log: Log,
  mustList = false,
): Promise<OwnObservation> {
  const ports = indexed(all);
  if (!ports) return observe(all, settings, now, log);
  const before = await ports.ownCopies
    .read([])
    .then(({ index }) => index)
    .catch((error: unknown) => {
      log('index.not-read', { because: failure(error) });
      return undefined;
    });
  const isWoken = inboxRecords(event).length > 0 || finishedCopies(event) !== undefined || isReminder(event);
  const isRecent = before && now.getTime() - before.listedAt.getTime() < RELIST_AFTER;
  if (!mustList && isUsable(before, now) && (isWoken || isRecent)) {
    return { ...(await observeIndexed(ports, before, settings, now, log)), before };
  }
  const observed = await observe(ports, settings, now, log);
  return { ...observed, ...(before && { before }) };
}

/** The index says that there is no room: a full listing may find some. */
const DOUBTED_AFTER = 15 * MINUTE;

/** Whether a plan refuses copies because room is missing, according to an index that is not recent. */
export const needsListing = ({ records, before }: OwnObservation, passed: readonly Passed[], now: Date): boolean =>
  records !== undefined &&
  before !== undefined &&
  now.getTime() - before.listedAt.getTime() > DOUBTED_AFTER &&
  passed.some(({ because }) => Object.hasOwn(ADMISSION_WAITS, because));

/** Observes by a full listing what a run had from the index. */
export async function observeAgain(
  { before }: OwnObservation,
  ports: StepPorts,
  settings: ImportSettings & FollowedAccounts,
  now: Date,
  log: Log,
): Promise<OwnObservation> {
  return { ...(await observe(ports, settings, now, log)), ...(before && { before }) };
}

/** Writes the index after a run. What cannot be written is read from RDS again: it fails no run. */
export async function recordRun(
  { facts, before, records }: OwnObservation,
  effects: RunEffects,
  passed: readonly Passed[],
  all: StepPorts,
  log: Log,
): Promise<void> {
  const ports = indexed(all);
  if (!ports) return;
  const hasWaiting = passed.some(({ because }) => WAITS.has(because));
  // RDS has refused what the index has room for: the index lacks copies.
  const isRefuted = records !== undefined && effects.ended.some(({ outcome }) => outcome === 'full');
  try {
    if (records && !isRefuted) {
      const known = new Set(before?.records);
      const changes = afterRun(records, effects).filter((record) => !known.has(record));
      if (changes.length > 0 || hasWaiting !== before?.hasWaiting) await ports.ownCopies.record(changes, hasWaiting);
      return;
    }
    const shared = new Set<string>(facts.shared.map(({ arn }) => arn));
    const marked = new Set((before?.records ?? []).filter(({ isMarked }) => isMarked).map(({ copy }) => copy.arn));
    const own = isRefuted ? await ports.snapshots.manual() : facts.own;
    const listed = own.map((copy): CopyRecord => {
      const exportCopy = copy.tags.get(TAGS.exportCopy) ?? '';
      // What is not shared needs no mark. What was marked is asked again in this run, and only an account that did not answer is not.
      const isAsked = facts.throughAccessRoles.has(exportCopy);
      const isMarked = !isVaultCopy(copy) || !shared.has(exportCopy) || (!isAsked && marked.has(copy.arn));
      return { copy, isMarked, at: facts.now };
    });
    const followed = [...facts.accepted];
    await ports.ownCopies.replace(
      { records: merged(afterRun(listed, effects), []), listedAt: facts.now, followed },
      hasWaiting,
    );
  } catch (error) {
    log('index.not-written', { because: failure(error) });
  }
}
