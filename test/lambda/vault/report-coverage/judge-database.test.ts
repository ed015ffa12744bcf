// Longer than most: the status of a database, and what prevents its next copy, is one table each.
import type { FailedJob } from '../../../../lambda/_kit/ports/backup-jobs';
import type { Database } from '../../../../lambda/_kit/ports/databases';
import {
  type DatabaseFacts,
  judgeDatabase,
  lostCopy,
  newestCopyOf,
} from '../../../../lambda/vault/report-coverage/judge-database';
import { REASONS } from '../../../../lambda/vault/report-coverage/reasons';
import type { CoverageRow } from '../../../../src/contract/coverage';
import { RECOVERY_POINT_TAGS, TAGS } from '../../../../src/contract/names';
import { formatHold, VERDICTS, type VerdictCode } from '../../../../src/contract/verdicts';
import { aCopy, aDatabase, factsOf, hoursAgo, inSource, NOW } from '../../../support/coverage-world';

const orders = aDatabase('orders');
const other = aDatabase('stock');
const CLUSTER = aDatabase('ledger', { kind: 'cluster' });
const MISSING_TAG: Partial<Database> = { tags: new Map() };
const EMPTY = { databases: [], snapshots: [], failedJobs: [], optedOut: [], held: new Map(), unread: [] };
const record = (change: Partial<CoverageRow> = {}) =>
  ({ database: orders.arn, status: 'late', wanted: true, rpoHours: 26, ...change }) as CoverageRow;

type Change = Partial<Omit<DatabaseFacts, 'contents'>> & { readonly contents?: Partial<DatabaseFacts['contents']> };
const judged = ({ contents, ...change }: Change = {}) =>
  judgeDatabase({
    database: orders,
    isLost: false,
    accountSince: hoursAgo(2000),
    rules: factsOf([]).rules,
    now: NOW,
    ...change,
    contents: { ...EMPTY, ...contents },
  });
/** The status alone, and why. */
const statusOf = (change: Change) => {
  const { status, code, codeFrom, reason, remedy } = judged(change);
  return { status, code, codeFrom, reason, remedy };
};

test.each<[what: string, from: string, copy: Parameters<typeof newestCopyOf>[0]]>([
  ['an instance, at the time that RDS gives', 'rds', aCopy(orders, 5)],
  ['an instance, older than RDS says', 'source', aCopy(orders, 5, { takenAt: hoursAgo(4) })],
  ['an instance of which RDS gives no time', 'source', aCopy(orders, 5, { takenAt: undefined })],
  ['a cluster', 'source', aCopy(CLUSTER, 5)],
  ['a cluster, at the time that RDS gives', 'source', aCopy(CLUSTER, 5, { takenAt: hoursAgo(5) })],
])('the time of a copy of %s is from %s', (_, dataTimeFrom, copy) => {
  expect(newestCopyOf(copy)).toEqual({
    arn: copy.arn,
    dataTime: hoursAgo(5).toISOString(),
    dataTimeFrom,
    importedAt: hoursAgo(3).toISOString(),
  });
});

test.each([
  [{ dataTime: 'T', arn: 'A' }, 'T', 'A'],
  [undefined, 'an unknown time', 'the copy'],
])('the reason names what is known of a lost copy: %j', (gone, time, copy) => {
  expect(lostCopy(gone as never)).toEqual({
    status: 'lost',
    reason: `the vault had a copy with data of ${time}; it is gone, and no newer one is there`,
    remedy: `Find in the vault's CloudTrail which principal deleted ${copy}. Checkvalve never deletes a newest copy.`,
  });
});

test('the row of a lost copy names the copy of the report before, if there is one', () => {
  expect(judged({ isLost: true })).toMatchObject({ status: 'lost', newestCopy: undefined });
  const newestCopy = newestCopyOf(aCopy(orders, 5));
  expect(judged({ isLost: true, record: record({ newestCopy }), newest: aCopy(orders, 90) })).toMatchObject({
    status: 'lost',
    newestCopy,
    reason: expect.stringContaining(newestCopy.dataTime),
  });
});

const TAG = 'environment=production';
const REMOVED = REASONS['tag-removed'](TAG, orders.arn);
const MISSING = REASONS['tag-missing'](TAG, orders.arn);
const missingTag = aDatabase('orders', MISSING_TAG);
const EXCLUSION = { kind: 'excluded', subject: orders.arn, by: 'operator', at: hoursAgo(5).toISOString() } as const;
const EXCLUDED = { status: 'excluded', ...REASONS.excluded() };
const NEVER_TAGGED = { status: 'missing-tag', ...REASONS['never-tagged'](TAG) };

test.each<[what: string, change: Change, expected: Readonly<Record<string, unknown>>]>([
  ['tagged, with a fresh copy', { newest: aCopy(orders, 5) }, { status: 'protected' }],
  ['without the tag and without copies', { database: missingTag }, NEVER_TAGGED],
  [
    'without the tag, with an old copy',
    { database: missingTag, newest: aCopy(orders, 90) },
    { status: 'late', ...MISSING },
  ],
  ['without the tag, with a fresh copy', { database: missingTag, newest: aCopy(orders, 5) }, { status: 'protected' }],
  [
    'without the tag, with copies of its name',
    { database: missingTag, hasCopiesByName: true },
    { status: 'never', ...MISSING },
  ],
  ['without the tag, without copies of its name', { database: missingTag, hasCopiesByName: false }, NEVER_TAGGED],
  [
    'whose tag was removed, with a fresh copy',
    { database: missingTag, newest: aCopy(orders, 5), record: record() },
    { status: 'protected', ...REMOVED },
  ],
  ['whose tag was removed', { database: missingTag, record: record() }, { status: 'never', ...REMOVED }],
  ['excluded, with a fresh copy', { database: missingTag, newest: aCopy(orders, 5), exclusion: EXCLUSION }, EXCLUDED],
  [
    'excluded, and tagged again, with a fresh copy',
    { newest: aCopy(orders, 5), exclusion: EXCLUSION },
    { status: 'protected' },
  ],
  [
    'that waits for its first copy',
    { database: aDatabase('orders', { createdAt: hoursAgo(9) }) },
    { status: 'new', ...REASONS['first-copy-not-due'](26) },
  ],
  [
    'with an old copy and no failed job',
    { newest: aCopy(orders, 90) },
    { status: 'late', ...REASONS['no-failed-job']() },
  ],
])('a database %s', (_, change, expected) => {
  const { status, reason, remedy } = expected;
  expect(statusOf(change)).toEqual({ status, reason, remedy, code: undefined, codeFrom: undefined });
});

const job = (change: Partial<FailedJob> = {}): FailedJob => ({
  resource: orders.arn,
  state: 'FAILED',
  message: 'no key',
  at: hoursAgo(3),
  ...change,
});
const WINDOW = { windows: { backupWindow: '08:30-09:30' } };

test.each<[what: string, jobs: readonly FailedJob[], database: Partial<Database>, reason?: string, remedy?: RegExp]>([
  ['failed', [job()], {}, 'the backup failed: no key', /^Look at the job in AWS Backup\.$/],
  ['of another database failed', [job({ resource: other.arn })], {}, undefined, /^Look at AWS Backup, then/],
  [
    'of another and of this one failed',
    [job({ resource: other.arn, message: 'a' }), job()],
    {},
    'the backup failed: no key',
  ],
  [
    'was to start during the backup window',
    [job({ begunAt: hoursAgo(3), at: hoursAgo(1) })],
    WINDOW,
    'the backup failed: it was to start in the hour before or during the backup window 08:30-09:30 UTC',
    /^Move that window of the instance, or the schedule of the plan, so that they are two hours apart\.$/,
  ],
  [
    'ended during the backup window, and began before',
    [job({ begunAt: hoursAgo(8) })],
    WINDOW,
    'the backup failed: no key',
  ],
  ['was to start at no known time', [job()], WINDOW, expect.stringContaining('backup window')],
])('a late database of which a job %s', (_, failedJobs, database, reason, remedy = /./) => {
  const judgement = statusOf({
    database: aDatabase('orders', database),
    newest: aCopy(orders, 90),
    contents: { failedJobs },
  });
  expect(judgement).toMatchObject({ status: 'late', remedy: expect.stringMatching(remedy) });
  expect(judgement.reason).toEqual(reason);
});

const hold = (code: VerdictCode, hours: number) => formatHold({ code, count: 1, at: hoursAgo(hours) });
const marked = (of: Database, code: VerdictCode, hours: number, name = `awsbackup:job-${code}`) =>
  inSource(of, { [RECOVERY_POINT_TAGS.exportKey]: 'key', [TAGS.held]: hold(code, hours) }, { name });
const tagged = inSource(orders, { [RECOVERY_POINT_TAGS.exportKey]: 'key' }, { name: 'awsbackup:job-tagged' });
const bare = inSource(orders, {}, { name: 'awsbackup:job-bare' });
const held = (code: VerdictCode, hours: number) => new Map([[tagged.arn, { code, count: 1, at: hoursAgo(hours) }]]);

test.each<[what: string, contents: Change['contents'], code: VerdictCode | undefined, from?: string]>([
  ['nothing', {}, undefined],
  ['a mark', { snapshots: [marked(orders, 'quota-full', 5)] }, 'quota-full', 'source'],
  ['a mark of another database', { snapshots: [marked(other, 'quota-full', 5)] }, undefined],
  [
    'two marks: the later one',
    { snapshots: [marked(orders, 'quota-full', 5), marked(orders, 'copy-refused', 4)] },
    'copy-refused',
    'source',
  ],
  [
    'two marks, the later one first',
    { snapshots: [marked(orders, 'copy-refused', 4), marked(orders, 'quota-full', 5)] },
    'copy-refused',
    'source',
  ],
  ['a mark from when the newest copy was imported', { snapshots: [marked(orders, 'quota-full', 88)] }, undefined],
  ['a mark from after that', { snapshots: [marked(orders, 'quota-full', 87)] }, 'quota-full', 'source'],
  [
    'a verdict in the table of exports',
    { snapshots: [tagged], held: held('copy-refused', 5) },
    'copy-refused',
    'source',
  ],
  ['backups without the tag of the export key', { snapshots: [bare] }, 'missing-tag', 'aws'],
  ['such backups, and one with it', { snapshots: [bare, tagged] }, undefined],
  ['such snapshots, made by hand', { snapshots: [{ ...bare, name: 'by-hand', type: 'manual' }] }, undefined],
  ['such backups of another database', { snapshots: [inSource(other, {})] }, undefined],
])('what prevents the next copy of a late database: %s', (_, contents, ...[code, codeFrom]) => {
  const judgement = statusOf({ newest: aCopy(orders, 90), contents });
  expect(judgement).toMatchObject({ status: 'late', code, codeFrom });
  if (code && codeFrom === 'source') expect(judgement.reason).toBe(`the source says: ${VERDICTS[code].reason}`);
});

test('for backups without the tag of the export key, the row names the tag and what sets it', () => {
  expect(statusOf({ newest: aCopy(orders, 90), contents: { snapshots: [bare] } })).toMatchObject({
    reason: `AWS Backup's snapshots of the database do not have the tag ${RECOVERY_POINT_TAGS.exportKey}`,
    remedy: `Set ${RECOVERY_POINT_TAGS.exportKey} as a tag of recovery points in the backup plan, or use the plans of the tooling.`,
  });
});

test.each<[database: Partial<Database>, service: string, isObstacle: boolean]>([
  [{ kind: 'cluster', engine: 'aurora-mysql' }, 'Aurora', true],
  [{ kind: 'cluster', engine: 'docdb' }, 'DocumentDB', true],
  [{ kind: 'cluster', engine: 'neptune' }, 'Neptune', true],
  [{ kind: 'cluster', engine: 'docdb' }, 'Aurora', false],
  [{ engine: 'neptune' }, 'Neptune', false],
])('the service of %j, %s, which AWS Backup is not opted in to, is the obstacle: %p', (change, service, isObstacle) => {
  const database = aDatabase('orders', change);
  const { code } = statusOf({ database, newest: aCopy(database, 90), contents: { optedOut: [service] } });
  expect(code).toBe(isObstacle ? 'not-opted-in' : undefined);
});

test('what AWS answers is the reason for a database that is never copied, and for a late one with a copy', () => {
  const cluster = aDatabase('orders', { kind: 'cluster', encrypted: false });
  const lasting = { code: 'unencrypted-cluster', codeFrom: 'aws', reason: VERDICTS['unencrypted-cluster'].reason };
  expect(statusOf({ database: cluster })).toMatchObject({ status: 'unsupported', ...lasting });
  expect(statusOf({ database: cluster, newest: aCopy(cluster, 90) })).toMatchObject({ status: 'late', ...lasting });
});
