import * as fc from 'fast-check';
import { plan } from '../../../lambda/source/export-snapshots/plan';
import { snapshotParts } from '../../../src/contract/ids';
import { RECOVERY_POINT_TAGS, TAGS } from '../../../src/contract/names';
import { database, exportKeyOf, Pipeline, SOURCE, VAULT } from '../../support/pipeline';

const ORDERS = database(SOURCE, 'db', 'orders');
const LEDGER = database(SOURCE, 'cluster', 'ledger');
const copies = (pipeline: Pipeline) => pipeline.rds.all(SOURCE).filter(({ type }) => type === 'manual');
const reasons = (pipeline: Pipeline) => {
  const facts = { snapshots: pipeline.rds.all(SOURCE), exportKey: exportKeyOf(SOURCE), vaultAccount: VAULT };
  const limits = { instanceCopies: 20, clusterCopies: 5 };
  return plan({ ...facts, limits, now: pipeline.rds.time }).passed.map(({ because }) => because);
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
    [TAGS.plan]: 'daily',
    [TAGS.resourceId]: snapshot.resourceId,
  });
});

test('a copy is shared with the vault alone, announced once, and only when it is available', async () => {
  const pipeline = new Pipeline();
  pipeline.backUp(ORDERS);
  await pipeline.export();
  await pipeline.export();
  expect(pipeline.announcements.said).toEqual([]);
  pipeline.rds.advance(30);
  await pipeline.export();
  await pipeline.export();
  const [copy] = copies(pipeline);
  expect(pipeline.announcements.said).toEqual([copy?.arn]);
  expect(copy && pipeline.rds.sharedWith(copy.arn)).toEqual([VAULT]);
});

test('events doubled or late change nothing: one copy, whatever woke the step', async () => {
  const pipeline = new Pipeline();
  pipeline.backUp(ORDERS);
  await Promise.all([pipeline.export(), pipeline.export()]);
  await pipeline.export();
  expect(copies(pipeline)).toHaveLength(1);
});

test.each([
  ['of another tooling', { [RECOVERY_POINT_TAGS.exportKey]: 'another-key' }, 'not tagged for this export key'],
  ['without our tag', { [RECOVERY_POINT_TAGS.exportKey]: '' }, 'not tagged for this export key'],
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

test('never more copies in flight than RDS allows, instances and clusters told apart', async () => {
  const pipeline = new Pipeline({ instanceCopies: 3, clusterCopies: 2, manualSnapshots: 100 });
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
  expect(copies(pipeline).map(({ name }) => /-[0-9a-f]{16}(-\d)?$/.exec(name)?.[1] ?? '')).toEqual(['', '-2', '-3']);
  expect(reasons(pipeline)).toContain('failed too often');
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
  expect(pipeline.announcements.said).toHaveLength(2);
});

test('names and plans do not depend on the order in which snapshots are listed', () => {
  const pipeline = new Pipeline();
  for (const name of ['a', 'b', 'c', 'd']) pipeline.backUp(database(SOURCE, 'db', name));
  const snapshots = pipeline.rds.all(SOURCE);
  const limits = { instanceCopies: 2, clusterCopies: 2 };
  const facts = { exportKey: exportKeyOf(SOURCE), vaultAccount: VAULT, limits, now: pipeline.rds.time };
  const expected = plan({ ...facts, snapshots }).actions;
  fc.assert(
    fc.property(fc.shuffledSubarray([...snapshots], { minLength: 4 }), (order) => {
      expect(plan({ ...facts, snapshots: order }).actions).toEqual(expected);
    }),
  );
});
