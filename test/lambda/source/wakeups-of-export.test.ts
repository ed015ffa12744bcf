import { heed } from '../../../lambda/source/export-snapshots/heed';
import { database, Pipeline, SOURCE } from '../../support/pipeline';

const ORDERS = database(SOURCE, 'db', 'orders');
const SNAPSHOT = `arn:aws:rds:eu-central-1:${SOURCE}:snapshot:awsbackup:job-1`;
const job = (detail: object, resources?: readonly unknown[], more: object = {}) => ({
  source: 'aws.backup',
  'detail-type': 'Backup Job State Change',
  ...(resources && { resources }),
  detail: { state: 'COMPLETED', ...detail },
  ...more,
});
const UNKNOWN = { kind: 'ignored', because: 'an event of an unknown shape' };

describe('what an event amounts to', () => {
  test.each([
    ['a database of a type that is new', job({ resourceType: 'New', resourceArn: ORDERS.arn }, [SNAPSHOT])],
    ['a known type without its database', job({ resourceType: 'RDS' }, [SNAPSHOT])],
  ])('a backup of %s is looked for', (_, event) => {
    expect(heed(event)).toEqual([{ kind: 'look', snapshots: ['awsbackup:job-1'] }]);
  });

  test('a backup that failed without its database is told of as unknown', () => {
    expect(heed(job({ resourceType: 'RDS', state: 'FAILED' }))).toEqual([
      { kind: 'missed', database: 'unknown', state: 'FAILED', because: '' },
    ]);
  });

  test.each([
    ['another event of AWS Backup', job({ resourceType: 'RDS' }, [], { 'detail-type': 'Copy Job State Change' })],
    ['another service with that type', job({ resourceType: 'RDS' }, [], { source: 'aws.ec2' })],
  ])('%s is ignored', (_, event) => expect(heed(event)).toEqual([UNKNOWN]));

  test('what cannot be parsed is ignored', () => {
    expect(heed({ Records: [{ body: '{' }, {}, { body: 7 }] })).toEqual([UNKNOWN, UNKNOWN, UNKNOWN]);
  });

  test('only ARNs of snapshots name snapshots', () => {
    const resources = [`x${SNAPSHOT}`, `${SNAPSHOT}\n`, ORDERS.arn, 7, SNAPSHOT.replace(SOURCE, '1'), SNAPSHOT];
    expect(heed(job({ resourceType: 'RDS' }, resources))).toEqual([{ kind: 'look', snapshots: ['awsbackup:job-1'] }]);
    expect(heed(job({ resourceType: 'RDS' }))).toEqual([{ kind: 'look', snapshots: [] }]);
  });
});

describe('what a run logs', () => {
  const fields = (pipeline: Pipeline, name: string) =>
    pipeline.logged.filter(({ event }) => event === name).map((one) => one.fields);
  const ignored = { source: 'aws.ec2' };
  const missed = job({ resourceType: 'RDS', resourceArn: ORDERS.arn, state: 'FAILED', statusMessage: 'no vault' });
  const warned = job({ resourceType: 'RDS', resourceArn: ORDERS.arn, statusMessage: 'slow' }, [SNAPSHOT]);
  const queued = (...events: readonly object[]) => ({
    Records: events.map((event) => ({ body: JSON.stringify(event) })),
  });

  test('events that ask for nothing are counted with their reasons, and nothing is looked at', async () => {
    const pipeline = new Pipeline();
    expect(await pipeline.export(SOURCE, queued(ignored, missed, ignored))).toEqual([]);
    expect(fields(pipeline, 'events.ignored')).toEqual([{ count: 2, because: { [UNKNOWN.because]: 2 } }]);
    expect(fields(pipeline, 'backup.missed')).toMatchObject([{ verdict: 'missed-backup', because: 'no vault' }]);
    expect(fields(pipeline, 'backup.warned')).toEqual([]);
    expect(fields(pipeline, 'snapshots.observed')).toEqual([]);
  });

  test.each([
    ['one that asks for a look among them', queued(ignored, { wake: 'again' })],
    ['no event at all', queued()],
  ])('%s is a look', async (_, event) => {
    const pipeline = new Pipeline();
    await pipeline.export(SOURCE, event);
    expect(fields(pipeline, 'snapshots.observed')).toEqual([{ actions: 0, reconciled: 0, passed: {} }]);
  });

  test('a warning is told, and no event is called ignored', async () => {
    const pipeline = new Pipeline();
    await pipeline.export(SOURCE, warned);
    expect(fields(pipeline, 'backup.warned')).toEqual([
      { kind: 'warned', database: ORDERS.arn, snapshots: ['awsbackup:job-1'], because: 'slow' },
    ]);
    expect(fields(pipeline, 'backup.missed')).toEqual([]);
    expect(fields(pipeline, 'events.ignored')).toEqual([]);
  });

  test('snapshots that no event told of are counted as reconciled; what is no copy is not', async () => {
    const pipeline = new Pipeline();
    pipeline.backUp(ORDERS);
    await pipeline.export(SOURCE);
    expect(fields(pipeline, 'snapshots.observed')).toEqual([{ actions: 1, reconciled: 1, passed: {} }]);
    for (let minutes = 0; minutes < 60; minutes += 30) pipeline.rds.advance(30);
    await pipeline.export(SOURCE);
    expect(fields(pipeline, 'snapshots.observed').at(-1)).toEqual({
      actions: 1,
      reconciled: 0,
      passed: { 'exported already': 1 },
    });
    const told = new Pipeline();
    told.backUp(ORDERS);
    await told.export(SOURCE, warned);
    expect(fields(told, 'snapshots.observed')).toMatchObject([{ actions: 1, reconciled: 0 }]);
  });

  test('a quota that is nearly used up is told with its figures', async () => {
    const pipeline = new Pipeline({
      maxInstanceCopiesInFlight: 20,
      maxClusterCopiesInFlight: 5,
      manualSnapshotQuota: 1,
    });
    pipeline.backUp(ORDERS);
    await pipeline.export(SOURCE);
    expect(fields(pipeline, 'quota.nearly-full')).toEqual([]);
    const [some] = pipeline.rds.all(SOURCE);
    if (some) pipeline.rds.change(some.arn, { type: 'manual', name: 'team' });
    await pipeline.export(SOURCE);
    expect(fields(pipeline, 'quota.nearly-full')).toMatchObject([{ kind: 'instance', quota: 1 }]);
  });
});
