import { type AccountId, snapshotParts } from '../../../src/contract/ids';
import { TAGS } from '../../../src/contract/names';
import { Copier, type Ending } from '../../_kit/copier';
import type { Log } from '../../_kit/ports/log';
import type { Snapshot } from '../../_kit/ports/snapshots';
import { isRefusal } from '../../_kit/refusals';
import { failure } from '../../_kit/runtime/each';
import type { ImportPorts } from './observe';
import type { ImportAction } from './plan';

/** What a source may answer of its own will: it does not let us in, or what it showed is gone. */
const isAnswer = (error: unknown): error is Error =>
  isRefusal(error) || (error instanceof Error && /^DB(Cluster)?SnapshotNotFound/.test(error.name));

/** Does the actions of one run; each may be repeated. What a source refuses is written down, and is no failure: a run that
 * fails gives the rings of every account back to the inbox. */
export class ImportActor {
  private readonly copier: Copier;
  /** Sources that have refused a mark in this run: they are not asked again. */
  private readonly shut = new Set<AccountId>();

  constructor(
    private readonly ports: ImportPorts,
    private readonly now: Date,
    private readonly log: Log,
    /** Databases of which a person has heard today. */
    heard: ReadonlySet<string> = new Set(),
  ) {
    const mark = async (exportCopy: Snapshot, tags: Readonly<Record<string, string>>) => {
      await this.mark(exportCopy, tags);
    };
    this.copier = new Copier(ports.snapshots, mark, now, log, heard);
  }

  /** Does one action, and says how it ended. */
  async act(action: ImportAction): Promise<Ending> {
    switch (action.do) {
      case 'import':
        return this.copier.copy(action.order, action.exportCopy);
      case 'mark-taken': {
        const taken = await this.mark(action.exportCopy, { [TAGS.takenAt]: this.now.toISOString() });
        return { outcome: taken ? 'done' : 'refused' };
      }
      case 'mark-failed':
        await this.ports.snapshots.tag(action.copy.arn, { [TAGS.failedAt]: this.now.toISOString() });
        return { outcome: 'done' };
      case 'hold':
        return this.copier.alert(action.exportCopy, action.code);
    }
  }

  /** The only thing the vault writes in a source: a mark on an export copy, through the door. Resolves to whether it was
   * let in. */
  private async mark({ arn }: Snapshot, tags: Readonly<Record<string, string>>): Promise<boolean> {
    const { account } = snapshotParts(arn);
    if (this.shut.has(account)) return false;
    try {
      await this.ports.doors.of(account).tag(arn, tags);
      return true;
    } catch (error) {
      if (!isAnswer(error)) throw error;
      // A copy that is gone says nothing of the next one.
      if (!error.name.includes('NotFound')) this.shut.add(account);
      this.log('door.refused', { account, snapshot: arn, because: failure(error) });
      return false;
    }
  }
}
