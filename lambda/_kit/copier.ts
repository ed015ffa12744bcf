import { type Kind, keyIdOf } from '../../src/contract/ids';
import { TAGS } from '../../src/contract/names';
import { alertedAgain, holdAgain, VERDICTS, type VerdictCode } from '../../src/contract/verdicts';
import type { Log } from './ports/log';
import type { CopyOrder, Snapshot, Snapshots } from './ports/snapshots';

/** How one action ended, as it is logged. */
export interface Ending {
  readonly outcome: string;
  readonly because?: string;
}

/** The verdict that a refusal of RDS to copy amounts to. */
const REFUSALS = {
  key: 'key-not-accessible',
  full: 'quota-full',
  options: 'option-group-needed',
  refused: 'copy-refused',
} as const;

/**
 * Asks RDS for copies during one run, and tells people of what does not cross: each database once a day. Once RDS has said
 * that no further copy may start, no further one of that kind is asked for; nor any at all once it has refused our key.
 */
export class Copier {
  private readonly closed = new Set<Kind>();
  private readonly told: Set<string>;

  constructor(
    private readonly snapshots: Snapshots,
    /** Writes on the snapshot that is copied, wherever it stands. */
    private readonly mark: (snapshot: Snapshot, tags: Readonly<Record<string, string>>) => Promise<void>,
    private readonly now: Date,
    private readonly log: Log,
    /** Databases of which a person has heard today. */
    heard: ReadonlySet<string>,
  ) {
    this.told = new Set(heard);
  }

  /** Starts a copy; a refusal is written on `of`, from which it is made. */
  async copy(order: CopyOrder, of: Snapshot): Promise<Ending> {
    if (this.closed.has(order.kind)) return { outcome: 'not-asked' };
    const ended = await this.snapshots.copy(order);
    if (ended.kind === 'wait' || ended.kind === 'full') this.closed.add(order.kind);
    const { kind: outcome, ...more } = ended;
    if (!('because' in ended) || ended.kind === 'wait') return { outcome, ...more };
    const ours = ended.kind === 'key' && ended.because.includes(keyIdOf(order.key));
    if (ours) this.closed.add('instance').add('cluster');
    await this.hold(of, ours ? 'checkvalve-key-not-accessible' : REFUSALS[ended.kind], ended.because);
    return { outcome, ...more };
  }

  /** After a refusal: written down for the next try, and told unless the database was in the news today. */
  async hold(snapshot: Snapshot, code: VerdictCode, because: string): Promise<void> {
    const news = !this.told.has(snapshot.database);
    this.told.add(snapshot.database);
    if (news) this.tell(snapshot, code, because);
    await this.mark(snapshot, { [TAGS.held]: holdAgain(snapshot.tags.get(TAGS.held), code, this.now, news) });
  }

  /** Tells of a verdict and writes down that it was told, unless the database was in the news today. */
  async alert(snapshot: Snapshot, code: VerdictCode): Promise<Ending> {
    if (this.told.has(snapshot.database)) return { outcome: 'told-already' };
    this.tell(snapshot, code);
    await this.mark(snapshot, { [TAGS.held]: alertedAgain(snapshot.tags.get(TAGS.held), code, this.now) });
    return { outcome: 'done' };
  }

  /** Tells a person, with the remedy. */
  tell({ arn, database, kmsKeyArn }: Snapshot, code: VerdictCode, because?: string): void {
    const { reason, remedy } = VERDICTS[code];
    const facts = { database, snapshot: arn, verdict: code, reason, remedy, because, key: kmsKeyArn };
    this.log('database.not-crossing', facts);
  }
}
