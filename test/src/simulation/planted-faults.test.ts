import type { CopyLimits } from '../../../lambda/_kit/copies';
import type { Snapshot, Snapshots } from '../../../lambda/_kit/ports/snapshots';
import { databaseArn, keyIdOf, snapshotArn } from '../../../src/contract/ids';
import { RECOVERY_POINT_TAGS, TAGS } from '../../../src/contract/names';
import { counterexampleText } from '../../../src/simulation/counterexample';
import {
  databaseKeyOf,
  exportKeyOf,
  makeScenario,
  type Scenario,
  SOURCES,
  VAULT,
} from '../../../src/simulation/scenario';
import { shrink } from '../../../src/simulation/shrink';
import { play } from '../../../src/simulation/simulate';
import type { Tampering } from '../../../src/simulation/step-runner';
import { INVARIANTS, type Violation } from '../../../src/simulation/violation';
import { testEach, testOfAll } from '../../support/sample';
import { thinned } from './thinned';

const [FIRST] = SOURCES;
if (!FIRST) throw new Error('no source');

type Port = (snapshots: Snapshots) => Partial<Snapshots>;
type Step = 'export-snapshots' | 'import-copies' | 'prune-copies';

const bound = (port: Snapshots): Snapshots => ({
  own: () => port.own(),
  manual: () => port.manual(),
  shared: () => port.shared(),
  copy: (order) => port.copy(order),
  share: (snapshot, account) => port.share(snapshot, account),
  tag: (arn, tags) => port.tag(arn, tags),
  remove: (snapshot) => port.remove(snapshot),
});

/** Wraps the port of one step. */
const tamper = (step: Step, change: Port): Tampering => ({
  snapshots: (snapshots, of) => (of === step ? { ...bound(snapshots), ...change(snapshots) } : snapshots),
});

/** Changes the snapshots of a step's own account before the step reads them. */
const seeing = (step: Step, change: (snapshot: Snapshot) => Snapshot): Tampering =>
  tamper(step, (port) => ({ own: async () => (await port.own()).map(change) }));

/** Changes AWS's limits in the settings of one step. */
const believing = (step: Step, wrong: Partial<CopyLimits>): Tampering => ({
  limits: (limits, of) => (of === step ? { ...limits, ...wrong } : limits),
});

const without = (tags: Readonly<Record<string, string>>, key: string) =>
  Object.fromEntries(Object.entries(tags).filter(([name]) => name !== key));
const withTag = (snapshot: Snapshot, key: string, value: string): Snapshot => ({
  ...snapshot,
  tags: new Map([...snapshot.tags, [key, value]]),
});
const isExportCopy = ({ tags }: Snapshot) => tags.get(TAGS.role) === 'export';
const asOfAnother = (one: Snapshot): Snapshot =>
  isExportCopy(one) ? { ...one, database: databaseArn(`${one.database}-other`) } : one;
const BOUNDLESS = { maxInstanceCopiesInFlight: 1000, maxClusterCopiesInFlight: 1000 };

/** A world in which the vault is down for days, in addition to its own faults. */
const down = (scenario: Scenario, days: number): Scenario => ({
  ...scenario,
  faults: [...scenario.faults, { kind: 'vault-down', account: VAULT, at: 1440, minutes: days * 1440, nth: 1 }],
});
const small = () => down(thinned(3, 8, 5), 5);
/** The first account alone, all of its databases alike. */
const oneAccount = (days: number, copyMinutes: number, kind: 'db' | 'cluster', vaultDown: number): Scenario => {
  const scenario = makeScenario(3, days);
  const databases = scenario.databases.slice(0, 8).map((spec, at) => ({
    ...spec,
    outcome: 'copied' as const,
    teamSnapshots: true,
    database: {
      ...spec.database,
      arn: databaseArn(`arn:aws:rds:eu-central-1:${FIRST}:${kind}:db-${at + 1}`),
      engine: kind === 'cluster' ? 'aurora-postgresql' : 'postgres',
      key: databaseKeyOf(FIRST),
      copyMinutes,
    },
  }));
  return down({ ...scenario, databases, faults: [] }, vaultDown);
};

/** No fault but one account that leaves after a day, while the others go on. */
const oneLeaves = (): Scenario => ({
  ...thinned(3, 8, 6),
  faults: [{ kind: 'account-leaves', account: FIRST, at: 1440, minutes: 0, nth: 1 }],
});
const calm = (days: number, each: number) => (): Scenario => ({ ...thinned(3, days, each), faults: [] });
const quiet = calm(12, 8);
const crowded = calm(13, 1);

/** Changes the vault's snapshots before prune-copies reads them. */
const pruning = (change: (own: readonly Snapshot[]) => readonly Snapshot[]): Tampering =>
  tamper('prune-copies', (port) => ({ manual: async () => change(await port.manual()) }));
const isVaultCopy = ({ tags }: Snapshot) => tags.get(TAGS.role) === 'vault';
/** The same copy, imported at another time. */
const importedAt = (one: Snapshot, at: number): Snapshot => ({
  ...withTag(one, TAGS.importStartedAt, new Date(at).toISOString()),
  createdAt: new Date(at),
});
const madeAt = ({ createdAt }: Snapshot): number => createdAt?.getTime() ?? 0;
const pruningNothing = tamper('prune-copies', () => ({ remove: async () => {} }));

const clusters = () => oneAccount(4, 240, 'cluster', 1);

interface Planted {
  /** A programming error. */
  readonly fault: string;
  readonly breaks: Violation['invariant'];
  readonly tampering: Tampering;
  readonly world?: () => Scenario;
  /** The minimum number of databases. */
  readonly databases?: number;
  /** The maximum number of worlds to play to make it smaller. */
  readonly budget?: number;
}

const PLANTED: readonly Planted[] = [
  {
    fault: 'export-snapshots does not tag its copies',
    breaks: 'nothing-lost',
    tampering: tamper('export-snapshots', (port) => ({
      copy: (order) => port.copy({ ...order, tags: without(order.tags, TAGS.role) }),
    })),
  },
  {
    fault: 'export-snapshots never deletes an imported export copy',
    breaks: 'everything-converges',
    tampering: tamper('export-snapshots', () => ({ remove: async () => {} })),
  },
  {
    fault: 'export-snapshots forgets an import when it deletes the export copy',
    breaks: 'nothing-copied-twice',
    tampering: { memory: (memory) => ({ ...memory, remember: async () => {} }) },
    world: () => oneAccount(20, 10, 'db', 1),
    databases: 8,
    budget: 2,
  },
  {
    fault: 'export-snapshots does not count copies that wait for the vault',
    breaks: 'limits-kept',
    tampering: seeing('export-snapshots', asOfAnother),
  },
  {
    fault: 'export-snapshots ignores the limit of copies in flight',
    breaks: 'limits-kept',
    tampering: believing('export-snapshots', BOUNDLESS),
    world: clusters,
    databases: 6,
  },
  {
    fault: 'import-copies ignores the limit of copies in flight',
    breaks: 'limits-kept',
    tampering: believing('import-copies', BOUNDLESS),
    world: clusters,
    databases: 6,
  },
  {
    fault: 'export-snapshots uses the whole quota',
    breaks: 'teams-keep-their-quota',
    tampering: {
      ...believing('export-snapshots', { manualSnapshotQuota: 4000 }),
      ...seeing('export-snapshots', asOfAnother),
    },
    world: () => oneAccount(22, 20, 'db', 18),
    databases: 8,
  },
  {
    fault: 'export-snapshots treats every copy as imported',
    breaks: 'nothing-deleted-early',
    tampering: seeing('export-snapshots', (one) =>
      isExportCopy(one) ? withTag(one, TAGS.importedAt, '2026-01-01T00:00:00.000Z') : one,
    ),
  },
  {
    fault: 'export-snapshots treats every backup as tagged',
    breaks: 'only-wanted-copied',
    tampering: seeing('export-snapshots', (one) =>
      one.type === 'awsbackup' ? withTag(one, RECOVERY_POINT_TAGS.exportKey, keyIdOf(exportKeyOf(FIRST))) : one,
    ),
    world: () => down(makeScenario(3, 4), 1),
  },
  {
    fault: 'import-copies copies under the key of the database',
    breaks: 'right-key',
    tampering: tamper('import-copies', (port) => ({
      copy: (order) => port.copy({ ...order, key: databaseKeyOf(FIRST) }),
    })),
  },
  {
    fault: 'import-copies does not copy the tags',
    breaks: 'origin-tagged',
    tampering: tamper('import-copies', (port) => ({
      copy: (order) => port.copy({ ...order, tags: without(order.tags, TAGS.snapshot) }),
    })),
  },
  {
    fault: 'export-snapshots shares with the wrong account',
    breaks: 'shared-with-vault-only',
    tampering: tamper('export-snapshots', (port) => ({ share: (snapshot) => port.share(snapshot, '222200009999') })),
  },
  {
    fault: 'export-snapshots throws for clusters',
    breaks: 'runs-fail-only-by-faults',
    tampering: tamper('export-snapshots', (port) => ({
      share: (snapshot, to) => {
        if (snapshot.kind === 'cluster') throw new TypeError('snapshot.instance is undefined');
        return port.share(snapshot, to);
      },
    })),
  },
  {
    fault: 'prune-copies treats everything in the vault as its own',
    breaks: 'only-own-copies-pruned',
    tampering: pruning((own) => {
      const [ours] = own.filter(isVaultCopy);
      if (!ours) return own;
      const { kind, name, tags } = ours;
      const marked = (one: Snapshot): Snapshot => ({ ...one, kind, name, tags });
      return own.map((one) => (isVaultCopy(one) ? one : importedAt(marked(one), madeAt(one))));
    }),
    world: quiet,
  },
  {
    fault: 'prune-copies treats all copies as copies of one database',
    breaks: 'last-copy-kept',
    tampering: pruning((own) => {
      const [first] = own.filter(isVaultCopy);
      if (!first) return own;
      const { kind, name, tags } = first;
      return own.map((one) => (isVaultCopy(one) ? importedAt({ ...one, kind, name, tags }, madeAt(one)) : one));
    }),
    world: oneLeaves,
  },
  {
    fault: 'prune-copies computes the age of copies too high',
    breaks: 'nothing-pruned-early',
    tampering: pruning((own) => {
      const newest = Math.max(...own.map(madeAt));
      return own.map((one) =>
        isVaultCopy(one) && madeAt(one) < newest ? importedAt(one, madeAt(one) - 40 * 86_400_000) : one,
      );
    }),
    world: quiet,
  },
  {
    fault: 'prune-copies does not recognize the first copy of a month',
    breaks: 'nothing-pruned-early',
    tampering: pruning((own) => [
      ...own,
      ...own.filter(isVaultCopy).map((one) => ({
        ...importedAt(one, Date.parse(`${new Date(madeAt(one)).toISOString().slice(0, 7)}-01T00:00:00Z`)),
        arn: snapshotArn(`${one.arn}-0`),
      })),
    ]),
    world: quiet,
  },
  {
    fault: 'prune-copies deletes nothing',
    breaks: 'due-copies-pruned',
    tampering: pruningNothing,
    world: quiet,
  },
  {
    // With the right quota import-copies reserves room, and copies wait instead.
    fault: 'prune-copies deletes nothing, and import-copies has too large a quota in its settings',
    breaks: 'vault-never-full',
    tampering: { ...pruningNothing, ...believing('import-copies', { manualSnapshotQuota: 100_000 }) },
    world: crowded,
    databases: 64,
    budget: 1,
  },
];

const FAULTS = 'faults planted in steps';

testEach(
  FAULTS,
  PLANTED,
  6,
  ({ fault }) => fault,
  'caught and shrunk: %s',
  async (planted) => {
    const { breaks, tampering, world = small, databases = 3, budget = 40 } = planted;
    const scenario = world();
    const { violations } = await play(scenario, { tampering, stopAt: breaks });
    const found = violations.find((one) => one.invariant === breaks);
    if (!found) throw new Error(`not caught; ${violations.length} other violations: ${violations[0]?.what}`);
    const counterexample = await shrink(scenario, found, { tampering, budget });
    expect(counterexample.violation.invariant).toBe(breaks);
    expect(counterexample.scenario.databases.length).toBeLessThanOrEqual(databases);
    expect(counterexample.scenario.faults.length).toBeLessThanOrEqual(1);
    const text = counterexampleText(counterexample);
    expect(text).toContain(`Broken: ${breaks}`);
    expect(text).toContain('seed 3');
  },
);

test('there is a planted fault for every invariant', () => {
  expect([...new Set(PLANTED.map(({ breaks }) => breaks))].sort()).toEqual(Object.keys(INVARIANTS).sort());
});

for (const [at, world] of [...new Set(PLANTED.map((planted) => planted.world ?? small))].entries()) {
  testOfAll(`without a planted fault, world ${at} breaks no invariant`, async () => {
    expect((await play(world())).violations).toEqual([]);
  });
}
