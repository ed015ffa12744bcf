import { DEFAULT_LIMITS } from '../../../lambda/_kit/copies';
import type { Snapshot } from '../../../lambda/_kit/ports/snapshots';
import { clearances, giveWay, retirements } from '../../../lambda/source/export-snapshots/departures';
import { plan } from '../../../lambda/source/export-snapshots/plan';
import {
  byTime,
  type ExportFacts,
  sourceTime,
  survey,
  take,
  type World,
} from '../../../lambda/source/export-snapshots/survey';
import { databaseArn, keyIdOf, snapshotArn } from '../../../src/contract/ids';
import { RECOVERY_POINT_TAGS, TAGS } from '../../../src/contract/names';
import { type Hold, holdTag, type VerdictCode } from '../../../src/contract/verdicts';
import { DATABASE_TAG, exportKeyOf, SOURCE, VAULT } from '../../support/pipeline';

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
  const [source, taken] = [backup(job, more).arn, (more.takenAt ?? hoursAgo(5)).toISOString()];
  const own = { [TAGS.role]: 'export', [TAGS.snapshot]: source, [TAGS.sourceTime]: taken };
  return snapshot(name, { ...more, tags: { ...own, ...tags } });
}
const taken = { [TAGS.copiedAt]: '2026-03-10T10:00:00.000Z' };
const held = (code: VerdictCode, more: Partial<Hold> = {}): Tags => ({
  [TAGS.held]: holdTag({ code, count: 1, at: hoursAgo(1), ...more }),
});

const facts = (snapshots: readonly Snapshot[], more: Partial<ExportFacts> = {}): ExportFacts => ({
  snapshots,
  memory: new Map(),
  exportKey: exportKeyOf(SOURCE),
  vaultAccount: VAULT,
  databaseTag: DATABASE_TAG,
  limits: { ...DEFAULT_LIMITS, manualSnapshotQuota: 100, maxInstanceCopiesInFlight: 5, maxClusterCopiesInFlight: 3 },
  told: new Set(),
  now: NOW,
  ...more,
});
const world = (...snapshots: readonly Snapshot[]): World => survey(facts(snapshots));

describe('what is counted', () => {
  const team = snapshot('team');
  const making = snapshot('team-2', { status: 'creating' });
  const ledger = snapshot('team-3', { kind: 'cluster', of: 'ledger', status: 'creating' });
  const automated = snapshot('rds:orders-1', { type: 'automated', status: 'creating' });

  test('slots are what RDS allows less every manual copy that is being made, by kind', () => {
    expect(world(team, making, automated).slots).toEqual({ instance: 4, cluster: 3 });
    expect(world(ledger).slots).toEqual({ instance: 5, cluster: 2 });
  });

  test('room is a quarter of the quota less our own copies, and the quota less all manual snapshots, by kind', () => {
    const ours = [copyOf('1'), copyOf('2', { kind: 'cluster', of: 'ledger' }), copyOf('3')];
    expect(world(team, making, ledger, automated, ...ours).room).toEqual({
      instance: { ours: 23, all: 96 },
      cluster: { ours: 24, all: 98 },
    });
  });

  test('what waits for the vault is neither taken nor failed, by database', () => {
    const many = [copyOf('1'), copyOf('2'), copyOf('3', { tags: taken }), copyOf('4', { status: 'failed' })];
    expect([...world(...many, copyOf('5', { of: 'ledger' })).notImported]).toEqual([
      [`${STEM}:db:orders`, 2],
      [`${STEM}:db:ledger`, 1],
    ]);
  });

  test('a database is busy while a copy of it is being made', () => {
    const copies = [copyOf('1', { status: 'creating' }), copyOf('2', { of: 'ledger' })];
    expect([...world(...copies).busy]).toEqual([`${STEM}:db:orders`]);
  });

  test('a copy that is started uses a slot, room and the turn of its database', () => {
    const counted = world(copyOf('1'));
    take(backup('2'), counted);
    take(backup('3', { of: 'ledger' }), counted);
    expect(counted.slots).toEqual({ instance: 3, cluster: 3 });
    expect(counted.room.instance).toEqual({ ours: 22, all: 97 });
    expect([...counted.notImported]).toEqual([
      [`${STEM}:db:orders`, 2],
      [`${STEM}:db:ledger`, 1],
    ]);
    expect([...counted.busy]).toEqual([`${STEM}:db:orders`, `${STEM}:db:ledger`]);
  });
});

test('a copy that only has the prefix, or only the tag, is not ours', () => {
  const named = snapshot('checkvalve-orders-1');
  const marked = snapshot('team-orders-1', { tags: { [TAGS.role]: 'export' } });
  expect(world(named, marked, copyOf('1')).copies.map(({ name }) => name)).toEqual([copyOf('1').name]);
});

test('only snapshots for this key, or one that it replaced, are sources of copies', () => {
  const other = backup('2', { tags: { [RECOVERY_POINT_TAGS.exportKey]: 'other' } });
  const before = backup('3', { tags: { [RECOVERY_POINT_TAGS.exportKey]: 'before' } });
  const missingTag = snapshot('awsbackup:job-4', { type: 'awsbackup' });
  const { sourceOf } = survey(facts([backup('1'), other, before, missingTag], { previousKeyIds: ['before'] }));
  expect([...sourceOf.keys()]).toEqual([backup('1').arn, before.arn]);
  expect([...world(backup('1'), other).sourceOf.keys()]).toEqual([backup('1').arn]);
});

describe('the time of the data', () => {
  test.each([
    ['is the tag of a copy', { tags: { [TAGS.sourceTime]: '2026-01-01T00:00:00.000Z' } }, '2026-01-01T00:00:00.000Z'],
    ['is when it was taken', { takenAt: hoursAgo(9), createdAt: hoursAgo(2) }, hoursAgo(9).toISOString()],
    ['is when it was made, without that', { takenAt: undefined, createdAt: hoursAgo(2) }, hoursAgo(2).toISOString()],
    ['is empty without either', { takenAt: undefined, createdAt: undefined }, ''],
  ])('%s', (_, more, expected) => expect(sourceTime(snapshot('a', more))).toBe(expected));

  test('sorts snapshots, and those of one moment by their names', () => {
    const [late, early, also] = [snapshot('a', { takenAt: hoursAgo(1) }), snapshot('c'), snapshot('b')];
    expect(byTime([late, early, also]).map(({ name }) => name)).toEqual(['b', 'c', 'a']);
    expect(world(late, early, also).sources.map(({ name }) => name)).toEqual(['b', 'c', 'a']);
  });
});

describe('a refusal of the export key', () => {
  const refused = held('checkvalve-key-not-accessible', { at: NOW, alertedAt: hoursAgo(1) });
  test.each([
    ['closes the key for all', backup('1', { tags: refused }), true],
    [
      'is asked again when it is due',
      backup('1', { tags: held('checkvalve-key-not-accessible', { at: hoursAgo(999) }) }),
      false,
    ],
    ['on a copy is of the vault’s key', copyOf('1', { tags: refused }), false],
    ['is not any other refusal', backup('1', { tags: held('copy-refused', { at: NOW }) }), false],
  ])('%s', (_, one, shut) => expect(world(one).keyIsShut).toBe(shut));

  test('is told on the snapshot that was refused, and holds the others back in silence', () => {
    const one = backup('1', { tags: held('checkvalve-key-not-accessible', { at: NOW }) });
    const { actions, passed } = plan(facts([one, backup('2', { of: 'ledger' })]));
    expect(passed.map(({ because }) => because)).toEqual([
      'checkvalve-key-not-accessible',
      'checkvalve-key-not-accessible',
    ]);
    expect(actions).toEqual([{ do: 'hold', snapshot: one, code: 'checkvalve-key-not-accessible' }]);
  });
});

test('a person has heard of a database within a day, and not before', () => {
  const [fresh, old] = [
    held('copy-refused', { alertedAt: hoursAgo(1) }),
    held('copy-refused', { alertedAt: hoursAgo(48) }),
  ];
  const seen = world(backup('1', { tags: fresh }), backup('2', { of: 'ledger', tags: old }), backup('3', { of: 'x' }));
  expect([...seen.heard]).toEqual([`${STEM}:db:orders`]);
});

describe('copies that the vault has taken', () => {
  const [older, newer] = [copyOf('1', { takenAt: hoursAgo(9), tags: taken }), copyOf('2', { tags: taken })];
  const retired = (...snapshots: readonly Snapshot[]) =>
    retirements(world(...snapshots)).map((action) => (action.do === 'retire' ? action.copy.name : action.do));

  test('of an instance all but the newest go, and their places are free', () => {
    const seen = world(older, newer, backup('1'));
    expect(retirements(seen)).toEqual([
      { do: 'retire', copy: older, source: backup('1'), copiedAt: taken[TAGS.copiedAt] },
    ]);
    expect(seen.room.instance).toEqual({ ours: 24, all: 99 });
  });

  test('of a cluster each goes', () => {
    const cluster = copyOf('3', { kind: 'cluster', of: 'ledger', tags: taken });
    expect(retired(cluster)).toEqual([cluster.name]);
  });

  test('one that is not taken, or not available, stays', () => {
    expect(retired(older, copyOf('2'), copyOf('3', { status: 'creating' }))).toEqual([]);
  });

  test('one that went bad goes, even as the newest', () => {
    const bad = copyOf('2', { status: 'failed', tags: taken });
    expect(retired(older, bad)).toEqual([bad.name]);
  });

  test.each([
    ['our part of the quota', { manualSnapshotQuota: 4 }, []],
    ['the quota', { manualSnapshotQuota: 100 }, Array.from({ length: 99 }, (_, at) => snapshot(`team-${at}`))],
  ])('the newest goes too when its place is needed: %s is used up', (_, limit, team) => {
    const limits = { ...DEFAULT_LIMITS, ...limit };
    expect(retirements(survey(facts([newer, ...team], { limits })))).toHaveLength(1);
    expect(
      retirements(survey(facts([newer, ...team.slice(1)], { limits: { ...limits, manualSnapshotQuota: 108 } }))),
    ).toEqual([]);
  });

  test('the newest stays while one place is left', () => {
    expect(retirements(survey(facts([newer], { limits: { ...DEFAULT_LIMITS, manualSnapshotQuota: 8 } })))).toEqual([]);
    const crowd = Array.from({ length: 98 }, (_, at) => snapshot(`team-${at}`));
    expect(retirements(survey(facts([newer, ...crowd])))).toEqual([]);
  });
});

describe('failed copies', () => {
  const failed = copyOf('1', { status: 'failed' });
  test.each([
    ['stay while nothing stands in their place', [failed, backup('1')], []],
    ['go when a later attempt stands in their place', [failed, copyOf('1', { attempt: 2 }), backup('1')], ['clear']],
    ['go when the snapshot was taken', [failed, backup('1', { tags: taken })], ['clear']],
    ['stay, and are noted, when the snapshot is gone', [failed], ['note-deleted']],
    ['go, and are not told of, when a good copy is left', [failed, copyOf('1', { attempt: 2 })], ['clear']],
    [
      'go, and are not told of, when the snapshot stands under another key',
      [failed, backup('1', { tags: { [RECOVERY_POINT_TAGS.exportKey]: 'other' } })],
      ['clear'],
    ],
  ])('%s', (_, snapshots, expected) => {
    expect(clearances(world(...snapshots)).map(({ do: what }) => what)).toEqual(expected);
  });
});

describe('a copy that the vault was refused', () => {
  const told = hoursAgo(2);
  const refusal = held('copy-refused', { count: 2, at: NOW, alertedAt: told });
  const one = copyOf('1', { takenAt: hoursAgo(9), tags: refusal });
  const other = copyOf('2');

  test('gives way: its place is free, and it is tried again a day later', () => {
    const seen = world(one, other, backup('1', { takenAt: hoursAgo(9) }));
    const source = seen.sources[0];
    expect(giveWay(backup('3'), seen)).toEqual({
      do: 'give-way',
      copy: one,
      source,
      hold: { code: 'copy-refused', count: 8, at: NOW, alertedAt: told },
      successors: [],
    });
    expect(seen.notImported.get(one.database)).toBe(1);
    expect(seen.room.instance).toEqual({ ours: 24, all: 99 });
  });

  test('keeps its own count when that is higher', () => {
    const often = copyOf('1', { tags: held('copy-refused', { count: 11, at: NOW }) });
    expect(giveWay(backup('3'), world(often, backup('1')))).toMatchObject({ hold: { count: 11 } });
  });

  test.each([
    ['its snapshot is gone', [one]],
    ['its snapshot is not available', [one, backup('1', { status: 'creating' })]],
    ['it is not available itself', [copyOf('1', { status: 'creating', tags: refusal }), backup('1')]],
    ['the vault has taken it since', [copyOf('1', { tags: { ...refusal, ...taken } }), backup('1')]],
    ['the vault spoke of all copies', [copyOf('1', { tags: held('quota-full', { at: NOW }) }), backup('1')]],
    [
      'the vault may be copying it now',
      [copyOf('1', { tags: held('copy-refused', { at: hoursAgo(900) }) }), backup('1')],
    ],
    ['the vault was not refused it', [other, backup('2')]],
    ['it is of another database', [copyOf('1', { of: 'ledger', tags: refusal }), backup('1', { of: 'ledger' })]],
  ])('stays when %s', (_, snapshots) => {
    expect(giveWay(backup('3'), world(...snapshots))).toBeUndefined();
  });

  test('the copies that are left remember that a person has heard, where they do not know it', () => {
    const knows = copyOf('2', { tags: held('copy-refused', { alertedAt: hoursAgo(1) }) });
    const same = copyOf('3', { tags: held('copy-refused', { alertedAt: told }) });
    const earlier = copyOf('4', { tags: held('copy-refused', { alertedAt: hoursAgo(30) }) });
    const never = copyOf('5', { tags: held('copy-refused') });
    const gone = copyOf('6', { tags: { ...held('copy-refused'), ...taken } });
    const seen = world(one, knows, same, earlier, never, gone, other, backup('1'));
    const action = giveWay(backup('7'), seen);
    const successors = action?.do === 'give-way' ? action.successors : [];
    expect(successors.map(({ copy, hold }) => [copy.name, hold.alertedAt])).toEqual([
      [earlier.name, told],
      [never.name, told],
    ]);
    const silent = copyOf('1', { tags: held('copy-refused', { at: NOW }) });
    expect(giveWay(backup('7'), world(silent, never, backup('1')))).toMatchObject({ successors: [] });
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
    // The failed ones before are deleted by then.
    expect(why([backup('1'), ...failures(3).slice(2)])).toEqual(['failed-too-often']);
  });

  test('a refusal is not repeated before it is due, and a snapshot of an unknown status waits for a person', () => {
    expect(why([backup('1', { tags: held('copy-refused', { at: NOW }) })])).toEqual(['copy-refused']);
    expect(done([backup('1', { tags: held('copy-refused', { at: hoursAgo(30) }) })])).toContain('copy');
    expect(why([backup('1', { status: 'thinking' })])).toEqual(['unknown-status']);
    expect(why([backup('1', { status: 'creating' })])).toEqual(['not available yet']);
  });

  test('with one place left in the quota one copy is made, and with none no copy', () => {
    const team = (count: number) => Array.from({ length: count }, (_, at) => snapshot(`team-${at}`));
    const two = [backup('1'), backup('2', { of: 'ledger' })];
    const refused = (count: number) => why([...two, ...team(count)]).filter((because) => because === 'quota-full');
    expect([98, 99, 100].map((count) => refused(count).length)).toEqual([0, 1, 2]);
  });

  test('it looks again while a copy is being made or a snapshot is not ready, and not for what is late', () => {
    const again = (...snapshots: readonly Snapshot[]) => plan(facts(snapshots)).lookAgain !== undefined;
    expect(again(backup('1'))).toBe(true);
    expect(again(backup('1', { status: 'creating' }))).toBe(true);
    expect(again(copyOf('1', { status: 'creating', tags: { [TAGS.startedAt]: NOW.toISOString() } }))).toBe(true);
    expect(again(copyOf('1', { status: 'creating', createdAt: hoursAgo(50) }))).toBe(false);
    expect(again(copyOf('1'), backup('1'))).toBe(false);
    expect(again()).toBe(false);
  });

  test('an untagged snapshot of a production database is told by the run whose event names it, and no other', () => {
    const missingTag = snapshot('awsbackup:job-9', { type: 'awsbackup', tags: { environment: 'production' } });
    const other = snapshot('awsbackup:job-8', { type: 'awsbackup' });
    expect(done([missingTag], { told: new Set([missingTag.name]) })).toEqual(['tell']);
    expect(done([missingTag])).toEqual([]);
    expect(done([other], { told: new Set([other.name]) })).toEqual([]);
  });

  test.each([
    ['an earlier copy of its database is in flight', [copyOf('2', { status: 'creating' })], {}],
    ['two copies wait for the vault', [copyOf('2'), copyOf('3')], {}],
    ['no slot is free', [], { limits: { ...DEFAULT_LIMITS, maxInstanceCopiesInFlight: 0 } }],
    ['our part of the quota is used up', [], { limits: { ...DEFAULT_LIMITS, manualSnapshotQuota: 3 } }],
  ])('a snapshot that waits too long because %s is overdue', (_, copies, more) => {
    const codes = (hours: number) => {
      const late = backup('1', { createdAt: hoursAgo(hours), takenAt: hoursAgo(hours) });
      return plan(facts([late, ...copies], more)).actions.flatMap((one) => (one.do === 'hold' ? [one.code] : []));
    };
    expect(codes(50)).toEqual(['overdue']);
    expect(codes(1)).toEqual([]);
  });
});
