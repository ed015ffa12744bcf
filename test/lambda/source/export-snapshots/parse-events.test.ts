import * as fc from 'fast-check';
import { type ParsedEvent, parseEvents } from '../../../../lambda/source/export-snapshots/parse-events';
import { VERDICTS } from '../../../../src/contract/verdicts';
import { holds } from '../../../support/holds';
import { DATABASE_TAG, database, Pipeline, SOURCE } from '../../../support/pipeline';

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
const ofDatabase = { resourceType: 'RDS', resourceArn: DB };

const CHANGED: ParsedEvent = { kind: 'changed', snapshots: [JOB] };
const ignored = (because: string) => ({ kind: 'ignored', because });

test.each<[string, unknown, unknown]>([
  // Case 1.
  ['a completed job', job({ ...ofDatabase, state: 'COMPLETED' }, [SNAPSHOT]), CHANGED],
  // Case 1.
  ['the same in the other spelling', job({ ...ofDatabase, status: 'completed' }, [SNAPSHOT]), CHANGED],
  // Case 3.
  [
    'a completed job of a cluster',
    job(
      { resourceType: 'Aurora', resourceArn: `arn:aws:rds:eu-central-1:${SOURCE}:cluster:ledger`, state: 'COMPLETED' },
      [SNAPSHOT.replace(':snapshot:', ':cluster-snapshot:')],
    ),
    CHANGED,
  ],
  // Case 10.
  ['a created job, without a database', job({ state: 'CREATED', backupJobId: 'x' }), ignored('not-a-database-backup')],
  // Case 10.
  ['a created job', job({ ...ofDatabase, state: 'CREATED' }), ignored('job-not-ended')],
  // Case 10.
  ['a running job', job({ ...ofDatabase, state: 'RUNNING' }), ignored('job-not-ended')],
  // Case 11.
  [
    'a failed job',
    job({ ...ofDatabase, state: 'FAILED', statusMessage: 'the backup vault does not exist' }),
    { kind: 'missed', database: DB, state: 'FAILED', because: 'the backup vault does not exist' },
  ],
  // Case 12.
  [
    'an expired job',
    job({ ...ofDatabase, status: 'EXPIRED', statusMessage: 'a running job for the same resource' }),
    { kind: 'missed', database: DB, state: 'EXPIRED', because: 'a running job for the same resource' },
  ],
  // Case 12.
  [
    'an aborted job',
    job({ ...ofDatabase, state: 'ABORTED' }),
    { kind: 'missed', database: DB, state: 'ABORTED', because: '' },
  ],
  // Case 13.
  [
    'a completed job with a message',
    job({ ...ofDatabase, state: 'COMPLETED', statusMessage: 'copy to LAG vault not attempted' }, [SNAPSHOT]),
    { kind: 'warned', database: DB, snapshots: [JOB], because: 'copy to LAG vault not attempted' },
  ],
  // Case 15.
  [
    'a job of a volume',
    job({ resourceType: 'EBS', resourceArn: 'arn:aws:ec2:eu-central-1:222200001111:volume/vol-1', state: 'COMPLETED' }),
    ignored('not-a-database-backup'),
  ],
  // Case 15.
  [
    'a job of a table',
    job({
      resourceType: 'DynamoDB',
      resourceArn: 'arn:aws:dynamodb:eu-central-1:222200001111:table/t',
      state: 'COMPLETED',
    }),
    ignored('not-a-database-backup'),
  ],
  // Case 18.
  ['the RDS event “copied”', rds('RDS-EVENT-0197', JOB), CHANGED],
  // Case 18.
  ['the RDS event “created”', rds('RDS-EVENT-0042', JOB), CHANGED],
  ['the RDS event “cluster snapshot created”', rds('RDS-EVENT-0075', JOB), CHANGED],
  ['a finished export copy', rds('RDS-EVENT-0197', 'checkvalve-x'), { kind: 'changed', snapshots: ['checkvalve-x'] }],
  ['the RDS event “begun”', rds('RDS-EVENT-0196', JOB), ignored('event-without-change')],
  ['a snapshot of the team', rds('RDS-EVENT-0042', 'before-upgrade'), ignored('foreign-snapshot')],
  ['an RDS event without a name', rds('RDS-EVENT-0042', 7), ignored('foreign-snapshot')],
  ['the sweep', { source: 'aws.events', 'detail-type': 'Scheduled Event' }, { kind: 'sweep' }],
  ['a wakeup of the step', { wake: 'again' }, { kind: 'sweep' }],
  ['an event of another service', { source: 'aws.ec2' }, ignored('unknown-event')],
  ['no event', null, ignored('unknown-event')],
])('%s is parsed, alone and in a batch', (_, event, parsed) => {
  expect(parseEvents(event)).toEqual([parsed]);
  expect(parseEvents(queued(event, event))).toEqual([parsed, parsed]);
});

test('every event is parsed as one of the kinds, without an error', () => {
  const bodies = fc.record({ body: fc.oneof(fc.string(), fc.json()) }, { requiredKeys: [] });
  holds(
    fc.property(fc.oneof(fc.anything(), fc.record({ Records: fc.array(bodies) })), (event) => {
      for (const { kind } of parseEvents(event))
        expect(['changed', 'sweep', 'missed', 'warned', 'ignored']).toContain(kind);
    }),
    { numRuns: 2000 },
  );
});

const ORDERS = database(SOURCE, 'db', 'orders');
const LEDGER = database(SOURCE, 'cluster', 'ledger');

test('ignored events are counted by reason, without a call to RDS', async () => {
  const pipeline = new Pipeline();
  pipeline.backUp(ORDERS);
  await pipeline.export(
    SOURCE,
    queued(
      job({ state: 'CREATED' }),
      job({ ...ofDatabase, state: 'RUNNING' }),
      job({ ...ofDatabase, state: 'PENDING' }),
    ),
  );
  expect(pipeline.fieldsOf('events.ignored')).toEqual([
    {
      count: 3,
      because: { 'not-a-database-backup': 1, 'job-not-ended': 2 },
    },
  ]);
  expect(pipeline.rds.calls.size).toBe(0);
});

test('a missed backup is logged with the message of AWS Backup and a remedy, and no copy is made', async () => {
  const pipeline = new Pipeline();
  await pipeline.export(SOURCE, queued(job({ ...ofDatabase, state: 'FAILED', statusMessage: 'no such vault' })));
  expect(pipeline.fieldsOf('backup.missed')).toMatchObject([
    { database: DB, state: 'FAILED', because: 'no such vault', verdict: 'missed-backup', remedy: expect.any(String) },
  ]);
  expect(pipeline.rds.calls.get('copy')).toBeUndefined();
});

test('a backup that AWS Backup warns about is copied', async () => {
  const pipeline = new Pipeline();
  const { arn } = pipeline.backUp(ORDERS);
  await pipeline.export(SOURCE, queued(job({ ...ofDatabase, state: 'COMPLETED', statusMessage: 'look' }, [arn])));
  expect(pipeline.fieldsOf('backup.warned')).toMatchObject([{ database: DB, because: 'look' }]);
  expect(pipeline.rds.calls.get('copy')).toBe(1);
});

// Case 17.
test('the sweep copies a snapshot that was in no event, and counts it as reconciled', async () => {
  const pipeline = new Pipeline();
  pipeline.backUp(ORDERS);
  await pipeline.export(SOURCE, queued({ source: 'aws.events', 'detail-type': 'Scheduled Event' }));
  expect(pipeline.rds.calls.get('copy')).toBe(1);
  expect(pipeline.fieldsOf('snapshots.observed')).toMatchObject([{ reconciled: 1 }]);
  const { name } = pipeline.backUp(database(SOURCE, 'db', 'other'));
  await pipeline.export(SOURCE, queued(rds('RDS-EVENT-0197', name)));
  expect(pipeline.fieldsOf('snapshots.observed')[1]).toMatchObject({ reconciled: 0 });
});

test('a snapshot of a production database without the tag has a missing-tag alert in the run of its event only', async () => {
  const pipeline = new Pipeline();
  const tags = { encryption_key: '', [DATABASE_TAG.key]: DATABASE_TAG.value };
  const { name, arn } = pipeline.backUp(ORDERS, tags);
  await pipeline.export(SOURCE, queued(rds('RDS-EVENT-0042', name)));
  await pipeline.export();
  expect(pipeline.fieldsOf('database.not-copied')).toEqual([
    expect.objectContaining({
      database: DB,
      snapshot: arn,
      verdict: 'missing-tag',
      reason: VERDICTS['missing-tag'].reason,
    }),
  ]);
  expect(pipeline.fieldsOf('snapshots.observed')).toMatchObject([
    { passed: { 'missing-tag': 1 } },
    { passed: { 'missing-tag': 1 } },
  ]);
  expect(pipeline.rds.calls.get('tag')).toBeUndefined();
});

test('the step asks for a wakeup while a copy of a cluster is in flight, and then no longer', async () => {
  const pipeline = new Pipeline();
  await pipeline.export();
  expect(pipeline.reminders).toBe(0);
  pipeline.backUp(LEDGER);
  await pipeline.export();
  await pipeline.export();
  expect(pipeline.reminders).toBe(2);
  pipeline.rds.advance(30);
  await pipeline.export();
  expect(pipeline.reminders).toBe(2);
});

test('a run asks for its wakeup before its first action', async () => {
  const pipeline = new Pipeline();
  pipeline.backUp(LEDGER);
  pipeline.rds.beforeCall = ({ name }) => {
    if (name === 'copy') throw new Error('interrupted');
  };
  await expect(pipeline.export()).rejects.toThrow('interrupted');
  expect(pipeline.reminders).toBe(1);
});
