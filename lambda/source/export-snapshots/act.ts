import { TAGS } from '../../../src/contract/names';
import { holdAgain, holdTag, readHold } from '../../../src/contract/verdicts';
import { Copier, type Ending } from '../../_kit/copier';
import type { ExportMemory, Remembered } from '../../_kit/ports/export-memory';
import type { Log } from '../../_kit/ports/log';
import type { Notifications } from '../../_kit/ports/notifications';
import type { Snapshot, Snapshots } from '../../_kit/ports/snapshots';
import { failure } from '../../_kit/runtime/each';
import { memoryEnd } from './memory-term';
import type { ExportAction } from './plan';
import { isExportCopy } from './survey';

/** Times that RDS may refuse to share a copy in its state before a person is told: it may have called it available too soon. */
const SHARES_UNTOLD = 2;

/** What export-snapshots touches. */
export interface ExportPorts {
  readonly snapshots: Snapshots;
  /** What is remembered of snapshots that are not ours to write on. */
  readonly memory: ExportMemory;
  readonly notifications: Notifications;
}

/** Does the actions of one run. Every call may be repeated, and their order makes a stop at any line harmless. */
export class ExportActor {
  private readonly copier: Copier;

  constructor(
    private readonly ports: ExportPorts,
    private readonly now: Date,
    private readonly log: Log,
    /** Databases of which a person has heard today. */
    heard: ReadonlySet<string> = new Set(),
  ) {
    this.copier = new Copier(ports.snapshots, (of, tags) => this.hold(of, tags[TAGS.held] ?? ''), now, log, heard);
  }

  /** Does one action, and says how it ended. */
  async act(action: ExportAction): Promise<Ending> {
    switch (action.do) {
      case 'copy':
        return this.copy(action);
      case 'publish':
        return this.publish(action);
      case 'retire':
        return this.retire(action);
      case 'give-way':
        // The memory of the refusal comes first: it keeps the next run from making the same copy again.
        for (const { copy, hold } of [{ copy: action.source, hold: action.hold }, ...action.successors]) {
          await this.hold(copy, holdTag(hold));
        }
        await this.ports.snapshots.remove(action.copy);
        return { outcome: 'done' };
      case 'clear':
        await this.ports.snapshots.remove(action.copy);
        return { outcome: 'done' };
      case 'renew':
        await this.ports.memory.remember(action.snapshot.arn, { expiresAt: action.expiresAt });
        return { outcome: 'done' };
      case 'note-deleted':
        this.copier.tell(action.copy, 'snapshot-deleted');
        await this.hold(
          action.copy,
          holdTag({ code: 'snapshot-deleted', count: 1, at: this.now, alertedAt: this.now }),
        );
        return { outcome: 'done' };
      case 'hold':
        return this.copier.alert(action.snapshot, action.code);
      case 'tell':
        this.copier.tell(action.snapshot, action.code);
        return { outcome: 'done' };
    }
  }

  private async copy({ order, snapshot }: Extract<ExportAction, { do: 'copy' }>): Promise<Ending> {
    const ended = await this.copier.copy(order, snapshot);
    if (ended.outcome !== 'gone') return ended;
    // Nothing will remember it, and one answer may be wrong: RDS is asked once more whether it lists the snapshot.
    const listed = await this.ports.snapshots.own();
    if (!listed.some(({ arn }) => arn === snapshot.arn)) this.copier.tell(snapshot, 'snapshot-deleted');
    return ended;
  }

  private async publish({ copy, vaultAccount, source }: Extract<ExportAction, { do: 'publish' }>): Promise<Ending> {
    const { snapshots, notifications } = this.ports;
    const shared = await snapshots.share(copy, vaultAccount);
    if (shared.kind === 'gone') return { outcome: 'gone' };
    if (shared.kind === 'full' || shared.kind === 'wait') {
      await this.tellOfShare(copy, source, shared.kind, shared.because);
      return { outcome: shared.kind, because: shared.because };
    }
    if (shared.kind === 'refused') {
      // The verdict comes first: it keeps the next run from making the same copy again.
      if (source) await this.copier.hold(source, 'unshareable', shared.because);
      await snapshots.remove(copy);
      return { outcome: 'refused', because: shared.because };
    }
    await notifications.notify(copy.arn);
    await snapshots.tag(copy.arn, { [TAGS.sharedAt]: this.now.toISOString() });
    return { outcome: 'done' };
  }

  /** Remembers on what the copy was made of that it could not be shared yet: on the copy the vault would read it, and wait. */
  private async tellOfShare(
    copy: Snapshot,
    source: Snapshot | undefined,
    kind: 'full' | 'wait',
    because: string,
  ): Promise<void> {
    const code = kind === 'full' ? 'share-list-full' : 'share-refused';
    if (!source) return this.copier.tell(copy, code, because);
    const before = readHold(source.tags.get(TAGS.held));
    const isNews = kind === 'full' || (before?.code === code && before.count >= SHARES_UNTOLD);
    if (isNews) await this.copier.hold(source, code, because);
    else await this.hold(source, holdAgain(source.tags.get(TAGS.held), code, this.now, false));
  }

  private async retire({ copy, source, copiedAt }: Extract<ExportAction, { do: 'retire' }>): Promise<Ending> {
    // The memory that it crossed comes before the deletion of what else tells so. Deleting ends the share, too.
    if (source) await this.remember(source, { copiedAt });
    await this.ports.snapshots.remove(copy);
    return { outcome: 'done' };
  }

  /** Writes a verdict down: on a copy of ours in a tag; for any other snapshot in the memory, and in a tag as a hint. */
  private async hold(snapshot: Snapshot, held: string): Promise<void> {
    const { snapshots } = this.ports;
    const tags = { [TAGS.held]: held };
    if (isExportCopy(snapshot)) return snapshots.tag(snapshot.arn, tags);
    await this.remember(snapshot, { held });
    try {
      await snapshots.tag(snapshot.arn, tags);
    } catch (error) {
      // AWS does not document whether a snapshot of AWS Backup can be tagged. The coverage report takes the reason
      // from the memory then.
      this.log('hint.refused', { snapshot: snapshot.arn, because: failure(error) });
    }
  }

  private remember(snapshot: Snapshot, facts: Omit<Remembered, 'expiresAt'>): Promise<void> {
    return this.ports.memory.remember(snapshot.arn, { ...facts, expiresAt: memoryEnd(snapshot, this.now) });
  }
}
