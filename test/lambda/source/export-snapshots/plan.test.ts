import { DEFAULT_LIMITS } from '../../../../lambda/_kit/copies';
import type { Snapshot } from '../../../../lambda/_kit/ports/snapshots';
import { placesOf, resourcesOf } from '../../../../lambda/source/export-snapshots/export-capacity';
import { byTime, sourceTime } from '../../../../lambda/source/export-snapshots/export-copies';
import type { ExportFacts } from '../../../../lambda/source/export-snapshots/facts';
import { type IndexedFacts, indexFacts } from '../../../../lambda/source/export-snapshots/index-facts';
import { plan } from '../../../../lambda/source/export-snapshots/plan';
import { planClearances, planGiveWay, planRetirements } from '../../../../lambda/source/export-snapshots/plan-removals';
import { databaseArn, keyIdOf, snapshotArn } from '../../../../src/contract/ids';
import { RECOVERY_POINT_TAGS, TAGS } from '../../../../src/contract/names';
import { formatHold, type Hold, type VerdictCode } from '../../../../src/contract/verdicts';
import { DATABASE_TAG, exportKeyOf, SOURCE, VAULT } from '../../../support/pipeline';

const NOW = new Date('2026-03-10T12:00:00.000Z');
const hoursAgo = (hours: number) => new Date(NOW.getTime() - hours * 3_600_000);
const STEM = `arn:aws:rds:eu-central-1:${SOURCE}`;
type Tags = Readonly<Record<string, string>>;
interface Facts extends Partial<Pick<Snapshot, 'kind' | 'status' | 'type' | 'takenAt' | 'createdAt'>> {
  readonly of?: string;
  readonly tags?: Tags;
}

function snapshot(name: string, { of = 'orders', tags = {}, ...more }: Facts = {}): Snapshot {
  const [word, noun] = more.kind === 'cluster' ? ['cluster', 'cluster-snapshot'] : ['db', 'snapshot'];
  return {
    arn: snapshotArn(`${STEM}:${noun}:${name}`),
    kind: 'instance',
    name,
    status: 'available',
    type: 'manual',
    database: databaseArn(`${STEM}:${word}:${of}`),
    engine: 'postgres',
    encrypted: true,
    createdAt: hoursAgo(5),
    takenAt: hoursAgo(5),
    sizeGiB: 20,
    ...more,
    tags: new Map(Object.entries(tags)),
  };
}

const KEY = keyIdOf(exportKeyOf(SOURCE));
const backup = (job: string, { tags, ...facts }: Facts = {}): Snapshot =>
  snapshot(`awsbackup:job-${job}`, {
    type: 'awsbackup',
    ...facts,
    tags: { [RECOVERY_POINT_TAGS.exportKey]: KEY, ...tags },
  });
/** An export copy of the backup of a job. */
function copyOf(job: string, facts: Facts & { readonly attempt?: number } = {}): Snapshot {
  const { attempt = 1, tags, ...more } = facts;
  const name = `checkvalve-${more.of ?? 'orders'}-00112233445566${job.padStart(2, '0')}${attempt > 1 ? `-${attempt}` : ''}`;
  const [source, time] = [backup(job, more).arn, (more.takenAt ?? hoursAgo(5)).toISOString()];
  const own = { [TAGS.role]: 'export', [TAGS.snapshot]: source, [TAGS.sourceTime]: time };
  return snapshot(name, { ...more, tags: { ...own, ...tags } });
}
const imported = { [TAGS.importedAt]: '2026-03-10T10:00:00.000Z' };
const held = (code: VerdictCode, more: Partial<Hold> = {}): Tags => ({
  [TAGS.held]: formatHold({ code, count: 1, at: hoursAgo(1), ...more }),
});

const facts = (snapshots: readonly Snapshot[], more: Partial<ExportFacts> = {}): ExportFacts => ({
  snapshots,
  memory: new Map(),
  exportKey: exportKeyOf(SOURCE),
  vaultAccount: VAULT,
  databaseTag: DATABASE_TAG,
  limits: { ...DEFAULT_LIMITS, manualSnapshotQuota: 100, maxInstanceCopiesInFlight: 5, maxClusterCopiesInFlight: 3 },
  reported: new Set(),
  now: NOW,
  ...more,
});
const indexed = (...snapshots: readonly Snapshot[]): IndexedFacts => indexFacts(facts(snapshots));
const places = ({ capacity }: IndexedFacts) =>
  (['instance', 'cluster'] as const).map((kind) => [capacity.left(`place:${kind}`), capacity.left(`quota:${kind}`)]);
const slots = ({ capacity }: IndexedFacts) => [capacity.left('slot:instance'), capacity.left('slot:cluster')];
const [ORDERS, LEDGER] = [`${STEM}:db:orders`, `${STEM}:db:ledger`] as const;

describe('the capacity for export copies', () => {
  const team = snapshot('team');
  const making = snapshot('team-2', { status: 'creating' });
  const ledger = snapshot('team-3', { kind: 'cluster', of: 'ledger', status: 'creating' });
  const automated = snapshot('rds:orders-1', { type: 'automated', status: 'creating' });

  test('has as many slots as RDS allows, less every manual snapshot in progress, by kind', () => {
    expect(slots(indexed(team, making, automated))).toEqual([4, 3]);
    expect(slots(indexed(ledger))).toEqual([5, 2]);
  });

  test('has a quarter of the quota for export copies, and the quota for all manual snapshots, by kind', () => {
    const ours = [copyOf('1'), copyOf('2', { kind: 'cluster', of: 'ledger' }), copyOf('3')];
    expect(places(indexed(team, making, ledger, automated, ...ours))).toEqual([
      [23, 96],
      [24, 98],
    ]);
  });

  test('counts copies that wait for the vault by database: those that are neither imported nor failed', () => {
    const many = [copyOf('1'), copyOf('2'), copyOf('3', { tags: imported }), copyOf('4', { status: 'failed' })];
    const { capacity } = indexed(...many, copyOf('5', { of: 'ledger' }));
    expect([capacity.left(`waiting:${ORDERS}`), capacity.left(`waiting:${LEDGER}`)]).toEqual([0, 1]);
  });

  test('has no turn for a database while a copy of it is in flight', () => {
    const copies = [copyOf('1', { status: 'creating' }), copyOf('2', { of: 'ledger' })];
    const { capacity } = indexed(...copies);
    expect([capacity.has(`turn:${ORDERS}`), capacity.has(`turn:${LEDGER}`)]).toEqual([false, true]);
  });

  test('has less of each resource for each reserved copy', () => {
    const index = indexed(copyOf('1'));
    for (const one of [backup('2'), backup('3', { of: 'ledger' })]) index.capacity.reserve(resourcesOf(one, false));
    expect([slots(index), places(index)[0]]).toEqual([
      [3, 3],
      [22, 97],
    ]);
    const resources = [`waiting:${ORDERS}`, `waiting:${LEDGER}`, `turn:${ORDERS}`, `turn:${LEDGER}`] as const;
    expect(resources.map((one) => index.capacity.left(one))).toEqual([0, 1, 0, 0]);
    index.capacity.release(placesOf(copyOf('1')));
    expect([slots(index), places(index)[0]]).toEqual([
      [3, 3],
      [23, 98],
    ]);
  });
});

test('a snapshot that has only the prefix or only the tag is no export copy', () => {
  const named = snapshot('checkvalve-orders-1');
  const marked = snapshot('team-orders-1', { tags: { [TAGS.role]: 'export' } });
  expect(indexed(named, marked, copyOf('1')).copies.map(({ name }) => name)).toEqual([copyOf('1').name]);
});

test('only snapshots for this key, or one that it replaced, are sources of copies', () => {
  const other = backup('2', { tags: { [RECOVERY_POINT_TAGS.exportKey]: 'other' } });
  const before = backup('3', { tags: { [RECOVERY_POINT_TAGS.exportKey]: 'before' } });
  const missingTag = snapshot('awsbackup:job-4', { type: 'awsbackup' });
  const { sourceOf } = indexFacts(facts([backup('1'), other, before, missingTag], { previousKeyIds: ['before'] }));
  expect([...sourceOf.keys()]).toEqual([backup('1').arn, before.arn]);
  expect([...indexed(backup('1'), other).sourceOf.keys()]).toEqual([backup('1').arn]);
});

describe('the source time of a snapshot', () => {
  test.each([
    ['is the tag of a copy', { tags: { [TAGS.sourceTime]: '2026-01-01T00:00:00.000Z' } }, '2026-01-01T00:00:00.000Z'],
    ['is when its data was taken', { takenAt: hoursAgo(9), createdAt: hoursAgo(2) }, hoursAgo(9).toISOString()],
    ['is when it was created, without that', { takenAt: undefined, createdAt: hoursAgo(2) }, hoursAgo(2).toISOString()],
    ['is empty without either', { takenAt: undefined, createdAt: undefined }, ''],
  ])('%s', (_, more, expected) => expect(sourceTime(snapshot('a', more))).toBe(expected));

  test('sorts snapshots, and those of one time by their ARNs', () => {
    const [late, early, also] = [snapshot('a', { takenAt: hoursAgo(1) }), snapshot('c'), snapshot('b')];
    expect(byTime([late, early, also]).map(({ name }) => name)).toEqual(['b', 'c', 'a']);
    expect(indexed(late, early, also).sources.map(({ name }) => name)).toEqual(['b', 'c', 'a']);
  });
});

describe('a refusal of the export key', () => {
  const refused = held('checkvalve-key-not-accessible', { at: NOW, alertedAt: hoursAgo(1) });
  test.each([
    ['holds all copies back', backup('1', { tags: refused }), true],
    [
      'is tried again when it is due',
      backup('1', { tags: held('checkvalve-key-not-accessible', { at: hoursAgo(999) }) }),
      false,
    ],
    ['on a copy is about the vault’s key', copyOf('1', { tags: refused }), false],
    ['is no other refusal', backup('1', { tags: held('copy-refused', { at: NOW }) }), false],
  ])('%s', (_, one, expected) => expect(indexed(one).isKeyRefused).toBe(expected));

  test('has one alert, on the refused snapshot, and holds the others back without one', () => {
    const one = backup('1', { tags: held('checkvalve-key-not-accessible', { at: NOW }) });
    const { actions, passed } = plan(facts([one, backup('2', { of: 'ledger' })]));
    expect(passed.map(({ because }) => because)).toEqual([
      'checkvalve-key-not-accessible',
      'checkvalve-key-not-accessible',
    ]);
    expect(actions).toEqual([{ do: 'alert', snapshot: one, code: 'checkvalve-key-not-accessible' }]);
  });
});

test('a database counts as alerted for a day', () => {
  const [fresh, old] = [
    held('copy-refused', { alertedAt: hoursAgo(1) }),
    held('copy-refused', { alertedAt: hoursAgo(48) }),
  ];
  const index = indexed(
    backup('1', { tags: fresh }),
    backup('2', { of: 'ledger', tags: old }),
    backup('3', { of: 'x' }),
  );
  expect([...index.alerted]).toEqual([`${STEM}:db:orders`]);
});

describe('imported copies', () => {
  const [older, newer] = [copyOf('1', { takenAt: hoursAgo(9), tags: imported }), copyOf('2', { tags: imported })];
  const retired = (...snapshots: readonly Snapshot[]) =>
    planRetirements(indexed(...snapshots)).map(({ copy }) => copy.name);

  test('of an instance are deleted but for the newest, and the plan of them reserves nothing', () => {
    const index = indexed(older, newer, backup('1'));
    expect(planRetirements(index)).toEqual([
      { do: 'retire', copy: older, source: backup('1'), importedAt: imported[TAGS.importedAt] },
    ]);
    expect(places(index)[0]).toEqual([23, 98]);
  });

  test('of a cluster are all deleted', () => {
    const cluster = copyOf('3', { kind: 'cluster', of: 'ledger', tags: imported });
    expect(retired(cluster)).toEqual([cluster.name]);
  });

  test('stay while the newer ones are not imported, or not available', () => {
    expect(retired(older, copyOf('2'), copyOf('3', { status: 'creating' }))).toEqual([]);
  });

  test('are deleted when they have failed, also the newest', () => {
    const bad = copyOf('2', { status: 'failed', tags: imported });
    expect(retired(older, bad)).toEqual([bad.name]);
  });

  test.each([
    ['the part of the quota for export copies', { manualSnapshotQuota: 4 }, []],
    ['the quota', { manualSnapshotQuota: 100 }, Array.from({ length: 99 }, (_, at) => snapshot(`team-${at}`))],
  ])('are all deleted when their places are needed because %s is used up', (_, limit, team) => {
    const limits = { ...DEFAULT_LIMITS, ...limit };
    expect(planRetirements(indexFacts(facts([newer, ...team], { limits })))).toHaveLength(1);
    expect(
      planRetirements(
        indexFacts(facts([newer, ...team.slice(1)], { limits: { ...limits, manualSnapshotQuota: 108 } })),
      ),
    ).toEqual([]);
  });

  test('the newest stays while a place is left', () => {
    expect(
      planRetirements(indexFacts(facts([newer], { limits: { ...DEFAULT_LIMITS, manualSnapshotQuota: 8 } }))),
    ).toEqual([]);
    const crowd = Array.from({ length: 98 }, (_, at) => snapshot(`team-${at}`));
    expect(planRetirements(indexFacts(facts([newer, ...crowd])))).toEqual([]);
  });
});

describe('failed copies', () => {
  const failed = copyOf('1', { status: 'failed' });
  test.each([
    ['stay while no attempt has replaced them', [failed, backup('1')], []],
    [
      'are deleted when a later attempt has replaced them',
      [failed, copyOf('1', { attempt: 2 }), backup('1')],
      ['clear'],
    ],
    ['are deleted when the snapshot was imported', [failed, backup('1', { tags: imported })], ['clear']],
    ['stay with a note when the snapshot was deleted', [failed], ['note-deleted']],
    ['are deleted without a note when a good copy is left', [failed, copyOf('1', { attempt: 2 })], ['clear']],
    [
      'are deleted without a note when the snapshot has the tag of another key',
      [failed, backup('1', { tags: { [RECOVERY_POINT_TAGS.exportKey]: 'other' } })],
      ['clear'],
    ],
  ])('%s', (_, snapshots, expected) => {
    expect(planClearances(indexed(...snapshots)).map(({ do: what }) => what)).toEqual(expected);
  });
});

describe('a copy that the vault is refused', () => {
  const alertedAt = hoursAgo(2);
  const refusal = held('copy-refused', { count: 2, at: NOW, alertedAt });
  const one = copyOf('1', { takenAt: hoursAgo(9), tags: refusal });
  const other = copyOf('2');

  test('gives way, and is tried again a day later; the plan of that reserves nothing', () => {
    const index = indexed(one, other, backup('1', { takenAt: hoursAgo(9) }));
    const source = index.sources[0];
    expect(planGiveWay(ORDERS, index)).toEqual({
      do: 'give-way',
      copy: one,
      source,
      hold: { code: 'copy-refused', count: 8, at: NOW, alertedAt },
      successors: [],
    });
    expect(index.capacity.left(`waiting:${ORDERS}`)).toBe(0);
    expect(places(index)[0]).toEqual([23, 98]);
  });

  test('keeps its own count when that is higher', () => {
    const often = copyOf('1', { tags: held('copy-refused', { count: 11, at: NOW }) });
    expect(planGiveWay(ORDERS, indexed(often, backup('1')))).toMatchObject({ hold: { count: 11 } });
  });

  test.each([
    ['its snapshot no longer exists', [one]],
    ['its snapshot is not available', [one, backup('1', { status: 'creating' })]],
    ['it is not available itself', [copyOf('1', { status: 'creating', tags: refusal }), backup('1')]],
    ['the vault has imported it since', [copyOf('1', { tags: { ...refusal, ...imported } }), backup('1')]],
    ['the verdict is about all copies', [copyOf('1', { tags: held('quota-full', { at: NOW }) }), backup('1')]],
    [
      'the vault may be copying it now',
      [copyOf('1', { tags: held('copy-refused', { at: hoursAgo(900) }) }), backup('1')],
    ],
    ['the vault is not refused it', [other, backup('2')]],
    ['it is of another database', [copyOf('1', { of: 'ledger', tags: refusal }), backup('1', { of: 'ledger' })]],
  ])('stays when %s', (_, snapshots) => {
    expect(planGiveWay(ORDERS, indexed(...snapshots))).toBeUndefined();
  });

  test('the remaining held copies record the alert, where they have no later one', () => {
    const later = copyOf('2', { tags: held('copy-refused', { alertedAt: hoursAgo(1) }) });
    const same = copyOf('3', { tags: held('copy-refused', { alertedAt }) });
    const earlier = copyOf('4', { tags: held('copy-refused', { alertedAt: hoursAgo(30) }) });
    const never = copyOf('5', { tags: held('copy-refused') });
    const gone = copyOf('6', { tags: { ...held('copy-refused'), ...imported } });
    const index = indexed(one, later, same, earlier, never, gone, other, backup('1'));
    const action = planGiveWay(ORDERS, index);
    expect(action?.successors.map(({ copy, hold }) => [copy.name, hold.alertedAt])).toEqual([
      [earlier.name, alertedAt],
      [never.name, alertedAt],
    ]);
    const silent = copyOf('1', { tags: held('copy-refused', { at: NOW }) });
    expect(planGiveWay(ORDERS, indexed(silent, never, backup('1')))).toMatchObject({ successors: [] });
  });
});

describe('the plan', () => {
  const why = (snapshots: readonly Snapshot[], more: Partial<ExportFacts> = {}) =>
    plan(facts(snapshots, more)).passed.map(({ because }) => because);
  const done = (snapshots: readonly Snapshot[], more: Partial<ExportFacts> = {}) =>
    plan(facts(snapshots, more)).actions.map((action) => action.do);
  const failures = (count: number) =>
    Array.from({ length: count }, (_, at) => copyOf('1', { status: 'failed', attempt: at + 1 }));

  test('a snapshot is copied three times at most', () => {
    expect(done([backup('1'), ...failures(2).slice(1)])).toContain('copy');
    expect(why([backup('1'), ...failures(3)])).toEqual(['failed-too-often']);
    // The earlier failed copies are deleted by then.
    expect(why([backup('1'), ...failures(3).slice(2)])).toEqual(['failed-too-often']);
  });

  test('a refused copy is not repeated before it is due, and a snapshot of an unknown status waits for an operator', () => {
    expect(why([backup('1', { tags: held('copy-refused', { at: NOW }) })])).toEqual(['copy-refused']);
    expect(done([backup('1', { tags: held('copy-refused', { at: hoursAgo(30) }) })])).toContain('copy');
    expect(why([backup('1', { status: 'thinking' })])).toEqual(['unknown-status']);
    expect(why([backup('1', { status: 'creating' })])).toEqual(['not-available-yet']);
  });

  test('with one place left in the quota one copy is made, and with none no copy', () => {
    const team = (count: number) => Array.from({ length: count }, (_, at) => snapshot(`team-${at}`));
    const two = [backup('1'), backup('2', { of: 'ledger' })];
    const refused = (count: number) => why([...two, ...team(count)]).filter((because) => because === 'quota-full');
    expect([98, 99, 100].map((count) => refused(count).length)).toEqual([0, 1, 2]);
  });

  describe('a next run is planned', () => {
    const again = (...snapshots: readonly Snapshot[]) => plan(facts(snapshots)).nextRunInMinutes !== undefined;
    const cluster = { kind: 'cluster' as const, of: 'ledger', engine: 'aurora-postgresql' };
    const inFlight = (change: Facts) =>
      copyOf('1', { status: 'creating', tags: { [TAGS.startedAt]: NOW.toISOString() }, ...change });

    test('while a copy of a cluster is in flight or its snapshot is not available: no event reports the end', () => {
      expect(again(backup('1', cluster))).toBe(true);
      expect(again(backup('1', { ...cluster, status: 'creating' }))).toBe(true);
      expect(again(inFlight(cluster))).toBe(true);
    });

    test('not for an instance: an event reports the end of its copy', () => {
      expect(again(backup('1'))).toBe(false);
      expect(again(backup('1', { status: 'creating' }))).toBe(false);
      expect(again(inFlight({}))).toBe(false);
    });

    test('while a snapshot waits for a slot, or for a copy of its database', () => {
      const noSlot = { limits: { ...DEFAULT_LIMITS, maxInstanceCopiesInFlight: 0 } };
      expect(plan(facts([backup('1')], noSlot)).nextRunInMinutes).toBe(5);
      expect(again(inFlight({}), backup('2'))).toBe(true);
    });

    test('not for what is late, and not without work', () => {
      expect(again(copyOf('1', { ...cluster, status: 'creating', createdAt: hoursAgo(50) }))).toBe(false);
      expect(again(copyOf('1'), backup('1'))).toBe(false);
      expect(again()).toBe(false);
    });
  });

  test('only the run whose event names it logs an alert about a snapshot of a production database without the tag', () => {
    const missingTag = snapshot('awsbackup:job-9', { type: 'awsbackup', tags: { environment: 'production' } });
    const other = snapshot('awsbackup:job-8', { type: 'awsbackup' });
    expect(done([missingTag], { reported: new Set([missingTag.name]) })).toEqual(['log-alert']);
    expect(done([missingTag])).toEqual([]);
    expect(done([other], { reported: new Set([other.name]) })).toEqual([]);
  });

  test.each([
    ['an earlier copy of its database is in flight', [copyOf('2', { status: 'creating' })], {}],
    ['two copies wait for the vault', [copyOf('2'), copyOf('3')], {}],
    ['no slot is free', [], { limits: { ...DEFAULT_LIMITS, maxInstanceCopiesInFlight: 0 } }],
    [
      'the part of the quota for export copies is used up',
      [],
      { limits: { ...DEFAULT_LIMITS, manualSnapshotQuota: 3 } },
    ],
  ])('a snapshot that waits too long because %s is overdue', (_, copies, more) => {
    const codes = (hours: number) => {
      const late = backup('1', { createdAt: hoursAgo(hours), takenAt: hoursAgo(hours) });
      return plan(facts([late, ...copies], more)).actions.flatMap((one) => (one.do === 'alert' ? [one.code] : []));
    };
    expect(codes(50)).toEqual(['overdue']);
    expect(codes(1)).toEqual([]);
  });
});
