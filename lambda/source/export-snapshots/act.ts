import { type Kind, keyIdOf } from '../../../src/contract/ids';
import { TAGS } from '../../../src/contract/names';
import { holdAgain, toldAgain, VERDICTS, type VerdictCode } from '../../../src/contract/verdicts';
import type { Announcements } from '../../_kit/ports/announcements';
import type { Log } from '../../_kit/ports/log';
import type { Snapshot, Snapshots } from '../../_kit/ports/snapshots';
import type { ExportAction } from './plan';

/** What export-snapshots touches. */
export interface ExportPorts {
  readonly snapshots: Snapshots;
  readonly announcements: Announcements;
}

/** The verdict that a refusal of RDS to copy amounts to. */
const REFUSALS = {
  key: 'key-not-accessible',
  full: 'quota-full',
  options: 'option-group-needed',
  refused: 'copy-refused',
} as const;

/**
 * Does the actions of one run. Every call may be repeated, and their order makes a stop at any line harmless.
 * Once RDS has said that no further copy may start, no further one of that kind is asked for in this run; nor any at all
 * once it has refused the export key.
 */
export class ExportActor {
  private readonly closed = new Set<Kind>();
  private readonly told: Set<string>;

  constructor(
    private readonly ports: ExportPorts,
    private readonly now: Date,
    private readonly log: Log,
    /** Databases of which a person has heard today. */
    heard: ReadonlySet<string> = new Set(),
  ) {
    this.told = new Set(heard);
  }

  /** Does one action, and says how it ended. */
  act(action: ExportAction): Promise<{ readonly outcome: string; readonly because?: string }> {
    switch (action.do) {
      case 'copy':
        return this.copy(action);
      case 'publish':
        return this.publish(action);
      case 'retire':
        return this.retire(action);
      case 'clear':
        return this.ports.snapshots.remove(action.copy).then(() => ({ outcome: 'done' }));
      case 'hold':
        return this.alert(action.snapshot, action.code);
      case 'tell':
        this.tell(action.snapshot, action.code);
        return Promise.resolve({ outcome: 'done' });
    }
  }

  private async copy({ order, snapshot }: Extract<ExportAction, { do: 'copy' }>) {
    if (this.closed.has(order.kind)) return { outcome: 'not-asked' };
    const ended = await this.ports.snapshots.copy(order);
    if (ended.kind === 'wait' || ended.kind === 'full') this.closed.add(order.kind);
    const { kind: outcome, ...more } = ended;
    if (!('because' in ended) || ended.kind === 'wait') return { outcome, ...more };
    const ours = ended.kind === 'key' && ended.because.includes(keyIdOf(order.key));
    if (ours) this.closed.add('instance').add('cluster');
    await this.hold(snapshot, ours ? 'our-key-not-accessible' : REFUSALS[ended.kind], ended.because);
    return { outcome, ...more };
  }

  private async publish({ copy, vaultAccount, source }: Extract<ExportAction, { do: 'publish' }>) {
    const { snapshots, announcements } = this.ports;
    const shared = await snapshots.share(copy, vaultAccount);
    if (shared.kind === 'refused') {
      // The verdict comes first: it keeps the next run from making the same copy again.
      if (source) await this.hold(source, 'unshareable', shared.because);
      await snapshots.remove(copy);
      return { outcome: 'refused', because: shared.because };
    }
    await announcements.announce(copy.arn);
    await snapshots.tag(copy.arn, { [TAGS.sharedAt]: this.now.toISOString() });
    return { outcome: 'done' };
  }

  private async retire({ copy, source, takenAt }: Extract<ExportAction, { do: 'retire' }>) {
    // The memory that it crossed comes before the deletion of what else tells so. Deleting ends the share, too.
    if (source) await this.ports.snapshots.tag(source.arn, { [TAGS.takenAt]: takenAt });
    await this.ports.snapshots.remove(copy);
    return { outcome: 'done' };
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
  private async hold(snapshot: Snapshot, code: VerdictCode, because: string): Promise<void> {
    const news = !this.told.has(snapshot.database);
    this.told.add(snapshot.database);
    if (news) this.tell(snapshot, code, because);
    const held = holdAgain(snapshot.tags.get(TAGS.held), code, this.now, news);
    await this.ports.snapshots.tag(snapshot.arn, { [TAGS.held]: held });
  }

  private async alert(snapshot: Snapshot, code: VerdictCode) {
    if (this.told.has(snapshot.database)) return { outcome: 'told-already' };
    this.tell(snapshot, code);
    await this.ports.snapshots.tag(snapshot.arn, {
      [TAGS.held]: toldAgain(snapshot.tags.get(TAGS.held), code, this.now),
    });
    return { outcome: 'done' };
  }
}
