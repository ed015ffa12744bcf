import { type AccountId, isSnapshotArn, snapshotParts } from '../../../src/contract/ids';
import { TAGS } from '../../../src/contract/names';
import { AccountAnswers } from '../../_kit/account-answers';
import { Copier, type Ending } from '../../_kit/copier';
import type { Log } from '../../_kit/ports/log';
import type { Snapshot } from '../../_kit/ports/snapshots';
import { isRefusal } from '../../_kit/refusals';
import { TimeBudget } from '../../_kit/runtime/time-budget';
import type { ImportPorts } from './observe';
import type { ImportAction } from './plan';

/** How long marks in one account, and in all, may take in a run, which has five minutes. What is left is marked by the next. */
const ACCOUNT_WITHIN_MS = 10_000;
const ALL_WITHIN_MS = 90_000;

/** Errors about one snapshot: they say nothing of the next one of the account. What is not listed here shuts the account out
 * until the next run. */
const OF_ONE_SNAPSHOT =
  /(NotFound|QuotaExceeded|LimitExceeded|TagQuota\w*|Invalid\w*|ValidationError)(Fault|Exception)?$/;

/** Does the actions of one run; each may be repeated. What a source answers is written down, and is no failure: a run that
 * fails gives the notifications of every account back to the inbox. */
export class ImportActor {
  /** How the accounts answered marks, and RDS orders to copy what they share. The latter are made with the vault's own role: a
   * refusal may be the vault's fault as well. */
  readonly marks: AccountAnswers;
  readonly copies = new AccountAnswers('Copying a shared copy', () => false);
  private readonly copier: Copier;
  /** Export copies that were deleted before their copy was finished. */
  deleted = 0;
  private sharedNow: Promise<ReadonlySet<string>> | undefined;
  private readonly time = new TimeBudget(ALL_WITHIN_MS);
  /** Milliseconds that the marks in an account have taken; infinite for one that is not asked again in this run. */
  private readonly spent = new Map<AccountId, number>();

  constructor(
    private readonly ports: ImportPorts,
    private readonly now: Date,
    private readonly log: Log,
    /** Databases of which a person has heard today. */
    heard: ReadonlySet<string> = new Set(),
    /** Accounts that the vault follows. */
    followed = 0,
  ) {
    this.marks = new AccountAnswers('Marking an export copy', isRefusal, followed);
    const mark = async (exportCopy: Snapshot, tags: Readonly<Record<string, string>>) => {
      await this.mark(exportCopy, tags);
    };
    this.copier = new Copier(ports.snapshots, mark, now, log, heard);
  }

  /** Does one action, and says how it ended. */
  async act(action: ImportAction): Promise<Ending> {
    switch (action.do) {
      case 'import':
        return this.import(action);
      case 'mark-taken': {
        const taken = await this.mark(action.exportCopy, { [TAGS.copiedAt]: this.now.toISOString() });
        return { outcome: taken ? 'done' : 'refused' };
      }
      case 'mark-failed':
        return this.markFailed(action.copy);
      case 'hold':
        return this.copier.alert(action.exportCopy, action.code);
    }
  }

  private async import({ order, exportCopy }: Extract<ImportAction, { do: 'import' }>): Promise<Ending> {
    const { account } = snapshotParts(exportCopy.arn);
    try {
      const ended = await this.copier.copy(order, exportCopy);
      // What was not asked was not answered.
      if (ended.outcome !== 'not-asked') this.copies.well(account);
      if (ended.outcome === 'gone') await this.tellOfDeletion(exportCopy);
      return ended;
    } catch (error) {
      return { outcome: 'not-started', ...this.copies.failed(account, error) };
    }
  }

  /** A failed copy of which the source does not stand any more is not made again: nothing else would tell of it. */
  private async markFailed(copy: Snapshot): Promise<Ending> {
    const exportCopy = copy.tags.get(TAGS.exportCopy) ?? '';
    await this.ports.snapshots.tag(copy.arn, { [TAGS.failedAt]: this.now.toISOString() });
    if (isSnapshotArn(exportCopy)) await this.tellOfDeletion({ ...copy, arn: exportCopy });
    return { outcome: 'done' };
  }

  /** Tells of an export copy that was deleted, or is shared no more, before its copy was finished. One answer may be wrong: RDS is
   * asked once more what is shared, at most once in a run. */
  private async tellOfDeletion(exportCopy: Snapshot): Promise<void> {
    this.sharedNow ??= this.ports.snapshots.shared().then((all) => new Set<string>(all.map(({ arn }) => arn)));
    if ((await this.sharedNow).has(exportCopy.arn)) return;
    this.deleted += 1;
    this.copier.tell(exportCopy, 'snapshot-deleted');
  }

  /** The only thing the vault writes in a source: a mark on an export copy, through the access role. Resolves to whether it was
   * let in. */
  private async mark({ arn }: Snapshot, tags: Readonly<Record<string, string>>): Promise<boolean> {
    const { account } = snapshotParts(arn);
    const left = ACCOUNT_WITHIN_MS - (this.spent.get(account) ?? 0);
    if (left <= 0) return false;
    const began = performance.now();
    const spend = (ms: number) => this.spent.set(account, (this.spent.get(account) ?? 0) + ms);
    try {
      await this.time.within(left, (signal) => this.ports.accessRoles.of(account, signal).tag(arn, tags));
      this.marks.well(account);
      spend(performance.now() - began);
      return true;
    } catch (error) {
      const failed = this.marks.failed(account, error);
      spend(OF_ONE_SNAPSHOT.test(failed.code) ? performance.now() - began : Number.POSITIVE_INFINITY);
      this.log('access-role.refused', { snapshot: arn, ...failed });
      return false;
    }
  }
}
