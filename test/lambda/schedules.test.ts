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
// Whoever takes all plays the day's schedules as well: each day has some that were never played.
const SEEDS = TAKES_ALL ? [1, 2, 3, 4, 5, SEED] : [SEED];
const SCHEDULES = 400;

/** What may go wrong at a call: it fails; it does its work and its answer is lost; the run is killed there. */
type Fault = 'fails' | 'answer-lost' | 'killed';
type Happening =
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
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('back-up' as const), database: fc.nat(DATABASES.length - 1) }),
  },
  { weight: 4, arbitrary: run('export') },
  { weight: 4, arbitrary: run('import') },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 90 }) }) },
);

/** A pipeline at whose calls things go wrong. */
class Troubled extends Pipeline {
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

  /** A run at whose so-manieth call something goes wrong; two runs at once when an event came twice. */
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
    // Who was killed makes no further call.
    const strikes = this.left === 0 || (this.left < 0 && this.fault === 'killed');
    if (strikes) this.injected += 1;
    return strikes ? this.fault : undefined;
  }
}

/** What must be true at any time. */
function holds({ rds }: Pipeline): void {
  for (const account of [SOURCE, OTHER, VAULT]) {
    const copies = rds.all(account).filter(countsTowardQuota);
    for (const kind of ['instance', 'cluster'] as const) {
      const flying = copies.filter((copy) => copy.kind === kind && copy.status === 'creating').length;
      expect(flying).toBeLessThanOrEqual(
        kind === 'instance' ? LIMITS.maxInstanceCopiesInFlight : LIMITS.maxClusterCopiesInFlight,
      );
    }
    for (const { arn, kmsKeyArn } of copies) {
      expect(kmsKeyArn).toBe(account === VAULT ? IMPORT_KEY : exportKeyOf(account));
      expect(rds.sharedWith(arn).filter((other) => account === VAULT || other !== VAULT)).toEqual([]);
    }
  }
}

const crossed = (pipeline: Pipeline) =>
  pipeline
    .vaultCopies()
    .map(({ tags }) => tags.get(TAGS.snapshot) ?? '')
    .sort();

/** What the two sources still hold of export copies. */
const exportCopies = ({ rds }: Pipeline) =>
  [SOURCE, OTHER].flatMap((account) => rds.all(account)).filter(countsTowardQuota);
const mayStay = (copies: ReturnType<typeof exportCopies>) =>
  copies.every(({ kind, tags }) => kind === 'instance' && tags.has(TAGS.copiedAt));
const atRest = (pipeline: Pipeline, made: number) =>
  pipeline.vaultCopies().length === made && mayStay(exportCopies(pipeline));

test.each(SEEDS)(
  `any order of backups, events and pauses, doubled runs, faults and kills, seed %i: ${SCHEDULES} schedules`,
  async (seed) => {
    let injected = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(happening, { minLength: 8, maxLength: 40 }),
        fc.boolean(),
        async (schedule, isStrict) => {
          const pipeline = new Troubled();
          // AWS may refuse tags on AWS Backup's snapshots, and types those of clusters as manual.
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
            holds(pipeline);
          }
          injected += pipeline.injected;
          for (let round = 0; round < 5 * made.length + 10 && !atRest(pipeline, made.length); round += 1) {
            await pipeline.round();
          }
          // What is at rest stays so.
          for (let round = 0; round < 3; round += 1) await pipeline.round();
          holds(pipeline);
          // Everything is in the vault, once; each export copy that may go is gone.
          expect(crossed(pipeline)).toEqual([...made].sort());
          expect(mayStay(exportCopies(pipeline))).toBe(true);
        },
      ),
      { seed, numRuns: SCHEDULES },
    );
    // Schedules in which nothing went wrong would prove little.
    expect(injected).toBeGreaterThan(SCHEDULES);
  },
);
