import { type AccountId, isSnapshotArn, snapshotParts } from '../../../src/contract/ids';
import { TAGS } from '../../../src/contract/names';
import { AccountAnswers } from '../../_kit/account-answers';
import { type ActionOutcome, Copier } from '../../_kit/copier';
import type { Log } from '../../_kit/ports/log';
import type { Snapshot } from '../../_kit/ports/snapshots';
import { isRefusal } from '../../_kit/refusals';
import type { ImportPorts } from './observe';
import type { ImportAction } from './plan';
import { type Tag, tagThroughAccessRoles } from './tag-export-copies';

/** What the actions of one run share. What a source answers is recorded and is no failure: a run that fails returns the
 * notifications of every account to the inbox. */
export interface ImportRun {
  readonly snapshots: ImportPorts['snapshots'];
  readonly now: Date;
  readonly copier: Copier;
  /** Tags an export copy in its account. */
  readonly tag: Tag;
  /** How the accounts answered tags. */
  readonly tagAnswers: AccountAnswers;
  /** How RDS answered orders to copy what the accounts share. The vault's own role makes these calls: a refusal may be the
   * vault's fault as well. */
  readonly copyAnswers: AccountAnswers;
  /** ARNs of export copies that were deleted before their copy was finished. */
  readonly deleted: string[];
  /** ARNs of what is shared with the vault, listed at most once in a run. */
  readonly sharedNow: () => Promise<ReadonlySet<string>>;
}

/** Begins a run.
 * @param alerted databases with an alert within a day
 * @param followed the number of accounts that the vault follows */
export function importRun(
  { snapshots, accessRoles }: Pick<ImportPorts, 'snapshots' | 'accessRoles'>,
  now: Date,
  log: Log,
  alerted: ReadonlySet<string> = new Set(),
  followed = 0,
): ImportRun {
  const tagAnswers = new AccountAnswers('Tagging an export copy', isRefusal, followed);
  const tag = tagThroughAccessRoles(accessRoles, tagAnswers, log);
  const mark = async (exportCopy: Snapshot, tags: Readonly<Record<string, string>>) => {
    await tag(exportCopy, tags);
  };
  let shared: Promise<ReadonlySet<string>> | undefined;
  return {
    snapshots,
    now,
    tag,
    tagAnswers,
    copier: new Copier(snapshots, mark, now, log, alerted),
    copyAnswers: new AccountAnswers('Copying a shared copy', () => false),
    deleted: [],
    sharedNow: () => {
      shared ??= snapshots.shared().then((all) => new Set<string>(all.map(({ arn }) => arn)));
      return shared;
    },
  };
}

/** Performs one action. Safe to repeat. */
export async function act(action: ImportAction, run: ImportRun): Promise<ActionOutcome> {
  switch (action.do) {
    case 'import':
      return startImport(action, run);
    case 'mark-imported': {
      const isTagged = await run.tag(action.exportCopy, { [TAGS.importedAt]: run.now.toISOString() });
      return { outcome: isTagged ? 'done' : 'refused' };
    }
    case 'mark-failed':
      return markFailed(action.copy, run);
    case 'alert':
      return run.copier.alert(action.exportCopy, action.code);
  }
}

async function startImport(
  { order, exportCopy }: Extract<ImportAction, { do: 'import' }>,
  run: ImportRun,
): Promise<ActionOutcome> {
  const account: AccountId = snapshotParts(exportCopy.arn).account;
  try {
    const ended = await run.copier.copy(order, exportCopy);
    // An order that was not made has no answer.
    if (ended.outcome !== 'not-asked') run.copyAnswers.recordSuccess(account);
    if (ended.outcome === 'gone') await reportDeletion(exportCopy, run);
    return ended;
  } catch (error) {
    return { outcome: 'not-started', ...run.copyAnswers.recordFailure(account, error) };
  }
}

/** When the export copy of a failed copy no longer exists, no further copy is made: this is the only place that reports it. */
async function markFailed(copy: Snapshot, run: ImportRun): Promise<ActionOutcome> {
  const exportCopy = copy.tags.get(TAGS.exportCopy) ?? '';
  await run.snapshots.tag(copy.arn, { [TAGS.failedAt]: run.now.toISOString() });
  if (isSnapshotArn(exportCopy)) await reportDeletion({ ...copy, arn: exportCopy }, run);
  return { outcome: 'done' };
}

/** Reports an export copy that was deleted, or is no longer shared, before its copy was finished. One answer of RDS may be wrong:
 * the list of what is shared confirms it. */
async function reportDeletion(exportCopy: Snapshot, run: ImportRun): Promise<void> {
  if ((await run.sharedNow()).has(exportCopy.arn)) return;
  run.deleted.push(exportCopy.arn);
  run.copier.logAlert(exportCopy, 'snapshot-deleted');
}
