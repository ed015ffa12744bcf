import { TAGS } from '../../../src/contract/names';
import { formatHold, holdAfterRefusal, parseHold } from '../../../src/contract/verdicts';
import { type ActionOutcome, Copier } from '../../_kit/copier';
import { isExportCopy } from '../../_kit/export-copies';
import type { ExportMemory, Remembered } from '../../_kit/ports/export-memory';
import type { Log } from '../../_kit/ports/log';
import type { Notifications } from '../../_kit/ports/notifications';
import type { Snapshot, Snapshots } from '../../_kit/ports/snapshots';
import { failure } from '../../_kit/runtime/each';
import type { ExportAction } from './export-action';
import { memoryEnd } from './memory-term';

/** RDS may refuse to share a copy because it reported the copy as available too early: alert after so many refusals. */
const REFUSED_SHARES_BEFORE_ALERT = 2;

/** The ports of export-snapshots. */
export interface ExportPorts {
  readonly snapshots: Snapshots;
  /** Records about snapshots whose tags the step may not write. */
  readonly memory: ExportMemory;
  readonly notifications: Notifications;
}

/** What the actions of one run share. */
export interface ExportRun extends ExportPorts {
  readonly now: Date;
  readonly log: Log;
  readonly copier: Copier;
}

/** Begins a run.
 * @param alerted databases with an alert within a day */
export function exportRun(
  ports: ExportPorts,
  now: Date,
  log: Log,
  alerted: ReadonlySet<string> = new Set(),
): ExportRun {
  const run = { snapshots: ports.snapshots, memory: ports.memory, notifications: ports.notifications, now, log };
  const mark = (of: Snapshot, tags: Readonly<Record<string, string>>) => recordHold(of, tags[TAGS.held] ?? '', run);
  return { ...run, copier: new Copier(ports.snapshots, mark, now, log, alerted) };
}

const DONE: ActionOutcome = { outcome: 'done' };

/** Performs one action. Every call is safe to repeat, and their order makes an interruption between any two harmless. */
export async function act(action: ExportAction, run: ExportRun): Promise<ActionOutcome> {
  switch (action.do) {
    case 'copy':
      return copy(action, run);
    case 'publish':
      return publish(action, run);
    case 'retire':
      // The memory is written first: it is the only record of the import once the copy is deleted. Deleting ends the share.
      if (action.source) await remember(action.source, { importedAt: action.importedAt }, run);
      await run.snapshots.remove(action.copy);
      return DONE;
    case 'give-way':
      // The refusal is recorded first: otherwise the next run would make the same copy again.
      for (const { copy: held, hold } of [{ copy: action.source, hold: action.hold }, ...action.successors]) {
        await recordHold(held, formatHold(hold), run);
      }
      await run.snapshots.remove(action.copy);
      return DONE;
    case 'clear':
      await run.snapshots.remove(action.copy);
      return DONE;
    case 'renew':
      await run.memory.remember(action.snapshot.arn, { expiresAt: action.expiresAt });
      return DONE;
    case 'note-deleted': {
      run.copier.logAlert(action.copy, 'snapshot-deleted');
      const hold = { code: 'snapshot-deleted', count: 1, at: run.now, alertedAt: run.now } as const;
      await recordHold(action.copy, formatHold(hold), run);
      return DONE;
    }
    case 'alert':
      return run.copier.alert(action.snapshot, action.code);
    case 'log-alert':
      run.copier.logAlert(action.snapshot, action.code);
      return DONE;
  }
}

async function copy(
  { order, snapshot }: Extract<ExportAction, { do: 'copy' }>,
  { copier, snapshots }: ExportRun,
): Promise<ActionOutcome> {
  const ended = await copier.copy(order, snapshot);
  if (ended.outcome !== 'gone') return ended;
  // Nothing else records the deletion, and one answer may be wrong: the alert needs a second one, the list of snapshots.
  const listed = await snapshots.own();
  if (!listed.some(({ arn }) => arn === snapshot.arn)) copier.logAlert(snapshot, 'snapshot-deleted');
  return ended;
}

async function publish(action: Extract<ExportAction, { do: 'publish' }>, run: ExportRun): Promise<ActionOutcome> {
  const { snapshots, notifications } = run;
  const shared = await snapshots.share(action.copy, action.vaultAccount);
  switch (shared.kind) {
    case 'gone':
      return { outcome: 'gone' };
    case 'full':
    case 'wait':
      await recordRefusedShare(action, shared.kind, shared.because, run);
      return { outcome: shared.kind, because: shared.because };
    case 'refused':
      // The verdict is recorded first: otherwise the next run would make the same copy again.
      if (action.source) await run.copier.hold(action.source, 'unshareable', shared.because);
      await snapshots.remove(action.copy);
      return { outcome: 'refused', because: shared.because };
    case 'shared':
      await notifications.notify(action.copy.arn);
      await snapshots.tag(action.copy.arn, { [TAGS.sharedAt]: run.now.toISOString() });
      return DONE;
  }
}

/** Records the refusal for the snapshot from which the copy was made: on the copy the vault would read it as its own verdict. */
async function recordRefusedShare(
  { copy: of, source }: Extract<ExportAction, { do: 'publish' }>,
  kind: 'full' | 'wait',
  because: string,
  run: ExportRun,
): Promise<void> {
  const code = kind === 'full' ? 'share-list-full' : 'share-refused';
  if (!source) return run.copier.logAlert(of, code, because);
  const tag = source.tags.get(TAGS.held);
  const before = parseHold(tag);
  const isAlerted = kind === 'full' || (before?.code === code && before.count >= REFUSED_SHARES_BEFORE_ALERT);
  if (isAlerted) await run.copier.hold(source, code, because);
  else await recordHold(source, holdAfterRefusal(tag, code, run.now, false), run);
}

/** Records a hold: on an export copy in a tag; for any other snapshot in the memory, and in a tag as a hint. */
async function recordHold(of: Snapshot, held: string, run: Omit<ExportRun, 'copier'>): Promise<void> {
  const tags = { [TAGS.held]: held };
  if (isExportCopy(of)) return run.snapshots.tag(of.arn, tags);
  await remember(of, { held }, run);
  try {
    await run.snapshots.tag(of.arn, tags);
  } catch (error) {
    // AWS does not document whether a snapshot of AWS Backup can be tagged. Without the tag, the coverage report reads the memory.
    run.log('hint.refused', { snapshot: of.arn, because: failure(error) });
  }
}

const remember = (
  of: Snapshot,
  facts: Omit<Remembered, 'expiresAt'>,
  { memory, now }: Pick<ExportRun, 'memory' | 'now'>,
): Promise<void> => memory.remember(of.arn, { ...facts, expiresAt: memoryEnd(of, now) });
