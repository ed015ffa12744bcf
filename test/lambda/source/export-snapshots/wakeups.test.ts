import { parseEvents } from '../../../../lambda/source/export-snapshots/parse-events';
import { database, Pipeline, SOURCE } from '../../../support/pipeline';

const ORDERS = database(SOURCE, 'db', 'orders');
const SNAPSHOT = `arn:aws:rds:eu-central-1:${SOURCE}:snapshot:awsbackup:job-1`;
const job = (detail: object, resources?: readonly unknown[], more: object = {}) => ({
  source: 'aws.backup',
  'detail-type': 'Backup Job State Change',
  ...(resources && { resources }),
  detail: { state: 'COMPLETED', ...detail },
  ...more,
});
const UNKNOWN = { kind: 'ignored', because: 'unknown-event' };

describe('a parsed event', () => {
  test.each([
    ['a database of a type that is new', job({ resourceType: 'New', resourceArn: ORDERS.arn }, [SNAPSHOT])],
    ['a known type without its database', job({ resourceType: 'RDS' }, [SNAPSHOT])],
  ])('a backup of %s is a change of its snapshot', (_, event) => {
    expect(parseEvents(event)).toEqual([{ kind: 'changed', snapshots: ['awsbackup:job-1'] }]);
  });

  test('a failed backup without a database is missed, of an unknown database', () => {
    expect(parseEvents(job({ resourceType: 'RDS', state: 'FAILED' }))).toEqual([
      { kind: 'missed', database: 'unknown', state: 'FAILED', because: '' },
    ]);
  });

  test.each([
    ['another event of AWS Backup', job({ resourceType: 'RDS' }, [], { 'detail-type': 'Copy Job State Change' })],
    ['another service with that type', job({ resourceType: 'RDS' }, [], { source: 'aws.ec2' })],
  ])('%s is ignored', (_, event) => expect(parseEvents(event)).toEqual([UNKNOWN]));

  test('a body that is no JSON is ignored', () => {
    expect(parseEvents({ Records: [{ body: '{' }, {}, { body: 7 }] })).toEqual([UNKNOWN, UNKNOWN, UNKNOWN]);
  });

  test('only ARNs of snapshots are parsed as snapshots', () => {
    const resources = [`x${SNAPSHOT}`, `${SNAPSHOT}\n`, ORDERS.arn, 7, SNAPSHOT.replace(SOURCE, '1'), SNAPSHOT];
    expect(parseEvents(job({ resourceType: 'RDS' }, resources))).toEqual([
      { kind: 'changed', snapshots: ['awsbackup:job-1'] },
    ]);
    expect(parseEvents(job({ resourceType: 'RDS' }))).toEqual([{ kind: 'changed', snapshots: [] }]);
  });
});

describe('the log of a run', () => {
  const ignored = { source: 'aws.ec2' };
  const missed = job({ resourceType: 'RDS', resourceArn: ORDERS.arn, state: 'FAILED', statusMessage: 'no vault' });
  const warned = job({ resourceType: 'RDS', resourceArn: ORDERS.arn, statusMessage: 'slow' }, [SNAPSHOT]);
  const queued = (...events: readonly object[]) => ({
    Records: events.map((event) => ({ body: JSON.stringify(event) })),
  });

  test('events that cause no run are counted with their reasons, and nothing is observed', async () => {
    const pipeline = new Pipeline();
    expect(await pipeline.export(SOURCE, queued(ignored, missed, ignored))).toEqual([]);
    expect(pipeline.fieldsOf('events.ignored')).toEqual([{ count: 2, because: { [UNKNOWN.because]: 2 } }]);
    expect(pipeline.fieldsOf('backup.missed')).toMatchObject([{ verdict: 'missed-backup', because: 'no vault' }]);
    expect(pipeline.fieldsOf('backup.warned')).toEqual([]);
    expect(pipeline.fieldsOf('snapshots.observed')).toEqual([]);
  });

  test.each([
    ['a batch with a wakeup', queued(ignored, { wake: 'again' })],
    ['an empty batch', queued()],
  ])('%s causes a run', async (_, event) => {
    const pipeline = new Pipeline();
    await pipeline.export(SOURCE, event);
    expect(pipeline.fieldsOf('snapshots.observed')).toEqual([{ actions: 0, reconciled: 0, passed: {} }]);
  });

  test('a warning is logged, and is not counted as ignored', async () => {
    const pipeline = new Pipeline();
    await pipeline.export(SOURCE, warned);
    expect(pipeline.fieldsOf('backup.warned')).toEqual([
      { kind: 'warned', database: ORDERS.arn, snapshots: ['awsbackup:job-1'], because: 'slow' },
    ]);
    expect(pipeline.fieldsOf('backup.missed')).toEqual([]);
    expect(pipeline.fieldsOf('events.ignored')).toEqual([]);
  });

  test('copies of snapshots in no event are counted as reconciled; other actions are not', async () => {
    const pipeline = new Pipeline();
    pipeline.backUp(ORDERS);
    await pipeline.export(SOURCE);
    expect(pipeline.fieldsOf('snapshots.observed')).toEqual([{ actions: 1, reconciled: 1, passed: {} }]);
    for (let minutes = 0; minutes < 60; minutes += 30) pipeline.rds.advance(30);
    await pipeline.export(SOURCE);
    expect(pipeline.fieldsOf('snapshots.observed').at(-1)).toEqual({
      actions: 1,
      reconciled: 0,
      passed: { 'already-exported': 1 },
    });
    const reported = new Pipeline();
    reported.backUp(ORDERS);
    await reported.export(SOURCE, warned);
    expect(reported.fieldsOf('snapshots.observed')).toMatchObject([{ actions: 1, reconciled: 0 }]);
  });

  test('a quota that is nearly full is logged with its limit', async () => {
    const pipeline = new Pipeline({
      maxInstanceCopiesInFlight: 20,
      maxClusterCopiesInFlight: 5,
      manualSnapshotQuota: 1,
    });
    pipeline.backUp(ORDERS);
    await pipeline.export(SOURCE);
    expect(pipeline.fieldsOf('quota.nearly-full')).toEqual([]);
    const [some] = pipeline.rds.all(SOURCE);
    if (some) pipeline.rds.change(some.arn, { type: 'manual', name: 'team' });
    await pipeline.export(SOURCE);
    expect(pipeline.fieldsOf('quota.nearly-full')).toMatchObject([{ kind: 'instance', quota: 1 }]);
  });
});
