import { TAGS } from '../../../src/contract/names';
import { holdTag } from '../../../src/contract/verdicts';
import { Copier, type Ending } from '../../_kit/copier';
import type { Announcements } from '../../_kit/ports/announcements';
import type { Log } from '../../_kit/ports/log';
import type { Snapshots } from '../../_kit/ports/snapshots';
import type { ExportAction } from './plan';

/** What export-snapshots touches. */
export interface ExportPorts {
  readonly snapshots: Snapshots;
  readonly announcements: Announcements;
}

/** Does the actions of one run. Every call may be repeated, and their order makes a stop at any line harmless. */
export class ExportActor {
  private readonly copier: Copier;

  constructor(
    private readonly ports: ExportPorts,
    private readonly now: Date,
    log: Log,
    /** Databases of which a person has heard today. */
    heard: ReadonlySet<string> = new Set(),
  ) {
    const { snapshots } = ports;
    this.copier = new Copier(snapshots, ({ arn }, tags) => snapshots.tag(arn, tags), now, log, heard);
  }

  /** Does one action, and says how it ended. */
  async act(action: ExportAction): Promise<Ending> {
    switch (action.do) {
      case 'copy':
        return this.copier.copy(action.order, action.snapshot);
      case 'publish':
        return this.publish(action);
      case 'retire':
        return this.retire(action);
      case 'give-way':
        // The memory of the refusal comes first: it keeps the next run from making the same copy again.
        for (const { copy, hold } of [{ copy: action.source, hold: action.hold }, ...action.heirs]) {
          await this.ports.snapshots.tag(copy.arn, { [TAGS.held]: holdTag(hold) });
        }
        await this.ports.snapshots.remove(action.copy);
        return { outcome: 'done' };
      case 'clear':
        await this.ports.snapshots.remove(action.copy);
        return { outcome: 'done' };
      case 'hold':
        return this.copier.alert(action.snapshot, action.code);
      case 'tell':
        this.copier.tell(action.snapshot, action.code);
        return { outcome: 'done' };
    }
  }

  private async publish({ copy, vaultAccount, source }: Extract<ExportAction, { do: 'publish' }>): Promise<Ending> {
    const { snapshots, announcements } = this.ports;
    const shared = await snapshots.share(copy, vaultAccount);
    if (shared.kind === 'refused') {
      // The verdict comes first: it keeps the next run from making the same copy again.
      if (source) await this.copier.hold(source, 'unshareable', shared.because);
      await snapshots.remove(copy);
      return { outcome: 'refused', because: shared.because };
    }
    await announcements.announce(copy.arn);
    await snapshots.tag(copy.arn, { [TAGS.sharedAt]: this.now.toISOString() });
    return { outcome: 'done' };
  }

  private async retire({ copy, source, takenAt }: Extract<ExportAction, { do: 'retire' }>): Promise<Ending> {
    // The memory that it crossed comes before the deletion of what else tells so. Deleting ends the share, too.
    if (source) await this.ports.snapshots.tag(source.arn, { [TAGS.takenAt]: takenAt });
    await this.ports.snapshots.remove(copy);
    return { outcome: 'done' };
  }
}
