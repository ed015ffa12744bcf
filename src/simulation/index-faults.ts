import type { CopyRecord, OwnCopiesIndex } from '../../lambda/_kit/ports/own-copies';
import { type DatabaseArn, snapshotArn } from '../contract/ids';
import { TAGS } from '../contract/names';
import type { InjectedFault } from './faults';
import type { Run } from './injector';
import type { IndexTampering, InMemoryOwnCopies } from './own-copies-in-memory';
import { Random } from './random';
import { HERE, VAULT } from './scenario';

/** How many records of each ten are wrong in each way. */
const PART = 0.1;
const PHANTOMS = 3;

/** The effects of faults on the index of the vault's copies. */
export class IndexFaults {
  private readonly lasting = new Map<InjectedFault, IndexTampering>();
  private readonly refusing = new Set<InjectedFault>();

  constructor(
    private readonly index: InMemoryOwnCopies,
    private readonly seed: number,
    /** The run that reads the index. */
    current: () => Run | undefined,
  ) {
    index.tampering = (read) => {
      const run = current();
      if (run && this.lasting.size > 0) run.disturbed = true;
      let tampered: OwnCopiesIndex | undefined = read;
      for (const change of this.lasting.values()) tampered = tampered && change(tampered);
      return tampered;
    };
  }

  /** The fault begins; returns whether it is one of the index. */
  begin(fault: InjectedFault): boolean {
    if (fault.kind === 'index-lost') this.index.clear();
    else if (fault.kind === 'index-stale') {
      let frozen: OwnCopiesIndex | undefined;
      this.lasting.set(fault, (read) => {
        frozen ??= read;
        return frozen;
      });
    } else if (fault.kind === 'index-wrong') {
      const random = new Random(this.seed, `index ${fault.at}`);
      this.lasting.set(fault, (read) => wrong(read, random));
    } else if (fault.kind === 'index-refused') this.refusing.add(fault);
    else return false;
    this.index.isRefused = this.refusing.size > 0;
    return true;
  }

  /** The fault ends. */
  end(fault: InjectedFault): void {
    this.lasting.delete(fault);
    this.refusing.delete(fault);
    this.index.isRefused = this.refusing.size > 0;
  }
}

function wrong(index: OwnCopiesIndex, random: Random): OwnCopiesIndex {
  const records = index.records
    .filter(() => !random.chance(PART))
    .map((record): CopyRecord => {
      const isMarked = random.chance(PART) ? !record.isMarked : record.isMarked;
      const status = random.chance(PART) ? random.pick(['available', 'creating', 'failed']) : record.copy.status;
      return { ...record, isMarked, copy: { ...record.copy, status } };
    });
  const phantoms = index.records.slice(0, PHANTOMS).map(
    (record, at): CopyRecord => ({
      ...record,
      copy: {
        ...record.copy,
        arn: snapshotArn(`arn:aws:rds:${HERE}:${VAULT}:snapshot:checkvalve-phantom-${at}`),
        name: `checkvalve-phantom-${at}`,
        kind: 'instance',
        status: random.pick(['available', 'creating']),
        database: record.copy.database as DatabaseArn,
        tags: new Map([...record.copy.tags, [TAGS.role, 'vault']]),
      },
    }),
  );
  return { ...index, records: [...records, ...phantoms], hasWaiting: random.chance(0.5) };
}
