// Longer than most: what is said of a database, and what is in its way, is one table each.
import type { FailedJob } from '../../../../lambda/_kit/ports/backup-jobs';
import type { Database } from '../../../../lambda/_kit/ports/databases';
import {
  type DatabaseCase,
  judgeDatabase,
  lostCopy,
  told,
} from '../../../../lambda/vault/report-coverage/judge-database';
import type { CoverageRow } from '../../../../src/contract/coverage';
import { RECOVERY_POINT_TAGS, TAGS } from '../../../../src/contract/names';
import { formatHold, VERDICTS, type VerdictCode } from '../../../../src/contract/verdicts';
import { aCopy, aDatabase, factsOf, hoursAgo, inSource, NOW } from '../../../support/coverage-world';

const orders = aDatabase('orders');
const other = aDatabase('stock');
const CLUSTER = aDatabase('ledger', { kind: 'cluster' });
const MISSING_TAG: Partial<Database> = { tags: new Map() };
const BEHIND = { databases: [], snapshots: [], failedJobs: [], optedOut: [], held: new Map(), unread: [] };
const record = (change: Partial<CoverageRow> = {}) =>
  ({ database: orders.arn, status: 'late', wanted: true, rpoHours: 26, ...change }) as CoverageRow;

type Change = Partial<Omit<DatabaseCase, 'behind'>> & { readonly behind?: Partial<DatabaseCase['behind']> };
const judged = ({ behind, ...change }: Change = {}) =>
  judgeDatabase({
    database: orders,
    isLost: false,
    accountSince: hoursAgo(2000),
    rules: factsOf([]).rules,
    now: NOW,
    ...change,
    behind: { ...BEHIND, ...behind },
  });
/** The status alone, with what is said of it. */
const said = (change: Change) => {
  const { status, code, codeFrom, reason, remedy } = judged(change);
  return { status, code, codeFrom, reason, remedy };
};

test.each<[what: string, from: string, copy: Parameters<typeof told>[0]]>([
  ['an instance, at the time that RDS gives', 'rds', aCopy(orders, 5)],
  ['an instance, older than RDS says', 'source', aCopy(orders, 5, { takenAt: hoursAgo(4) })],
  ['an instance of which RDS gives no time', 'source', aCopy(orders, 5, { takenAt: undefined })],
  ['a cluster', 'source', aCopy(CLUSTER, 5)],
  ['a cluster, at the time that RDS gives', 'source', aCopy(CLUSTER, 5, { takenAt: hoursAgo(5) })],
])('the time of a copy of %s is the word of the %s', (_, dataTimeFrom, copy) => {
  expect(told(copy)).toEqual({
    arn: copy.arn,
    dataTime: hoursAgo(5).toISOString(),
    dataTimeFrom,
    importedAt: hoursAgo(3).toISOString(),
  });
});

test.each([
  [{ dataTime: 'T', arn: 'A' }, 'of T', 'deleted A'],
  [undefined, 'of an unknown time', 'deleted it'],
])('a lost copy %j is described as far as it is known', (gone, time, deleted) => {
  expect(lostCopy(gone as never)).toEqual({
    status: 'lost',
    reason: `the vault had a copy ${time}, and it is gone: no newer one is there`,
    remedy: `Find in the vault's CloudTrail who ${deleted}. Nothing of Checkvalve deletes a newest copy.`,
  });
});

test('of a lost copy the row names what the report before knew, if anything', () => {
  expect(judged({ isLost: true })).toMatchObject({ status: 'lost', newestCopy: undefined });
  const newestCopy = told(aCopy(orders, 5));
  expect(judged({ isLost: true, record: record({ newestCopy }), newest: aCopy(orders, 90) })).toMatchObject({
    status: 'lost',
    newestCopy,
    reason: expect.stringContaining(newestCopy.dataTime),
  });
});

const TAG = 'environment=production';
const REMEDY = `Tag it ${TAG}; or run “checkvalve accept --excluded ${orders.arn}”, if it is no longer to be protected.`;
const REMOVED = { reason: `the tag ${TAG} was removed: the backup plans pass it over`, remedy: REMEDY };
const MISSING = {
  reason: `it does not carry the tag ${TAG}, and the vault has copies: the backup plans pass it over`,
  remedy: REMEDY,
};
const missingTag = aDatabase('orders', MISSING_TAG);
const EXCLUSION = { kind: 'excluded', subject: orders.arn, by: 'operator', at: hoursAgo(5).toISOString() } as const;
const EXCLUDED = { status: 'excluded', reason: 'an operator decided that it is no longer backed up' };
const PASSED_OVER = {
  status: 'missing-tag',
  reason: `it does not carry the tag ${TAG}: the backup plans pass it over`,
  remedy: `Tag it ${TAG}, if it is to be protected.`,
};

test.each<[what: string, change: Change, expected: Readonly<Record<string, unknown>>]>([
  ['tagged, with a fresh copy', { newest: aCopy(orders, 5) }, { status: 'protected' }],
  ['without the tag and without copies', { database: missingTag }, PASSED_OVER],
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
  ['without the tag, with no copies of its name', { database: missingTag, hasCopiesByName: false }, PASSED_OVER],
  [
    'of which the tag was removed, with a fresh copy',
    { database: missingTag, newest: aCopy(orders, 5), record: record() },
    { status: 'protected', ...REMOVED },
  ],
  ['of which the tag was removed', { database: missingTag, record: record() }, { status: 'never', ...REMOVED }],
  ['excluded, with a fresh copy', { database: missingTag, newest: aCopy(orders, 5), exclusion: EXCLUSION }, EXCLUDED],
  [
    'excluded, and tagged again, with a fresh copy',
    { newest: aCopy(orders, 5), exclusion: EXCLUSION },
    { status: 'protected' },
  ],
  [
    'that waits for its first copy',
    { database: aDatabase('orders', { createdAt: hoursAgo(9) }) },
    { status: 'new', reason: 'its first copy is due 26 h after it began' },
  ],
  [
    'whose backups nobody knows of',
    { newest: aCopy(orders, 90) },
    { status: 'late', remedy: 'Look at AWS Backup, then at the logs of export-snapshots and of import-copies.' },
  ],
])('a database %s', (_, change, expected) => {
  const { status, reason, remedy } = expected;
  expect(said(change)).toEqual({ status, reason, remedy, code: undefined, codeFrom: undefined });
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
  ['failed', [job()], {}, 'its backup failed: no key', /^Look at the job in AWS Backup\.$/],
  ['of another database failed', [job({ resource: other.arn })], {}, undefined, /^Look at AWS Backup, then/],
  [
    'of another and of this one failed',
    [job({ resource: other.arn, message: 'a' }), job()],
    {},
    'its backup failed: no key',
  ],
  [
    'was to start during the backup window',
    [job({ begunAt: hoursAgo(3), at: hoursAgo(1) })],
    WINDOW,
    'its backup failed: it was to start in the hour before or during its backup window 08:30-09:30 UTC',
    /^Move that window of the instance, or the schedule of the plan, so that they are two hours apart\.$/,
  ],
  [
    'ended during the backup window, and began before',
    [job({ begunAt: hoursAgo(8) })],
    WINDOW,
    'its backup failed: no key',
  ],
  ['was to start at no known time', [job()], WINDOW, expect.stringContaining('backup window')],
])('a late database of which a job %s', (_, failedJobs, database, reason, remedy = /./) => {
  const about = said({ database: aDatabase('orders', database), newest: aCopy(orders, 90), behind: { failedJobs } });
  expect(about).toMatchObject({ status: 'late', remedy: expect.stringMatching(remedy) });
  expect(about.reason).toEqual(reason);
});

const hold = (code: VerdictCode, hours: number) => formatHold({ code, count: 1, at: hoursAgo(hours) });
const marked = (of: Database, code: VerdictCode, hours: number, name = `awsbackup:job-${code}`) =>
  inSource(of, { [RECOVERY_POINT_TAGS.exportKey]: 'key', [TAGS.held]: hold(code, hours) }, { name });
const tagged = inSource(orders, { [RECOVERY_POINT_TAGS.exportKey]: 'key' }, { name: 'awsbackup:job-tagged' });
const bare = inSource(orders, {}, { name: 'awsbackup:job-bare' });
const held = (code: VerdictCode, hours: number) => new Map([[tagged.arn, { code, count: 1, at: hoursAgo(hours) }]]);

test.each<[what: string, behind: Change['behind'], code: VerdictCode | undefined, from?: string]>([
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
  ['a mark of after that', { snapshots: [marked(orders, 'quota-full', 87)] }, 'quota-full', 'source'],
  ['what the account remembers', { snapshots: [tagged], held: held('copy-refused', 5) }, 'copy-refused', 'source'],
  ['backups without the tag of the export key', { snapshots: [bare] }, 'missing-tag', 'aws'],
  ['such backups, and one with it', { snapshots: [bare, tagged] }, undefined],
  ['such snapshots, made by hand', { snapshots: [{ ...bare, name: 'by-hand', type: 'manual' }] }, undefined],
  ['such backups of another database', { snapshots: [inSource(other, {})] }, undefined],
])('in the way of a late database is %s', (_, behind, ...[code, codeFrom]) => {
  const about = said({ newest: aCopy(orders, 90), behind });
  expect(about).toMatchObject({ status: 'late', code, codeFrom });
  if (code && codeFrom === 'source') expect(about.reason).toBe(`the source says: ${VERDICTS[code].reason}`);
});

test('of backups without the tag of the export key, the row says which tag, and what sets it', () => {
  expect(said({ newest: aCopy(orders, 90), behind: { snapshots: [bare] } })).toMatchObject({
    reason: `AWS Backup's snapshots of it do not carry the tag ${RECOVERY_POINT_TAGS.exportKey}`,
    remedy: `Let its plan set ${RECOVERY_POINT_TAGS.exportKey} on recovery points, or use the plans of the tooling.`,
  });
});

test.each<[database: Partial<Database>, service: string, isInTheWay: boolean]>([
  [{ kind: 'cluster', engine: 'aurora-mysql' }, 'Aurora', true],
  [{ kind: 'cluster', engine: 'docdb' }, 'DocumentDB', true],
  [{ kind: 'cluster', engine: 'neptune' }, 'Neptune', true],
  [{ kind: 'cluster', engine: 'docdb' }, 'Aurora', false],
  [{ engine: 'neptune' }, 'Neptune', false],
])('the service of %j, %s, which AWS Backup is not opted in to, is in the way: %p', (change, service, isInTheWay) => {
  const database = aDatabase('orders', change);
  const { code } = said({ database, newest: aCopy(database, 90), behind: { optedOut: [service] } });
  expect(code).toBe(isInTheWay ? 'not-opted-in' : undefined);
});

test('a database that is never copied says what AWS answers first, and with a copy also when it is late', () => {
  const cluster = aDatabase('orders', { kind: 'cluster', encrypted: false });
  const lasting = { code: 'unencrypted-cluster', codeFrom: 'aws', reason: VERDICTS['unencrypted-cluster'].reason };
  expect(said({ database: cluster })).toMatchObject({ status: 'unsupported', ...lasting });
  expect(said({ database: cluster, newest: aCopy(cluster, 90) })).toMatchObject({ status: 'late', ...lasting });
});
