import * as fc from 'fast-check';
import { DEFAULT_LIMITS } from '../../../../lambda/_kit/copies';
import { plan } from '../../../../lambda/source/export-snapshots/plan';
import { keyIdOf, snapshotParts } from '../../../../src/contract/ids';
import { RECOVERY_POINT_TAGS, TAGS } from '../../../../src/contract/names';
import { holds } from '../../../support/holds';
import { DATABASE_TAG, database, exportKeyOf, Pipeline, SOURCE, VAULT } from '../../../support/pipeline';

const ORDERS = database(SOURCE, 'db', 'orders');
const LEDGER = database(SOURCE, 'cluster', 'ledger');
const FACTS = {
  exportKey: exportKeyOf(SOURCE),
  vaultAccount: VAULT,
  databaseTag: DATABASE_TAG,
  limits: DEFAULT_LIMITS,
  reported: new Set<string>(),
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
] as const)('a snapshot of an %s is copied under the export key, with its origin in tags', async (kind, of) => {
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

test('a copy is shared with the vault alone, with one notification, once it is available', async () => {
  const pipeline = new Pipeline();
  pipeline.backUp(ORDERS);
  await pipeline.export();
  await pipeline.export();
  expect(pipeline.notifications.sent).toEqual([]);
  pipeline.rds.advance(30);
  await pipeline.export();
  await pipeline.export();
  const [copy] = copies(pipeline);
  expect(pipeline.notifications.sent).toEqual([copy?.arn]);
  expect(copy && pipeline.rds.sharedWith(copy.arn)).toEqual([VAULT]);
});

// Case 16.
test('duplicate and late events cause one copy', async () => {
  const pipeline = new Pipeline();
  pipeline.backUp(ORDERS);
  await Promise.all([pipeline.export(), pipeline.export()]);
  await pipeline.export();
  expect(copies(pipeline)).toHaveLength(1);
});

test.each([
  ['with the tag of another tooling', { [RECOVERY_POINT_TAGS.exportKey]: 'another-key' }, 'tagged-for-another-key'],
  ['without the tag', { [RECOVERY_POINT_TAGS.exportKey]: '' }, 'not-a-production-database'],
])('a snapshot %s is not copied, with the reason', async (_, tags, reason) => {
  const pipeline = new Pipeline();
  pipeline.backUp(ORDERS, tags);
  expect(reasons(pipeline)).toEqual([reason]);
  await pipeline.export();
  expect(copies(pipeline)).toEqual([]);
});

test('a manual snapshot of a team is left as it is, also with a name like that of an export copy', async () => {
  const pipeline = new Pipeline();
  const made = pipeline.backUp(ORDERS);
  const arn = made.arn.replace('awsbackup:job-', 'checkvalve-') as typeof made.arn;
  pipeline.rds.plant({ ...made, arn, name: snapshotParts(arn).name, type: 'manual' });
  pipeline.rds.change(made.arn, undefined);
  await pipeline.export();
  expect(pipeline.rds.all(SOURCE).map((snapshot) => snapshot.arn)).toEqual([arn]);
  expect(reasons(pipeline)).toEqual(['not-of-aws-backup']);
});

test('one copy of a database is in flight at a time, the oldest first; other databases do not wait for it', async () => {
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

test('after a re-enrollment, copies of the earlier tooling are deleted, and its snapshots are not tagged', async () => {
  const pipeline = new Pipeline();
  const former = pipeline.backUp(LEDGER);
  await pipeline.export();
  pipeline.rds.advance(30);
  const [copy] = copies(pipeline);
  if (!copy) throw new Error('no copy');
  pipeline.rds.change(former.arn, { tags: new Map([[RECOVERY_POINT_TAGS.exportKey, 'a-former-key']]) });
  pipeline.rds.change(copy.arn, {
    tags: new Map([...copy.tags, [TAGS.importedAt, '2026-01-01T01:00:00.000Z']]),
  });
  const marked: string[] = [];
  pipeline.rds.beforeCall = ({ name }) => void (name === 'tag' && marked.push(name));
  await pipeline.export();
  expect(copies(pipeline)).toEqual([]);
  expect(marked).toEqual([]);
  await pipeline.export();
  expect(copies(pipeline)).toEqual([]);
});

test('at most as many copies as RDS allows are in flight, for instances and clusters each', async () => {
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

test('a failed copy is repeated under the next name, three times in all, and then an alert is logged', async () => {
  const pipeline = new Pipeline();
  pipeline.backUp(ORDERS);
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    await pipeline.export();
    for (const copy of copies(pipeline)) pipeline.rds.change(copy.arn, { status: 'failed' });
  }
  expect(copies(pipeline).map(({ name }) => /-[0-9a-f]{16}(-\d)?$/.exec(name)?.[1] ?? '')).toEqual(['-3']);
  expect(pipeline.rds.calls.get('copy')).toBe(3);
  expect(reasons(pipeline)).toEqual(['failed-too-often']);
  expect(pipeline.verdicts).toEqual(['failed-too-often']);
});

test('a failed call does not stop the copies of other databases, and the run counts as failed', async () => {
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
  ['a cluster’s at once', LEDGER, 0],
  ['an instance’s but for the newest, so that the next copy is incremental', ORDERS, 1],
] as const)('an imported export copy is deleted: %s', async (_, of, left) => {
  const pipeline = new Pipeline();
  pipeline.backUp(of);
  await pipeline.rounds(8);
  expect(pipeline.vaultCopies()).toHaveLength(1);
  expect(copies(pipeline)).toHaveLength(left);
  pipeline.backUp(of);
  await pipeline.rounds(8);
  expect(pipeline.vaultCopies()).toHaveLength(2);
  expect(copies(pipeline)).toHaveLength(left);
});

test('a snapshot that becomes available after a younger one was copied to the vault is copied, too, and none twice', async () => {
  const pipeline = new Pipeline();
  const late = pipeline.backUp(ORDERS);
  pipeline.rds.change(late.arn, { status: 'creating' });
  pipeline.rds.advance(60);
  pipeline.backUp(ORDERS);
  await pipeline.rounds(8);
  pipeline.rds.change(late.arn, { status: 'available' });
  await pipeline.rounds(16);
  expect(pipeline.vaultCopies()).toHaveLength(2);
  expect(pipeline.notifications.sent).toHaveLength(2);
});

const MULTI_AZ = { ...database(SOURCE, 'cluster', 'ha-shop'), engine: 'postgres' };
const CUSTOM = { ...database(SOURCE, 'db', 'custom'), engine: 'custom-oracle-ee' };
const PLAIN = { ...LEDGER, key: undefined };

test.each([
  // Case 9.
  ['a Multi-AZ DB cluster', MULTI_AZ, 'multi-az-cluster'],
  ['RDS Custom', CUSTOM, 'rds-custom'],
  // Case 29.
  ['a cluster that is not encrypted', PLAIN, 'unencrypted-cluster'],
])('%s is not copied: no retry, and one alert a day', async (_, of, verdict) => {
  const pipeline = new Pipeline();
  pipeline.backUp(of);
  pipeline.backUp(of);
  const alerts = () => pipeline.logged.filter(({ fields }) => fields?.verdict === verdict).length;
  for (let run = 0; run < 10; run += 1) {
    await pipeline.export();
    pipeline.rds.advance(60);
  }
  expect(alerts()).toBe(1);
  pipeline.rds.advance(24 * 60);
  await pipeline.export();
  await pipeline.export();
  expect(alerts()).toBe(2);
  expect(pipeline.rds.calls.get('copy')).toBeUndefined();
  expect(reasons(pipeline)).toEqual([verdict, verdict]);
});

// Case 28.
test('an unencrypted instance is copied, and the copy is encrypted', async () => {
  const pipeline = new Pipeline();
  pipeline.backUp({ ...ORDERS, key: undefined });
  await pipeline.export();
  expect(copies(pipeline)).toMatchObject([{ encrypted: true, kmsKeyArn: exportKeyOf(SOURCE) }]);
});

// Case 37.
test('a copy that RDS refuses to share, as with TDE, is deleted, and its snapshot is not copied again', async () => {
  const pipeline = new Pipeline();
  pipeline.rds.unshareable.add(ORDERS.arn);
  pipeline.backUp(ORDERS);
  pipeline.backUp(LEDGER);
  await pipeline.rounds(8);
  expect(copies(pipeline)).toEqual([]);
  expect(reasons(pipeline)).toContain('unshareable');
  expect(pipeline.vaultCopies().map(({ database: of }) => of)).toEqual([LEDGER.arn]);
  expect(pipeline.rds.calls.get('copy')).toBe(3);
});

/** Runs in which RDS refuses to share the export copy. */
async function refusedShares(kind: 'wait' | 'full', rounds: number) {
  const pipeline = new Pipeline();
  pipeline.backUp(ORDERS);
  pipeline.rds.shareAnswer = { kind, because: 'not now' };
  await pipeline.rounds(rounds);
  return pipeline;
}

test.each([
  ['a copy that RDS cannot share in its state yet', 'wait', 3, []],
  ['a copy that RDS has refused to share three times', 'wait', 4, ['share-refused']],
  ['a copy whose share list is full', 'full', 12, ['share-list-full']],
] as const)('%s stays, fails no run, and is shared when RDS accepts it', async (_, kind, rounds, verdicts) => {
  const pipeline = await refusedShares(kind, rounds);
  expect(copies(pipeline)).toHaveLength(1);
  expect(pipeline.verdicts).toEqual(verdicts);
  pipeline.rds.shareAnswer = undefined;
  await pipeline.rounds(4);
  expect(pipeline.vaultCopies().map(({ database: of }) => of)).toEqual([ORDERS.arn]);
});

test('a copy that is shared with 20 other accounts fails no run', async () => {
  const pipeline = new Pipeline();
  pipeline.backUp(ORDERS);
  await pipeline.export();
  const [copy] = copies(pipeline);
  for (let at = 0; at < 20; at += 1) pipeline.rds.addShare(copy?.arn ?? ('' as never), String(222200005000 + at));
  await pipeline.rounds(8);
  expect(pipeline.verdicts).toEqual(['share-list-full']);
});

test('a disabled key is tried with growing delays, other databases are copied, and after it is enabled all are', async () => {
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
  await pipeline.rounds(120);
  expect(pipeline.vaultCopies()).toHaveLength(2);
});

test.each([
  // Case 1.
  ['instance', ORDERS],
  // Case 3.
  ['cluster', LEDGER],
] as const)(
  'of an %s, the copy is ordered once, from the ARN of AWS Backup’s snapshot, under the export key',
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

// Case 6.
test.each([
  ['with the tag is copied', { encryption_key: keyIdOf(exportKeyOf(SOURCE)) }, 1, undefined],
  ['without the tag is left as it is', { [DATABASE_TAG.key]: DATABASE_TAG.value }, 0, 'not-of-aws-backup'],
  ['with the tag of another tooling is left as it is', { encryption_key: 'another' }, 0, 'tagged-for-another-key'],
])('an automated snapshot of RDS %s, and is never shared itself', async (_, tags, expected, reason) => {
  const pipeline = new Pipeline();
  const made = pipeline.backUp(ORDERS);
  const arn = made.arn.replace(/awsbackup:.*/, AUTOMATED) as typeof made.arn;
  pipeline.rds.change(made.arn, undefined);
  pipeline.rds.plant({ ...made, arn, name: AUTOMATED, type: 'automated', tags: new Map(Object.entries(tags)) });
  expect(reasons(pipeline)).toEqual(reason ? [reason] : []);
  await pipeline.rounds(6);
  expect(pipeline.vaultCopies()).toHaveLength(expected);
  expect(pipeline.rds.sharedWith(arn)).toEqual([]);
  expect(copies(pipeline).map(({ tags: of }) => of.get(TAGS.snapshot))).toEqual(expected ? [arn] : []);
});

// Case 19.
test('a copy of a cluster is shared once it is available; until then each run asks for a wakeup, and none waits', async () => {
  const pipeline = new Pipeline();
  pipeline.backUp(database(SOURCE, 'cluster', 'ledger'));
  await pipeline.export();
  for (const status of ['creating', 'pending', 'copying', 'creating', 'modifying']) {
    const [copy] = copies(pipeline);
    if (copy) pipeline.rds.change(copy.arn, { status });
    const before = pipeline.reminders;
    await pipeline.export();
    expect(pipeline.reminders).toBe(before + 1);
    expect(pipeline.notifications.sent).toEqual([]);
  }
  for (const copy of copies(pipeline)) pipeline.rds.change(copy.arn, { status: 'available' });
  await pipeline.export();
  expect(pipeline.notifications.sent).toHaveLength(1);
  expect(pipeline.rds.calls.get('copy')).toBe(1);
  expect(pipeline.verdicts).toEqual([]);
});

// Case 22.
test.each([
  ['a cluster', LEDGER],
  ['an instance', ORDERS],
] as const)('an export copy of %s stays while the vault’s import is in flight', async (_, of) => {
  const pipeline = new Pipeline();
  pipeline.backUp({ ...of, copyMinutes: 30 });
  await pipeline.rounds(3, 20);
  expect(pipeline.rds.all(VAULT)).toMatchObject([{ status: 'creating' }]);
  for (let run = 0; run < 5; run += 1) await pipeline.export();
  expect(copies(pipeline)).toHaveLength(1);
  expect(pipeline.rds.calls.get('remove')).toBeUndefined();
});

// Case 24.
test('a snapshot under the key aws/rds is copied under the export key, and only that copy is shared', async () => {
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

test('a snapshot of an unknown status is left as it is, with an alert', async () => {
  const pipeline = new Pipeline();
  pipeline.rds.change(pipeline.backUp(ORDERS).arn, { status: 'frobnicating' });
  await pipeline.export();
  expect(pipeline.rds.calls.get('copy')).toBeUndefined();
  expect(reasons(pipeline)).toEqual(['unknown-status']);
});

// Case 21.
test('a copy that is not complete after a day is stuck: one alert, and no second copy', async () => {
  const pipeline = new Pipeline();
  pipeline.backUp({ ...ORDERS, copyMinutes: 48 * 60 });
  for (let hour = 0; hour < 30; hour += 1) {
    await pipeline.export();
    pipeline.rds.advance(60);
  }
  expect(pipeline.rds.calls.get('copy')).toBe(1);
  expect(pipeline.logged.filter(({ fields }) => fields?.verdict === 'stuck')).toHaveLength(1);
});

test('while the vault is down, at most two copies of a database wait, and at most a quarter of the quota', async () => {
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
  await pipeline.rounds(100);
  expect(pipeline.rds.all(VAULT)).toHaveLength(20);
});

test('a quota that is full of manual snapshots is an alert, without an order to RDS', async () => {
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

test('the plan does not depend on the order in which RDS lists snapshots', () => {
  const pipeline = new Pipeline();
  for (const name of ['a', 'b', 'c', 'd']) pipeline.backUp(database(SOURCE, 'db', name));
  const snapshots = pipeline.rds.all(SOURCE);
  const limits = { ...DEFAULT_LIMITS, maxInstanceCopiesInFlight: 2, maxClusterCopiesInFlight: 2 };
  const facts = { ...FACTS, limits, now: pipeline.rds.time };
  const expected = plan({ ...facts, snapshots }).actions;
  holds(
    fc.property(fc.shuffledSubarray([...snapshots], { minLength: 4 }), (order) => {
      expect(plan({ ...facts, snapshots: order }).actions).toEqual(expected);
    }),
  );
});
