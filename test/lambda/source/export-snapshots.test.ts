import * as fc from 'fast-check';
import { DEFAULT_LIMITS } from '../../../lambda/_kit/copies';
import { plan } from '../../../lambda/source/export-snapshots/plan';
import { keyIdOf, snapshotParts } from '../../../src/contract/ids';
import { RECOVERY_POINT_TAGS, TAGS } from '../../../src/contract/names';
import { DATABASE_TAG, database, exportKeyOf, Pipeline, SOURCE, VAULT } from '../../support/pipeline';

const ORDERS = database(SOURCE, 'db', 'orders');
const LEDGER = database(SOURCE, 'cluster', 'ledger');
const FACTS = {
  exportKey: exportKeyOf(SOURCE),
  vaultAccount: VAULT,
  databaseTag: DATABASE_TAG,
  limits: DEFAULT_LIMITS,
  told: new Set<string>(),
  memory: new Map(),
};
const copies = (pipeline: Pipeline) => pipeline.rds.all(SOURCE).filter(({ type }) => type === 'manual');
const reasons = (pipeline: Pipeline) => {
  const memory = pipeline.rds.remembered(SOURCE);
  const facts = { ...FACTS, memory, snapshots: pipeline.rds.all(SOURCE), now: pipeline.rds.time };
  return plan(facts).passed.map(({ because }) => because);
};

test.each([
  ['instance', ORDERS],
  ['cluster', LEDGER],
] as const)('a snapshot of an %s is copied under the export key, with its story in tags', async (kind, of) => {
  const pipeline = new Pipeline();
  const snapshot = pipeline.backUp(of);
  await pipeline.export();
  const [copy, ...more] = copies(pipeline);
  expect(more).toEqual([]);
  expect(copy).toMatchObject({ kind, kmsKeyArn: exportKeyOf(SOURCE), status: 'creating', database: of.arn });
  expect(Object.fromEntries(copy?.tags ?? [])).toEqual({
    [TAGS.role]: 'export',
    [TAGS.database]: of.arn,
    [TAGS.snapshot]: snapshot.arn,
    [TAGS.sourceTime]: '2026-01-01T00:00:00.000Z',
    [TAGS.startedAt]: '2026-01-01T00:00:00.000Z',
    [TAGS.plan]: 'daily',
    [TAGS.resourceId]: snapshot.resourceId,
  });
});

test('a copy is shared with the vault alone, announced once, and only when it is available', async () => {
  const pipeline = new Pipeline();
  pipeline.backUp(ORDERS);
  await pipeline.export();
  await pipeline.export();
  expect(pipeline.notifications.said).toEqual([]);
  pipeline.rds.advance(30);
  await pipeline.export();
  await pipeline.export();
  const [copy] = copies(pipeline);
  expect(pipeline.notifications.said).toEqual([copy?.arn]);
  expect(copy && pipeline.rds.sharedWith(copy.arn)).toEqual([VAULT]);
});

test('16: events doubled or late change nothing: one copy, whatever woke the step', async () => {
  const pipeline = new Pipeline();
  pipeline.backUp(ORDERS);
  await Promise.all([pipeline.export(), pipeline.export()]);
  await pipeline.export();
  expect(copies(pipeline)).toHaveLength(1);
});

test.each([
  ['of another tooling', { [RECOVERY_POINT_TAGS.exportKey]: 'another-key' }, 'not tagged for this export key'],
  ['without our tag', { [RECOVERY_POINT_TAGS.exportKey]: '' }, 'of no production database'],
])('a snapshot %s stays, with the reason', async (_, tags, reason) => {
  const pipeline = new Pipeline();
  pipeline.backUp(ORDERS, tags);
  expect(reasons(pipeline)).toEqual([reason]);
  await pipeline.export();
  expect(copies(pipeline)).toEqual([]);
});

test("a team's own manual snapshot is left alone, also one that is named like ours", async () => {
  const pipeline = new Pipeline();
  const made = pipeline.backUp(ORDERS);
  const arn = made.arn.replace('awsbackup:job-', 'checkvalve-') as typeof made.arn;
  pipeline.rds.plant({ ...made, arn, name: snapshotParts(arn).name, type: 'manual' });
  pipeline.rds.change(made.arn, undefined);
  await pipeline.export();
  expect(pipeline.rds.all(SOURCE).map((snapshot) => snapshot.arn)).toEqual([arn]);
  expect(reasons(pipeline)).toEqual(['not made by AWS Backup']);
});

test('one copy of a database at a time, the oldest first; others do not wait for it', async () => {
  const pipeline = new Pipeline();
  const first = pipeline.backUp(ORDERS);
  pipeline.rds.advance(60);
  const second = pipeline.backUp(ORDERS);
  pipeline.backUp(LEDGER);
  await pipeline.export();
  expect(copies(pipeline).map(({ tags }) => tags.get(TAGS.snapshot))).toContain(first.arn);
  expect(copies(pipeline).map(({ tags }) => tags.get(TAGS.snapshot))).not.toContain(second.arn);
  expect(copies(pipeline)).toHaveLength(2);
});

test('after a re-enrollment, copies of the tooling before are retired, and its snapshots are not ours to mark', async () => {
  const pipeline = new Pipeline();
  const former = pipeline.backUp(LEDGER);
  await pipeline.export();
  pipeline.rds.advance(30);
  const [copy] = copies(pipeline);
  if (!copy) throw new Error('no copy');
  pipeline.rds.change(former.arn, { tags: new Map([[RECOVERY_POINT_TAGS.exportKey, 'a-former-key']]) });
  pipeline.rds.change(copy.arn, {
    tags: new Map([...copy.tags, [TAGS.takenAt, '2026-01-01T01:00:00.000Z']]),
  });
  const marked: string[] = [];
  pipeline.rds.beforeCall = ({ name }) => void (name === 'tag' && marked.push(name));
  await pipeline.export();
  expect(copies(pipeline)).toEqual([]);
  expect(marked).toEqual([]);
  await pipeline.export();
  expect(copies(pipeline)).toEqual([]);
});

test('never more copies in flight than RDS allows, instances and clusters told apart', async () => {
  const pipeline = new Pipeline({
    maxInstanceCopiesInFlight: 3,
    maxClusterCopiesInFlight: 2,
    manualSnapshotQuota: 100,
  });
  for (let at = 0; at < 6; at += 1) {
    pipeline.backUp(database(SOURCE, 'db', `d${at}`));
    pipeline.backUp(database(SOURCE, 'cluster', `c${at}`));
  }
  await pipeline.export();
  expect(copies(pipeline).filter(({ kind }) => kind === 'instance')).toHaveLength(3);
  expect(copies(pipeline).filter(({ kind }) => kind === 'cluster')).toHaveLength(2);
  expect(pipeline.rds.calls.get('copy')).toBe(5);
});

test('a failed copy is tried again under the next name, three times, and then a person must look', async () => {
  const pipeline = new Pipeline();
  pipeline.backUp(ORDERS);
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    await pipeline.export();
    for (const copy of copies(pipeline)) pipeline.rds.change(copy.arn, { status: 'failed' });
  }
  expect(copies(pipeline).map(({ name }) => /-[0-9a-f]{16}(-\d)?$/.exec(name)?.[1] ?? '')).toEqual(['-3']);
  expect(pipeline.rds.calls.get('copy')).toBe(3);
  expect(reasons(pipeline)).toEqual(['failed-too-often']);
  const told = pipeline.logged.filter(({ event }) => event === 'database.not-crossing');
  expect(told.map(({ fields }) => fields?.verdict)).toEqual(['failed-too-often']);
});

test('one failing call does not stop the other databases, and the run still counts as failed', async () => {
  const pipeline = new Pipeline();
  pipeline.backUp(ORDERS);
  pipeline.backUp(database(SOURCE, 'db', 'stock'));
  let first = true;
  pipeline.rds.beforeCall = ({ name }) => {
    if (name !== 'copy' || !first) return;
    first = false;
    throw new Error('InternalFailure');
  };
  await expect(pipeline.export()).rejects.toMatchObject({ code: 'STEP_FAILED' });
  expect(copies(pipeline)).toHaveLength(1);
});

test.each([
  ['clusters at once', LEDGER, 0],
  ['the newest of an instance stays, for the next copy to be incremental', ORDERS, 1],
] as const)('a taken export copy goes: %s', async (_, of, left) => {
  const pipeline = new Pipeline();
  pipeline.backUp(of);
  for (let round = 0; round < 8; round += 1) await pipeline.round();
  expect(pipeline.vaultCopies()).toHaveLength(1);
  expect(copies(pipeline)).toHaveLength(left);
  pipeline.backUp(of);
  for (let round = 0; round < 8; round += 1) await pipeline.round();
  expect(pipeline.vaultCopies()).toHaveLength(2);
  expect(copies(pipeline)).toHaveLength(left);
});

test('a snapshot that becomes available after a younger one has crossed still crosses, and nothing crosses twice', async () => {
  const pipeline = new Pipeline();
  const late = pipeline.backUp(ORDERS);
  pipeline.rds.change(late.arn, { status: 'creating' });
  pipeline.rds.advance(60);
  pipeline.backUp(ORDERS);
  for (let round = 0; round < 8; round += 1) await pipeline.round();
  pipeline.rds.change(late.arn, { status: 'available' });
  for (let round = 0; round < 16; round += 1) await pipeline.round();
  expect(pipeline.vaultCopies()).toHaveLength(2);
  expect(pipeline.notifications.said).toHaveLength(2);
});

const MULTI_AZ = { ...database(SOURCE, 'cluster', 'ha-shop'), engine: 'postgres' };
const CUSTOM = { ...database(SOURCE, 'db', 'custom'), engine: 'custom-oracle-ee' };
const PLAIN = { ...LEDGER, key: undefined };

test.each([
  ['9: a Multi-AZ DB cluster', MULTI_AZ, 'multi-az-cluster'],
  ['RDS Custom', CUSTOM, 'rds-custom'],
  ['29: a cluster that is not encrypted', PLAIN, 'unencrypted-cluster'],
])('%s is a verdict: no copy, no retry, one alert for each day', async (_, of, verdict) => {
  const pipeline = new Pipeline();
  pipeline.backUp(of);
  pipeline.backUp(of);
  const told = () => pipeline.logged.filter(({ fields }) => fields?.verdict === verdict).length;
  for (let run = 0; run < 10; run += 1) {
    await pipeline.export();
    pipeline.rds.advance(60);
  }
  expect(told()).toBe(1);
  pipeline.rds.advance(24 * 60);
  await pipeline.export();
  await pipeline.export();
  expect(told()).toBe(2);
  expect(pipeline.rds.calls.get('copy')).toBeUndefined();
  expect(reasons(pipeline)).toEqual([verdict, verdict]);
});

test('28: an unencrypted instance is no such verdict: the copy is encrypted', async () => {
  const pipeline = new Pipeline();
  pipeline.backUp({ ...ORDERS, key: undefined });
  await pipeline.export();
  expect(copies(pipeline)).toMatchObject([{ encrypted: true, kmsKeyArn: exportKeyOf(SOURCE) }]);
});

test('37: a copy that RDS refuses to share, as with TDE, is deleted, and the snapshot is not copied again', async () => {
  const pipeline = new Pipeline();
  pipeline.rds.unshareable.add(ORDERS.arn);
  pipeline.backUp(ORDERS);
  pipeline.backUp(LEDGER);
  for (let round = 0; round < 8; round += 1) await pipeline.round();
  expect(copies(pipeline)).toEqual([]);
  expect(reasons(pipeline)).toContain('unshareable');
  expect(pipeline.vaultCopies().map(({ database: of }) => of)).toEqual([LEDGER.arn]);
  expect(pipeline.rds.calls.get('copy')).toBe(3);
});

const toldOf = ({ logged }: Pipeline) =>
  logged.filter(({ event }) => event === 'database.not-crossing').map(({ fields }) => fields?.verdict);

/** An export copy that is made, and how RDS answers the order to share it. */
async function refusedShares(kind: 'wait' | 'full', rounds: number) {
  const pipeline = new Pipeline();
  pipeline.backUp(ORDERS);
  pipeline.rds.shareAnswer = { kind, because: 'not now' };
  for (let round = 0; round < rounds; round += 1) await pipeline.round();
  return pipeline;
}

test.each([
  ['a copy that RDS cannot share in its state yet', 'wait', 3, []],
  ['a copy that RDS has refused to share three times', 'wait', 4, ['share-refused']],
  ['a copy whose share list others have filled', 'full', 12, ['share-list-full']],
] as const)('%s stays, fails no run, and is shared as soon as it can be', async (_, kind, rounds, told) => {
  const pipeline = await refusedShares(kind, rounds);
  expect(copies(pipeline)).toHaveLength(1);
  expect(toldOf(pipeline)).toEqual(told);
  pipeline.rds.shareAnswer = undefined;
  for (let round = 0; round < 4; round += 1) await pipeline.round();
  expect(pipeline.vaultCopies().map(({ database: of }) => of)).toEqual([ORDERS.arn]);
});

test('a copy that is shared with twenty accounts already fails no run', async () => {
  const pipeline = new Pipeline();
  pipeline.backUp(ORDERS);
  await pipeline.export();
  const [copy] = copies(pipeline);
  for (let at = 0; at < 20; at += 1) pipeline.rds.addShare(copy?.arn ?? ('' as never), String(222200005000 + at));
  for (let round = 0; round < 8; round += 1) await pipeline.round();
  expect(toldOf(pipeline)).toEqual(['share-list-full']);
});

test('a key that is switched off for a day is asked ever more rarely, others go on, and in the end all crosses', async () => {
  const pipeline = new Pipeline();
  if (ORDERS.key) pipeline.rds.disabledKeys.add(ORDERS.key);
  pipeline.backUp(ORDERS);
  pipeline.backUp({ ...database(SOURCE, 'db', 'stock'), key: exportKeyOf(SOURCE) });
  for (let run = 0; run < 24 * 12; run += 1) {
    await pipeline.export();
    await pipeline.import();
    pipeline.rds.advance(5);
  }
  expect(pipeline.vaultCopies()).toHaveLength(1);
  expect(pipeline.rds.calls.get('copy')).toBeLessThan(14);
  pipeline.rds.disabledKeys.clear();
  for (let round = 0; round < 120; round += 1) await pipeline.round();
  expect(pipeline.vaultCopies()).toHaveLength(2);
});

test.each([
  ['1: instance', ORDERS],
  ['3: cluster', LEDGER],
] as const)(
  '%s: the copy is ordered once, from the full name of AWS Backup’s snapshot, under the export key',
  (_, of) => {
    const pipeline = new Pipeline();
    const { arn, kind } = pipeline.backUp(of);
    const { actions } = plan({ ...FACTS, snapshots: pipeline.rds.all(SOURCE), now: pipeline.rds.time });
    expect(actions).toMatchObject([
      { do: 'copy', order: { source: arn, kind, key: exportKeyOf(SOURCE) }, dropped: [] },
    ]);
    expect(arn).toMatch(kind === 'cluster' ? /:cluster-snapshot:awsbackup:job-/ : /:snapshot:awsbackup:job-/);
    const [copy] = actions.flatMap((action) => (action.do === 'copy' ? [action.order] : []));
    expect(copy?.name).toMatch(/^[A-Za-z](-?[A-Za-z0-9])*$/);
  },
);

const AUTOMATED = 'rds:orders-2026-03-29-01-00';

test.each([
  ['with our tag on it is copied', { encryption_key: keyIdOf(exportKeyOf(SOURCE)) }, 1, undefined],
  ['without it is left alone', { [DATABASE_TAG.key]: DATABASE_TAG.value }, 0, 'not made by AWS Backup'],
  ['with another tooling’s tag is left alone', { encryption_key: 'another' }, 0, 'not tagged for this export key'],
])('6: an automated snapshot of RDS %s, and it is never shared itself', async (_, tags, expected, reason) => {
  const pipeline = new Pipeline();
  const made = pipeline.backUp(ORDERS);
  const arn = made.arn.replace(/awsbackup:.*/, AUTOMATED) as typeof made.arn;
  pipeline.rds.change(made.arn, undefined);
  pipeline.rds.plant({ ...made, arn, name: AUTOMATED, type: 'automated', tags: new Map(Object.entries(tags)) });
  expect(reasons(pipeline)).toEqual(reason ? [reason] : []);
  for (let round = 0; round < 6; round += 1) await pipeline.round();
  expect(pipeline.vaultCopies()).toHaveLength(expected);
  expect(pipeline.rds.sharedWith(arn)).toEqual([]);
  expect(copies(pipeline).map(({ tags: of }) => of.get(TAGS.snapshot))).toEqual(expected ? [arn] : []);
});

test('19: a copy is waited for through every status, no run waits itself, and it is shared when available', async () => {
  const pipeline = new Pipeline();
  pipeline.backUp(ORDERS);
  await pipeline.export();
  for (const status of ['creating', 'pending', 'copying', 'creating', 'modifying']) {
    const [copy] = copies(pipeline);
    if (copy) pipeline.rds.change(copy.arn, { status });
    const before = pipeline.reminders;
    await pipeline.export();
    expect(pipeline.reminders).toBe(before + 1);
    expect(pipeline.notifications.said).toEqual([]);
  }
  for (const copy of copies(pipeline)) pipeline.rds.change(copy.arn, { status: 'available' });
  await pipeline.export();
  expect(pipeline.notifications.said).toHaveLength(1);
  expect(pipeline.rds.calls.get('copy')).toBe(1);
  expect(pipeline.logged.filter(({ event }) => event === 'database.not-crossing')).toEqual([]);
});

test.each([
  ['a cluster', LEDGER],
  ['an instance', ORDERS],
] as const)('22: an export copy of %s stays while the vault’s copy of it is being made', async (_, of) => {
  const pipeline = new Pipeline();
  pipeline.backUp({ ...of, copyMinutes: 30 });
  for (let round = 0; round < 3; round += 1) await pipeline.round(20);
  expect(pipeline.rds.all(VAULT)).toMatchObject([{ status: 'creating' }]);
  for (let run = 0; run < 5; run += 1) await pipeline.export();
  expect(copies(pipeline)).toHaveLength(1);
  expect(pipeline.rds.calls.get('remove')).toBeUndefined();
});

test('24: a snapshot under the key aws/rds is copied under the export key, and that copy is the one shared', async () => {
  const pipeline = new Pipeline();
  const made = pipeline.backUp(ORDERS);
  await pipeline.export();
  pipeline.rds.advance(30);
  await pipeline.export();
  const [copy] = copies(pipeline);
  expect([made.kmsKeyArn === copy?.kmsKeyArn, copy?.kmsKeyArn]).toEqual([false, exportKeyOf(SOURCE)]);
  expect(pipeline.rds.sharedWith(made.arn)).toEqual([]);
  expect(copy && pipeline.rds.sharedWith(copy.arn)).toEqual([VAULT]);
});

test('a status that nobody knows is left alone and told', async () => {
  const pipeline = new Pipeline();
  pipeline.rds.change(pipeline.backUp(ORDERS).arn, { status: 'frobnicating' });
  await pipeline.export();
  expect(pipeline.rds.calls.get('copy')).toBeUndefined();
  expect(reasons(pipeline)).toEqual(['unknown-status']);
});

test('21: a copy that has not finished after a day is stuck: an alert, and no second copy', async () => {
  const pipeline = new Pipeline();
  pipeline.backUp({ ...ORDERS, copyMinutes: 48 * 60 });
  for (let hour = 0; hour < 30; hour += 1) {
    await pipeline.export();
    pipeline.rds.advance(60);
  }
  expect(pipeline.rds.calls.get('copy')).toBe(1);
  expect(pipeline.logged.filter(({ fields }) => fields?.verdict === 'stuck')).toHaveLength(1);
});

test('while the vault is away, two copies of a database wait and no more, nor more than a quarter of the quota', async () => {
  const pipeline = new Pipeline({
    maxInstanceCopiesInFlight: 20,
    maxClusterCopiesInFlight: 5,
    manualSnapshotQuota: 20,
  });
  pipeline.rds.limitsOf.set(VAULT, {
    maxInstanceCopiesInFlight: 20,
    maxClusterCopiesInFlight: 5,
    manualSnapshotQuota: 100,
  });
  for (let day = 0; day < 5; day += 1) {
    for (const name of ['a', 'b', 'c', 'd']) pipeline.backUp(database(SOURCE, 'db', name));
    for (let run = 0; run < 4; run += 1) {
      await pipeline.export();
      pipeline.rds.advance(360);
      expect(copies(pipeline).length).toBeLessThanOrEqual(5);
    }
  }
  for (let round = 0; round < 100; round += 1) await pipeline.round();
  expect(pipeline.rds.all(VAULT)).toHaveLength(20);
});

test("the team's own snapshots fill the quota: a verdict, and nothing is asked of RDS", async () => {
  const pipeline = new Pipeline({ maxInstanceCopiesInFlight: 20, maxClusterCopiesInFlight: 5, manualSnapshotQuota: 4 });
  const made = pipeline.backUp(ORDERS);
  for (let at = 0; at < 4; at += 1) {
    const arn = made.arn.replace(/awsbackup:.*/, `own-${at}`) as typeof made.arn;
    pipeline.rds.plant({ ...made, arn, name: `own-${at}`, type: 'manual', tags: new Map() });
  }
  await pipeline.export();
  expect(reasons(pipeline)).toContain('quota-full');
  expect(pipeline.rds.calls.get('copy')).toBeUndefined();
});

test('names and plans do not depend on the order in which snapshots are listed', () => {
  const pipeline = new Pipeline();
  for (const name of ['a', 'b', 'c', 'd']) pipeline.backUp(database(SOURCE, 'db', name));
  const snapshots = pipeline.rds.all(SOURCE);
  const limits = { ...DEFAULT_LIMITS, maxInstanceCopiesInFlight: 2, maxClusterCopiesInFlight: 2 };
  const facts = { ...FACTS, limits, now: pipeline.rds.time };
  const expected = plan({ ...facts, snapshots }).actions;
  fc.assert(
    fc.property(fc.shuffledSubarray([...snapshots], { minLength: 4 }), (order) => {
      expect(plan({ ...facts, snapshots: order }).actions).toEqual(expected);
    }),
  );
});
