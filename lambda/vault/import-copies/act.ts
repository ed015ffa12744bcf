import { type Kind, keyIdOf, snapshotParts } from '../../../src/contract/ids';
import { TAGS } from '../../../src/contract/names';
import { holdAgain, toldAgain, VERDICTS, type VerdictCode } from '../../../src/contract/verdicts';
import type { Log } from '../../_kit/ports/log';
import type { Snapshot } from '../../_kit/ports/snapshots';
import type { ImportPorts } from './observe';
import type { ImportAction } from './plan';

/** The verdict that a refusal of RDS to copy amounts to. */
const REFUSALS = {
  key: 'key-not-accessible',
  full: 'quota-full',
  options: 'option-group-needed',
  refused: 'copy-refused',
} as const;

/**
 * Does the actions of one run; each may be repeated. Once RDS has said that no further copy may start, no further one of
 * that kind is asked for in this run; nor any at all once it has refused the import key.
 */
export class ImportActor {
  private readonly closed = new Set<Kind>();
  private readonly told: Set<string>;

  constructor(
    private readonly ports: ImportPorts,
    private readonly now: Date,
    private readonly log: Log,
    /** Databases of which a person has heard today. */
    heard: ReadonlySet<string> = new Set(),
  ) {
    this.told = new Set(heard);
  }

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
        return this.alert(action.exportCopy, action.code);
    }
  }

  private async import({ order, exportCopy }: Extract<ImportAction, { do: 'import' }>) {
    if (this.closed.has(order.kind)) return { outcome: 'not-asked' };
    const ended = await this.ports.snapshots.copy(order);
    if (ended.kind === 'wait' || ended.kind === 'full') this.closed.add(order.kind);
    const { kind: outcome, ...more } = ended;
    if (!('because' in ended) || ended.kind === 'wait') return { outcome, ...more };
    const ours = ended.kind === 'key' && ended.because.includes(keyIdOf(order.key));
    if (ours) this.closed.add('instance').add('cluster');
    await this.hold(exportCopy, ours ? 'our-key-not-accessible' : REFUSALS[ended.kind], ended.because);
    return { outcome, ...more };
  }

  private tell({ arn, database, kmsKeyArn }: Snapshot, code: VerdictCode, because?: string): void {
    const { reason, remedy } = VERDICTS[code];
    this.log('database.not-crossing', {
      database,
      snapshot: arn,
      verdict: code,
      reason,
      remedy,
      because,
      key: kmsKeyArn,
    });
  }

  /** After a refusal: written down for the next try, and told unless the database was in the news today. */
  private async hold(exportCopy: Snapshot, code: VerdictCode, because: string): Promise<void> {
    const news = !this.told.has(exportCopy.database);
    this.told.add(exportCopy.database);
    if (news) this.tell(exportCopy, code, because);
    await this.mark(exportCopy, { [TAGS.held]: holdAgain(exportCopy.tags.get(TAGS.held), code, this.now, news) });
  }

  private async alert(exportCopy: Snapshot, code: VerdictCode) {
    if (this.told.has(exportCopy.database)) return { outcome: 'told-already' };
    this.tell(exportCopy, code);
    await this.mark(exportCopy, { [TAGS.held]: toldAgain(exportCopy.tags.get(TAGS.held), code, this.now) });
    return { outcome: 'done' };
  }

  /** The only thing the vault writes in a source: a mark on an export copy, through the door. */
  private mark(exportCopy: Snapshot, tags: Readonly<Record<string, string>>): Promise<void> {
    return this.ports.doors.of(snapshotParts(exportCopy.arn).account).tag(exportCopy.arn, tags);
  }
}
