import { type Kind, snapshotParts } from '../../../src/contract/ids';
import { TAGS } from '../../../src/contract/names';
import { holdAgain, VERDICTS, type VerdictCode } from '../../../src/contract/verdicts';
import type { Log } from '../../_kit/ports/log';
import type { Snapshot } from '../../_kit/ports/snapshots';
import type { ImportPorts } from './observe';
import type { ImportAction } from './plan';

/** The verdict that a refusal of RDS amounts to. */
const REFUSALS = { key: 'key-not-accessible', full: 'quota-full' } as const;

/**
 * Does the actions of one run; each may be repeated. Once RDS has said that no further copy may start, no further one of
 * that kind is asked for in this run.
 */
export class ImportActor {
  private readonly closed = new Set<Kind>();

  constructor(
    private readonly ports: ImportPorts,
    private readonly now: Date,
    private readonly log: Log,
  ) {}

  /** Does one action, and says how it ended. */
  async act(action: ImportAction): Promise<{ readonly outcome: string; readonly because?: string }> {
    switch (action.do) {
      case 'import':
        return this.import(action);
      case 'mark-taken':
        await this.mark(action.exportCopy, { [TAGS.takenAt]: this.now.toISOString() });
        return { outcome: 'done' };
      case 'mark-failed':
        await this.ports.snapshots.tag(action.copy.arn, { [TAGS.failedAt]: this.now.toISOString() });
        return { outcome: 'done' };
      case 'hold':
        await this.hold(action.exportCopy, action.code);
        return { outcome: 'done' };
    }
  }

  private async import({ order, exportCopy }: Extract<ImportAction, { do: 'import' }>) {
    if (this.closed.has(order.kind)) return { outcome: 'not-asked' };
    const ended = await this.ports.snapshots.copy(order);
    if (ended.kind === 'wait' || ended.kind === 'full') this.closed.add(order.kind);
    if (ended.kind === 'key' || ended.kind === 'full') {
      await this.hold(exportCopy, REFUSALS[ended.kind], ended.because);
    }
    const { kind: outcome, ...more } = ended;
    return { outcome, ...more };
  }

  private async hold(exportCopy: Snapshot, code: VerdictCode, because?: string): Promise<void> {
    const { reason, remedy } = VERDICTS[code];
    this.log('database.not-crossing', { database: exportCopy.database, verdict: code, reason, remedy, because });
    await this.mark(exportCopy, { [TAGS.held]: holdAgain(exportCopy.tags.get(TAGS.held), code, this.now) });
  }

  /** The only thing the vault writes in a source: a mark on an export copy, through the door. */
  private mark(exportCopy: Snapshot, tags: Readonly<Record<string, string>>): Promise<void> {
    return this.ports.doors.of(snapshotParts(exportCopy.arn).account).tag(exportCopy.arn, tags);
  }
}
