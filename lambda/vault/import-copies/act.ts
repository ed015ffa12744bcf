import { snapshotParts } from '../../../src/contract/ids';
import { TAGS } from '../../../src/contract/names';
import { Copier, type Ending } from '../../_kit/copier';
import type { Log } from '../../_kit/ports/log';
import type { Snapshot } from '../../_kit/ports/snapshots';
import type { ImportPorts } from './observe';
import type { ImportAction } from './plan';

/** Does the actions of one run; each may be repeated. */
export class ImportActor {
  private readonly copier: Copier;

  constructor(
    private readonly ports: ImportPorts,
    private readonly now: Date,
    log: Log,
    /** Databases of which a person has heard today. */
    heard: ReadonlySet<string> = new Set(),
  ) {
    const mark = (exportCopy: Snapshot, tags: Readonly<Record<string, string>>) => this.mark(exportCopy, tags);
    this.copier = new Copier(ports.snapshots, mark, now, log, heard);
  }

  /** Does one action, and says how it ended. */
  async act(action: ImportAction): Promise<Ending> {
    switch (action.do) {
      case 'import':
        return this.copier.copy(action.order, action.exportCopy);
      case 'mark-taken':
        await this.mark(action.exportCopy, { [TAGS.takenAt]: this.now.toISOString() });
        return { outcome: 'done' };
      case 'mark-failed':
        await this.ports.snapshots.tag(action.copy.arn, { [TAGS.failedAt]: this.now.toISOString() });
        return { outcome: 'done' };
      case 'hold':
        return this.copier.alert(action.exportCopy, action.code);
    }
  }

  /** The only thing the vault writes in a source: a mark on an export copy, through the door. */
  private mark(exportCopy: Snapshot, tags: Readonly<Record<string, string>>): Promise<void> {
    return this.ports.doors.of(snapshotParts(exportCopy.arn).account).tag(exportCopy.arn, tags);
  }
}
