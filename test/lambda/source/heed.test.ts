import * as fc from 'fast-check';
import { heed, type News } from '../../../lambda/source/export-snapshots/heed';
import { DATABASE_TAG, database, Pipeline, SOURCE } from '../../support/pipeline';

const JOB = 'awsbackup:job-5f0c1d2e-77aa-4b31-9d10-3c2b1a0f9e8d';
const DB = `arn:aws:rds:eu-central-1:${SOURCE}:db:orders`;
const SNAPSHOT = `arn:aws:rds:eu-central-1:${SOURCE}:snapshot:${JOB}`;
const job = (detail: Record<string, unknown>, resources: readonly unknown[] = []) => ({
  source: 'aws.backup',
  'detail-type': 'Backup Job State Change',
  account: SOURCE,
  resources,
  detail,
});
const rds = (EventID: string, SourceIdentifier: unknown) => ({
  source: 'aws.rds',
  'detail-type': 'RDS DB Snapshot Event',
  detail: { EventID, SourceIdentifier },
});
const queued = (...events: readonly unknown[]) => ({
  Records: events.map((event) => ({ body: JSON.stringify(event) })),
});
const database1 = { resourceType: 'RDS', resourceArn: DB };

const LOOK: News = { kind: 'look', snapshots: [JOB] };
const ignored = (because: string) => ({ kind: 'ignored', because });

test.each<[string, unknown, unknown]>([
  ['1: a completed job', job({ ...database1, state: 'COMPLETED' }, [SNAPSHOT]), LOOK],
  ['1: the same in the other spelling', job({ ...database1, status: 'completed' }, [SNAPSHOT]), LOOK],
  [
    '3: a completed job of a cluster',
    job(
      { resourceType: 'Aurora', resourceArn: `arn:aws:rds:eu-central-1:${SOURCE}:cluster:ledger`, state: 'COMPLETED' },
      [SNAPSHOT.replace(':snapshot:', ':cluster-snapshot:')],
    ),
    LOOK,
  ],
  [
    '10: a created job, without a database',
    job({ state: 'CREATED', backupJobId: 'x' }),
    ignored('a backup of something else than a database of RDS'),
  ],
  ['10: a created job', job({ ...database1, state: 'CREATED' }), ignored('a job that has not ended')],
  ['10: a running job', job({ ...database1, state: 'RUNNING' }), ignored('a job that has not ended')],
  [
    '11: a failed job',
    job({ ...database1, state: 'FAILED', statusMessage: 'the backup vault does not exist' }),
    { kind: 'missed', database: DB, state: 'FAILED', because: 'the backup vault does not exist' },
  ],
  [
    '12: an expired job',
    job({ ...database1, status: 'EXPIRED', statusMessage: 'a running job for the same resource' }),
    { kind: 'missed', database: DB, state: 'EXPIRED', because: 'a running job for the same resource' },
  ],
  [
    '12: an aborted job',
    job({ ...database1, state: 'ABORTED' }),
    { kind: 'missed', database: DB, state: 'ABORTED', because: '' },
  ],
  [
    '13: a completed job with a message',
    job({ ...database1, state: 'COMPLETED', statusMessage: 'copy to LAG vault not attempted' }, [SNAPSHOT]),
    { kind: 'warned', database: DB, snapshots: [JOB], because: 'copy to LAG vault not attempted' },
  ],
  [
    '15: a job of a volume',
    job({ resourceType: 'EBS', resourceArn: 'arn:aws:ec2:eu-central-1:222200001111:volume/vol-1', state: 'COMPLETED' }),
    ignored('a backup of something else than a database of RDS'),
  ],
  [
    '15: a job of a table',
    job({
      resourceType: 'DynamoDB',
      resourceArn: 'arn:aws:dynamodb:eu-central-1:222200001111:table/t',
      state: 'COMPLETED',
    }),
    ignored('a backup of something else than a database of RDS'),
  ],
  ['18: RDS says “copied”', rds('RDS-EVENT-0197', JOB), LOOK],
  ['18: RDS says “created”', rds('RDS-EVENT-0042', JOB), LOOK],
  ['RDS says “cluster snapshot created”', rds('RDS-EVENT-0075', JOB), LOOK],
  ['a copy of ours has finished', rds('RDS-EVENT-0197', 'checkvalve-x'), { kind: 'look', snapshots: ['checkvalve-x'] }],
  ['RDS says “begun”', rds('RDS-EVENT-0196', JOB), ignored('an event that ends nothing')],
  [
    'a snapshot of the team',
    rds('RDS-EVENT-0042', 'before-upgrade'),
    ignored('not a snapshot of AWS Backup, nor a copy of ours'),
  ],
  ['RDS without a name', rds('RDS-EVENT-0042', 7), ignored('not a snapshot of AWS Backup, nor a copy of ours')],
  ['the sweep', { source: 'aws.events', 'detail-type': 'Scheduled Event' }, { kind: 'sweep' }],
  ['a reminder', { wake: 'again' }, { kind: 'sweep' }],
  ['something else', { source: 'aws.ec2' }, ignored('an event of an unknown shape')],
  ['nothing', null, ignored('an event of an unknown shape')],
])('%s is understood, by itself and in a batch', (_, event, news) => {
  expect(heed(event)).toEqual([news]);
  expect(heed(queued(event, event))).toEqual([news, news]);
});

test('whatever comes, it is understood as something and never thrown at', () => {
  const bodies = fc.record({ body: fc.oneof(fc.string(), fc.json()) }, { requiredKeys: [] });
  fc.assert(
    fc.property(fc.oneof(fc.anything(), fc.record({ Records: fc.array(bodies) })), (event) => {
      for (const { kind } of heed(event)) expect(['look', 'sweep', 'missed', 'warned', 'ignored']).toContain(kind);
    }),
    { numRuns: 2000 },
  );
});

const ORDERS = database(SOURCE, 'db', 'orders');
const logged = (pipeline: Pipeline, name: string) =>
  pipeline.logged.filter(({ event }) => event === name).map(({ fields }) => fields);

test('events that change nothing are counted by reason, and not a call is made for them', async () => {
  const pipeline = new Pipeline();
  pipeline.backUp(ORDERS);
  await pipeline.export(
    SOURCE,
    queued(job({ state: 'CREATED' }), job({ ...database1, state: 'RUNNING' }), job({ ...database1, state: 'PENDING' })),
  );
  expect(logged(pipeline, 'events.ignored')).toEqual([
    {
      count: 3,
      because: { 'a backup of something else than a database of RDS': 1, 'a job that has not ended': 2 },
    },
  ]);
  expect(pipeline.rds.calls.size).toBe(0);
});

test('a missed backup is told with the message of AWS Backup and a remedy, and no copy is made', async () => {
  const pipeline = new Pipeline();
  await pipeline.export(SOURCE, queued(job({ ...database1, state: 'FAILED', statusMessage: 'no such vault' })));
  expect(logged(pipeline, 'backup.missed')).toMatchObject([
    { database: DB, state: 'FAILED', because: 'no such vault', verdict: 'missed-backup', remedy: expect.any(String) },
  ]);
  expect(pipeline.rds.calls.get('copy')).toBeUndefined();
});

test('a backup that AWS Backup warns about crosses all the same', async () => {
  const pipeline = new Pipeline();
  const { arn } = pipeline.backUp(ORDERS);
  await pipeline.export(SOURCE, queued(job({ ...database1, state: 'COMPLETED', statusMessage: 'look' }, [arn])));
  expect(logged(pipeline, 'backup.warned')).toMatchObject([{ database: DB, because: 'look' }]);
  expect(pipeline.rds.calls.get('copy')).toBe(1);
});

test('17: a snapshot that no event told of is found by the sweep, and counted as reconciled', async () => {
  const pipeline = new Pipeline();
  pipeline.backUp(ORDERS);
  await pipeline.export(SOURCE, queued({ source: 'aws.events', 'detail-type': 'Scheduled Event' }));
  expect(pipeline.rds.calls.get('copy')).toBe(1);
  expect(logged(pipeline, 'snapshots.observed')).toMatchObject([{ reconciled: 1 }]);
  const { name } = pipeline.backUp(database(SOURCE, 'db', 'other'));
  await pipeline.export(SOURCE, queued(rds('RDS-EVENT-0197', name)));
  expect(logged(pipeline, 'snapshots.observed')[1]).toMatchObject({ reconciled: 0 });
});

test('an untagged snapshot of a production database is “excluded: missing-tag”, told in the run that hears of it', async () => {
  const pipeline = new Pipeline();
  const tags = { encryption_key: '', [DATABASE_TAG.key]: DATABASE_TAG.value };
  const { name, arn } = pipeline.backUp(ORDERS, tags);
  await pipeline.export(SOURCE, queued(rds('RDS-EVENT-0042', name)));
  await pipeline.export();
  expect(logged(pipeline, 'database.not-crossing')).toEqual([
    expect.objectContaining({
      database: DB,
      snapshot: arn,
      verdict: 'missing-tag',
      reason: expect.any(String),
    }),
  ]);
  expect(logged(pipeline, 'snapshots.observed')).toMatchObject([
    { passed: { 'missing-tag': 1 } },
    { passed: { 'missing-tag': 1 } },
  ]);
  expect(pipeline.rds.calls.get('tag')).toBeUndefined();
});

test('the step has itself woken again while something is under way, and then no more', async () => {
  const pipeline = new Pipeline();
  await pipeline.export();
  expect(pipeline.reminders).toBe(0);
  pipeline.backUp(ORDERS);
  await pipeline.export();
  await pipeline.export();
  expect(pipeline.reminders).toBe(2);
  pipeline.rds.advance(30);
  await pipeline.export();
  expect(pipeline.reminders).toBe(2);
});

test('a run that is cut off after it has begun to act has asked to be woken again', async () => {
  const pipeline = new Pipeline();
  pipeline.backUp(ORDERS);
  pipeline.rds.beforeCall = ({ name }) => {
    if (name === 'copy') throw new Error('cut off');
  };
  await expect(pipeline.export()).rejects.toThrow('cut off');
  expect(pipeline.reminders).toBe(1);
});
