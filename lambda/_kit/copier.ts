import { type Kind, keyIdOf } from '../../src/contract/ids';
import { TAGS } from '../../src/contract/names';
import { alertedAgain, holdAfterRefusal, VERDICTS, type VerdictCode } from '../../src/contract/verdicts';
import type { Log } from './ports/log';
import type { CopyOrder, Snapshot, Snapshots } from './ports/snapshots';

/** How one action ended, as it is logged. */
export interface ActionOutcome {
  readonly outcome: string;
  readonly because?: string;
}

/** The verdict on a snapshot that RDS refuses to copy. */
const REFUSALS = {
  key: 'key-not-accessible',
  full: 'quota-full',
  options: 'option-group-needed',
  refused: 'copy-refused',
} as const;

/**
 * Asks RDS for the copies of one run, and logs an alert about each database that is not copied, once a day. When RDS starts no
 * further copy of a kind, this run asks for no other of that kind; when RDS refuses Checkvalve's own key, for none at all.
 */
export class Copier {
  private readonly closed = new Set<Kind>();
  private readonly alerted: Set<string>;

  constructor(
    private readonly snapshots: Snapshots,
    /** Tags the snapshot that is copied, in whichever account it is. */
    private readonly mark: (snapshot: Snapshot, tags: Readonly<Record<string, string>>) => Promise<void>,
    private readonly now: Date,
    private readonly log: Log,
    /** Databases with an alert within a day. */
    alerted: ReadonlySet<string>,
  ) {
    this.alerted = new Set(alerted);
  }

  /** Starts a copy. Records a refusal on the snapshot that is copied. */
  async copy(order: CopyOrder, of: Snapshot): Promise<ActionOutcome> {
    if (this.closed.has(order.kind)) return { outcome: 'not-asked' };
    const ended = await this.snapshots.copy(order);
    if (ended.kind === 'wait' || ended.kind === 'full') this.closed.add(order.kind);
    const { kind: outcome, ...more } = ended;
    if (!('because' in ended) || ended.kind === 'wait') return { outcome, ...more };
    const isOurKey = ended.kind === 'key' && ended.because.includes(keyIdOf(order.key));
    if (isOurKey) this.closed.add('instance').add('cluster');
    await this.hold(of, isOurKey ? 'checkvalve-key-not-accessible' : REFUSALS[ended.kind], ended.because);
    return { outcome, ...more };
  }

  /** Records a refusal on the snapshot, for the next try. Logs an alert, unless the database had one within a day. */
  async hold(snapshot: Snapshot, code: VerdictCode, because: string): Promise<void> {
    const isFirst = !this.alerted.has(snapshot.database);
    if (isFirst) this.logAlert(snapshot, code, because);
    this.alerted.add(snapshot.database);
    await this.mark(snapshot, {
      [TAGS.held]: holdAfterRefusal(snapshot.tags.get(TAGS.held), code, this.now, isFirst),
    });
  }

  /** Logs an alert and records it on the snapshot, unless the database had one within a day. */
  async alert(snapshot: Snapshot, code: VerdictCode): Promise<ActionOutcome> {
    if (this.alerted.has(snapshot.database)) return { outcome: 'already-alerted' };
    this.alerted.add(snapshot.database);
    this.logAlert(snapshot, code);
    await this.mark(snapshot, { [TAGS.held]: alertedAgain(snapshot.tags.get(TAGS.held), code, this.now) });
    return { outcome: 'done' };
  }

  /** Logs that a database is not copied, why, and what to do. */
  logAlert({ arn, database, kmsKeyArn }: Snapshot, code: VerdictCode, because?: string): void {
    const { reason, remedy } = VERDICTS[code];
    const facts = { database, snapshot: arn, verdict: code, reason, remedy, because, key: kmsKeyArn };
    this.log('database.not-copied', facts);
  }
}
