import * as fc from 'fast-check';
import { countsTowardQuota } from '../../src/contract/backup-snapshots';
import type { AccountId } from '../../src/contract/ids';
import { TAGS } from '../../src/contract/names';
import { database, exportKeyOf, IMPORT_KEY, OTHER, Pipeline, SOURCE, VAULT } from '../support/pipeline';
import { SEED, TAKES_ALL } from '../support/sample';

const DATABASES = [
  database(SOURCE, 'db', 'orders', 20),
  database(SOURCE, 'cluster', 'ledger', 45),
  database(OTHER, 'db', 'orders', 5),
  database(OTHER, 'cluster', 'stock', 10),
];
const LIMITS = { maxInstanceCopiesInFlight: 2, maxClusterCopiesInFlight: 1, manualSnapshotQuota: 1000 };
// The full sample also plays schedules of the day's seed, which are new each day.
const SEEDS = TAKES_ALL ? [1, 2, 3, 4, 5, SEED] : [SEED];
const SCHEDULES = 400;

/** A fault of a call: it fails; it succeeds and its answer is lost; or the run is killed there. */
type Fault = 'fails' | 'answer-lost' | 'killed';
type ScheduledEvent =
  | { readonly kind: 'back-up'; readonly database: number }
  | {
      readonly kind: 'export' | 'import';
      readonly account: number;
      readonly twice: boolean;
      readonly fault?: Fault;
      readonly call: number;
    }
  | { readonly kind: 'wait'; readonly minutes: number };

const run = (kind: 'export' | 'import') =>
  fc.record({
    kind: fc.constant(kind),
    account: fc.nat(1),
    twice: fc.boolean(),
    fault: fc.option(fc.constantFrom<Fault>('fails', 'answer-lost', 'killed'), { nil: undefined, freq: 3 }),
    call: fc.integer({ min: 1, max: 14 }),
  });
const scheduledEvent: fc.Arbitrary<ScheduledEvent> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('back-up' as const), database: fc.nat(DATABASES.length - 1) }),
  },
  { weight: 4, arbitrary: run('export') },
  { weight: 4, arbitrary: run('import') },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 90 }) }) },
);

/** A pipeline that injects faults into calls. */
class FaultyPipeline extends Pipeline {
  injected = 0;
  private fault: Fault | undefined;
  private left = 0;

  constructor() {
    super(LIMITS);
    const inside = this.rds.as.bind(this.rds);
    this.rds.as = (account: AccountId) => this.guard(inside(account));
    const remembered = this.rds.memoryOf.bind(this.rds);
    this.rds.memoryOf = (account: AccountId) => this.guard(remembered(account));
  }

  /** A run with a fault at this call; two runs at once for an event that is delivered twice. */
  async runs(body: () => Promise<unknown>, twice: boolean, fault: Fault | undefined, call: number): Promise<void> {
    [this.fault, this.left] = [fault, call];
    await Promise.allSettled(twice ? [body(), body()] : [body()]);
    this.fault = undefined;
  }

  private guard<Port extends object>(port: Port): Port {
    return new Proxy(port, {
      get: (target, name, receiver) => {
        const method: unknown = Reflect.get(target, name, receiver);
        if (typeof method !== 'function') return method;
        return async (...args: readonly unknown[]): Promise<unknown> => {
          const fault = this.next();
          if (fault === 'fails' || fault === 'killed') throw new Error(fault);
          const answer: unknown = await method.apply(target, args);
          if (fault) throw new Error(fault);
          return answer;
        };
      },
    });
  }

  private next(): Fault | undefined {
    if (!this.fault) return undefined;
    this.left -= 1;
    // A run that was killed makes no further call.
    const isFaulty = this.left === 0 || (this.left < 0 && this.fault === 'killed');
    if (isFaulty) this.injected += 1;
    return isFaulty ? this.fault : undefined;
  }
}

/** Checks what must be true at any time. */
function checkInvariants({ rds }: Pipeline): void {
  for (const account of [SOURCE, OTHER, VAULT]) {
    const copies = rds.all(account).filter(countsTowardQuota);
    for (const kind of ['instance', 'cluster'] as const) {
      const inProgress = copies.filter((copy) => copy.kind === kind && copy.status === 'creating').length;
      expect(inProgress).toBeLessThanOrEqual(
        kind === 'instance' ? LIMITS.maxInstanceCopiesInFlight : LIMITS.maxClusterCopiesInFlight,
      );
    }
    for (const { arn, kmsKeyArn } of copies) {
      expect(kmsKeyArn).toBe(account === VAULT ? IMPORT_KEY : exportKeyOf(account));
      expect(rds.sharedWith(arn).filter((other) => account === VAULT || other !== VAULT)).toEqual([]);
    }
  }
}

const copied = (pipeline: Pipeline) =>
  pipeline
    .vaultCopies()
    .map(({ tags }) => tags.get(TAGS.snapshot) ?? '')
    .sort();

/** The export copies of both sources. */
const exportCopies = ({ rds }: Pipeline) =>
  [SOURCE, OTHER].flatMap((account) => rds.all(account)).filter(countsTowardQuota);
const mayStay = (copies: ReturnType<typeof exportCopies>) =>
  copies.every(({ kind, tags }) => kind === 'instance' && tags.has(TAGS.importedAt));
const isFinal = (pipeline: Pipeline, made: number) =>
  pipeline.vaultCopies().length === made && mayStay(exportCopies(pipeline));

test.each(SEEDS)(
  `after any order of backups, runs, pauses and faults, every backup is in the vault once, seed %i: ${SCHEDULES} schedules`,
  async (seed) => {
    let injected = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(scheduledEvent, { minLength: 8, maxLength: 40 }),
        fc.boolean(),
        async (schedule, isStrict) => {
          const pipeline = new FaultyPipeline();
          // AWS may refuse to tag AWS Backup's snapshots, and give those of clusters the type manual.
          pipeline.rds.refusesBackupTags = isStrict;
          pipeline.rds.clusterBackupsTyped = isStrict ? 'manual' : 'awsbackup';
          const made: string[] = [];
          for (const one of schedule) {
            if (one.kind === 'wait') pipeline.rds.advance(one.minutes);
            if (one.kind === 'back-up') {
              made.push(pipeline.backUp(DATABASES[one.database] ?? DATABASES[0] ?? database(SOURCE, 'db', 'none')).arn);
              pipeline.rds.advance(1);
            }
            if (one.kind === 'export' || one.kind === 'import') {
              const body =
                one.kind === 'import' ? () => pipeline.import() : () => pipeline.export(one.account ? OTHER : SOURCE);
              await pipeline.runs(body, one.twice, one.fault, one.call);
            }
            checkInvariants(pipeline);
          }
          injected += pipeline.injected;
          for (let round = 0; round < 5 * made.length + 10 && !isFinal(pipeline, made.length); round += 1) {
            await pipeline.round();
          }
          // Further rounds change nothing.
          await pipeline.rounds(3);
          checkInvariants(pipeline);
          // Every backup is in the vault once, and export copies that are not needed are deleted.
          expect(copied(pipeline)).toEqual([...made].sort());
          expect(mayStay(exportCopies(pipeline))).toBe(true);
        },
      ),
      { seed, numRuns: SCHEDULES },
    );
    // Schedules without faults would prove little.
    expect(injected).toBeGreaterThan(SCHEDULES);
  },
);
