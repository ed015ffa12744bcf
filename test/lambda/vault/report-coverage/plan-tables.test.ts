// Longer than most: what a run does, each part of its report and what it measures is one table each.
import type { FailedJob } from '../../../../lambda/_kit/ports/backup-jobs';
import type { CoverageFacts, ObservedAccount } from '../../../../lambda/vault/report-coverage/facts';
import { plan } from '../../../../lambda/vault/report-coverage/plan';
import type { CoverageEvidence, CoverageRow } from '../../../../src/contract/coverage';
import { databasesMetric, reportCoverage as METRIC } from '../../../../src/contract/metrics';
import { coverageOfDay, LATEST_COVERAGE, TAGS } from '../../../../src/contract/names';
import { formatHold, VERDICTS } from '../../../../src/contract/verdicts';
import { aCopy, aDatabase, factsOf, hoursAgo, inSource, NOW, openAccount } from '../../../support/coverage-world';
import { OTHER, SOURCE } from '../../../support/pipeline';

const orders = aDatabase('orders');
const at = (hours: number) => hoursAgo(hours).toISOString();
const MINUTE = 1 / 60;
const EXPORT_COPY = 'checkvalve-orders-0011223344556677';
const run = (accounts: readonly ObservedAccount[], more: Partial<CoverageFacts> = {}) =>
  plan({ ...factsOf(accounts), ...more });
const LATE = openAccount({ databases: [orders] });
const earlier = (more: Partial<CoverageEvidence> = {}): CoverageEvidence => ({ ...run([LATE]).evidence, ...more });
const doing = (more: Partial<CoverageFacts> = {}) => run([LATE], more).actions.map((action) => action.do);

describe('what a run does', () => {
  const day = coverageOfDay(NOW);

  test('keeps the report of the day for a year, and replaces the newest', () => {
    const { actions } = run([openAccount()]);
    const until = new Date(NOW.getTime() + 365 * 24 * 3_600_000);
    expect(actions).toEqual([
      { do: 'keep', name: day, until },
      { do: 'replace', name: LATEST_COVERAGE },
    ]);
  });

  test.each<[what: string, before: Partial<CoverageEvidence>, does: readonly string[]]>([
    ['that alerted no operator', {}, ['notify', 'keep', 'replace']],
    ['that kept the day', { kept: day }, ['notify', 'replace']],
    ['of another day', { kept: coverageOfDay(hoursAgo(24)) }, ['notify', 'keep', 'replace']],
    ['that alerted 23.5 hours ago', { kept: day, alertedAt: at(23.5) }, ['notify', 'replace']],
    ['that alerted a minute later', { kept: day, alertedAt: at(23.5 - MINUTE) }, ['replace']],
    ['that alerted at a time that is none', { kept: day, alertedAt: 'soon' }, ['notify', 'replace']],
  ])('after a report %s: %j', (_, more, does) => expect(doing({ before: earlier(more) })).toEqual(does));

  test('keeps the times of the last alert and the last kept report', () => {
    const { evidence } = run([LATE], { before: earlier({ alertedAt: at(3), kept: 'k' }) });
    expect(evidence).toMatchObject({ alertedAt: at(3), kept: 'k' });
  });
});

describe('the row of an account', () => {
  const rowOf = (change: Partial<ObservedAccount>, more: Partial<CoverageFacts> = {}) =>
    run([openAccount({}, change)], more).evidence.accounts[0];
  const gone: Partial<ObservedAccount> = { state: 'left', since: hoursAgo(9), observed: { access: 'not-requested' } };
  const decided = (kind: 'left' | 'accepted', hours: number) =>
    [{ kind, subject: SOURCE, by: 'operator', at: at(hours) }] as const;
  const known = (more: object) =>
    earlier({ accounts: [{ ...(earlier().accounts[0] as never as object), ...more }] as never });
  const elsewhere = [{ region: 'eu-west-3', at: at(1), databases: [orders.arn], count: 1 }];

  test('of one that answers', () => {
    expect(rowOf({})).toEqual({
      account: SOURCE,
      state: 'enrolled',
      since: NOW.toISOString(),
      access: 'granted',
      leavingSince: undefined,
      optedOut: [],
      notImported: [],
      unread: [],
      elsewhere: undefined,
      exportKey: undefined,
      deadLetters: undefined,
    });
  });

  test.each<
    [what: string, change: Partial<ObservedAccount>, decisions: CoverageFacts['decisions'], unconfirmed?: true]
  >([
    ['left', gone, [], true],
    ['left, and another decision was made', gone, decided('accepted', 1), true],
    ['left, after a decision', gone, decided('left', 10), true],
    ['left, and an operator confirmed it', gone, decided('left', 8)],
    ['is evicted', { ...gone, state: 'evicted' }, []],
    ['is leaving', { ...gone, state: 'leaving' }, []],
  ])('that %s', (_, change, decisions, ...[unconfirmed]) => {
    const row = rowOf(change, { decisions });
    expect(row?.unconfirmed).toBe(unconfirmed);
    expect(row && 'unconfirmed' in row).toBe(unconfirmed === true);
    expect(row).toMatchObject({ optedOut: [], notImported: [], unread: [] });
  });

  test.each<[what: string, change: Partial<ObservedAccount>, decisions: CoverageFacts['decisions'], isShown: boolean]>([
    ['answers', {}, [], true],
    ['left', gone, [], true],
    ['left, and an operator confirmed it', gone, decided('left', 8), false],
    ['answers, and was confirmed to have left before', {}, decided('left', 8), true],
    ['is evicted', { ...gone, state: 'evicted' }, [], false],
  ])('databases in other Regions of one that %s are shown: %#', (_, change, decisions, isShown) => {
    const rules = { ...factsOf([]).rules, uncoveredRegions: ['eu-west-3'] as never };
    const row = rowOf(change, { decisions, rules, before: known({ elsewhere }) });
    expect(row?.elsewhere?.length ?? 0).toBe(isShown ? 1 : 0);
  });

  test.each([
    ['the same state', 'enrolled', at(50), at(50)],
    ['another state', 'leaving', at(50), NOW.toISOString()],
    ['the same state, from an unknown time', 'enrolled', undefined, NOW.toISOString()],
  ])('since when: it was in %s', (_, state, since, expected) => {
    expect(rowOf({}, { before: known({ state, since }) })?.since).toBe(expected);
  });

  test('of one that does not answer has the reason, and the export key as it was', () => {
    const more = { before: known({ exportKey: { keyId: 'key', lastRead: 'policy-names' } }) };
    const shut = rowOf({ observed: { access: 'denied', because: 'No' } }, more);
    expect(shut).toMatchObject({ because: 'No', unread: [], exportKey: { keyId: 'key' } });
    const unknown = rowOf({ observed: { access: 'unknown', because: 'Slow' } }, more);
    expect(unknown).toMatchObject({ because: 'Slow', unread: ['the account did not answer: Slow'] });
  });

  test.each([
    [2, []],
    [4, ['the account was not read since 08:00']],
  ])('of one that no run had time for is unread after %i hours: %j', (hours, unread) => {
    const observed = { access: 'unknown' as const, because: 'not read since 08:00', isPostponed: true };
    const row = rowOf({ observed, seenAt: hoursAgo(hours) }, {});
    expect(row).toMatchObject({ access: 'unknown', seenAt: hoursAgo(hours).toISOString(), unread, isPostponed: true });
  });
});

describe('an export copy that waits for the vault', () => {
  const waiting = (tags: Readonly<Record<string, string>>, change = {}) =>
    inSource(orders, { [TAGS.role]: 'export', [TAGS.sharedAt]: at(7), ...tags }, { name: EXPORT_COPY, ...change });

  test.each<[what: string, copy: ReturnType<typeof waiting>, counts: boolean]>([
    ['for more than six hours', waiting({}), true],
    ['for six hours', waiting({ [TAGS.sharedAt]: at(6) }), false],
    ['for a minute more', waiting({ [TAGS.sharedAt]: at(6 + MINUTE) }), true],
    [
      'since it was made, without a time of sharing',
      waiting({ [TAGS.sharedAt]: '' }, { createdAt: hoursAgo(7) }),
      true,
    ],
    ['the same, made lately', waiting({ [TAGS.sharedAt]: '' }, { createdAt: hoursAgo(5) }), false],
    ['from an unknown time', waiting({ [TAGS.sharedAt]: '' }, { createdAt: undefined }), false],
    ['shared lately, made long ago', waiting({ [TAGS.sharedAt]: at(5) }, { createdAt: hoursAgo(90) }), false],
    ['that the vault has', waiting({ [TAGS.importedAt]: at(1) }), false],
    ['that is not ready', waiting({}, { status: 'creating' }), false],
    ['that is no export copy', waiting({ [TAGS.role]: 'vault' }), false],
    ['that a team copied with its tags', waiting({}, { name: 'orders-by-hand' }), false],
  ])('%s is reported: %#', (_, copy, counts) => {
    const { evidence, measures } = run([openAccount({ snapshots: [copy] })]);
    expect(evidence.accounts[0]?.notImported).toEqual(counts ? [copy.arn] : []);
    expect(measures[METRIC.exportCopiesNotImported]).toBe(counts ? 1 : 0);
  });
});

describe('a disputed copy', () => {
  const disputed = (hours: number, tags: Readonly<Record<string, string | undefined>> = {}) => {
    const copy = aCopy(orders, hours + 2);
    const all = new Map([...copy.tags, [TAGS.disputed, 'resource-id'], ...Object.entries(tags)]) as Map<string, string>;
    for (const [key, value] of Object.entries(tags)) if (value === undefined) all.delete(key);
    return { ...copy, tags: all };
  };
  const WEEK = 7 * 24;

  test.each<[what: string, copy: ReturnType<typeof disputed>, isReported: boolean]>([
    ['of today', disputed(1), true],
    ['of a week ago', disputed(WEEK), true],
    ['of before that', disputed(WEEK + 0.1), false],
    ['that nothing disputes', disputed(1, { [TAGS.disputed]: undefined }), false],
    ['that is not the vault’s', disputed(1, { [TAGS.role]: 'export' }), false],
  ])('%s is reported for a week: %#', (_, copy, isReported) => {
    const { evidence, measures } = run([openAccount()], { own: [copy] });
    const importedAt = copy.tags.get(TAGS.importStartedAt);
    const row = { account: SOURCE, database: orders.arn, copy: copy.arn, importedAt, what: 'resource-id' };
    expect(evidence.disputed).toEqual(isReported ? [row] : []);
    expect(measures[METRIC.disputedCopies]).toBe(isReported ? 1 : 0);
  });

  test('fifty of each account are reported', () => {
    const many = (count: number, of = orders) =>
      Array.from({ length: count }, (_, hour) => ({ ...disputed(1), arn: `${of.arn}-${hour}` as never }));
    const theirs = aCopy(aDatabase('stock', {}, OTHER), 3);
    const other = { ...theirs, tags: new Map([...theirs.tags, [TAGS.disputed, 'snapshot']]) };
    const { evidence } = run([openAccount()], { own: [...many(60), other] });
    expect(evidence.disputed?.map(({ account }) => account)).toEqual([...Array(50).fill(SOURCE), OTHER]);
  });
});

describe('missed backups', () => {
  const deleted = (hours: number, tags = {}, name = EXPORT_COPY) => {
    const held = formatHold({ code: 'snapshot-deleted', count: 1, at: hoursAgo(hours) });
    return inSource(orders, { [TAGS.role]: 'export', [TAGS.held]: held, ...tags }, { name });
  };
  const hold = (code: 'quota-full', hours: number) => formatHold({ code, count: 1, at: hoursAgo(hours) });

  test.each<[what: string, snapshot: ReturnType<typeof deleted>, isReported: boolean]>([
    ['that was deleted since the last message', deleted(5), true],
    ['that was deleted a day ago', deleted(24), true],
    ['that was deleted before', deleted(24 + MINUTE), false],
    ['with another mark', deleted(5, { [TAGS.held]: hold('quota-full', 5) }), false],
    ['without a mark', deleted(5, { [TAGS.held]: '' }), false],
    ['that is no export copy', deleted(5, { [TAGS.role]: 'vault' }), false],
    ['that a team copied with its tags', deleted(5, {}, 'orders-by-hand'), false],
  ])('a snapshot %s is reported: %#', (_, snapshot, isReported) => {
    const { evidence } = run([openAccount({ snapshots: [snapshot] })], { before: earlier({ alertedAt: at(2) }) });
    const { reason, remedy } = VERDICTS['snapshot-deleted'];
    const row = { account: SOURCE, database: orders.arn, state: 'DELETED', message: `${reason}. ${remedy}` };
    expect(evidence.missedBackups).toMatchObject(isReported ? [row] : []);
    expect(evidence.missedBackups).toHaveLength(isReported ? 1 : 0);
  });

  test('as many of each account as an operator would read; none of one that does not answer', () => {
    const job: FailedJob = { resource: orders.arn, state: 'FAILED', message: 'no', at: hoursAgo(1) };
    const many = openAccount({ failedJobs: Array(250).fill(job) });
    const shut: ObservedAccount = { ...openAccount(), account: OTHER, observed: { access: 'denied', because: 'No' } };
    const { evidence, measures } = run([many, shut]);
    expect(evidence.missedBackups).toHaveLength(200);
    expect(measures[METRIC.missedBackups]).toBe(200);
  });
});

describe('what is measured', () => {
  const shutFor = (hours: number, account = SOURCE): ObservedAccount => ({
    ...openAccount({}, { since: hoursAgo(hours) }),
    account,
    observed: { access: 'denied', because: 'No' },
  });

  test.each([
    ['six hours', 6, 0],
    ['a minute more', 6 + MINUTE, 1],
  ])('an account that has been shut for %s', (_, hours, count) => {
    expect(run([shutFor(hours), openAccount({}, { account: OTHER })]).measures[METRIC.unknownAccounts]).toBe(count);
  });

  const row = (change: Partial<CoverageRow>): CoverageRow => ({
    account: SOURCE,
    database: orders.arn,
    resourceId: orders.resourceId,
    engine: 'postgres',
    status: 'never',
    since: at(90),
    wanted: true,
    expected: true,
    rpoHours: 26,
    waitsSince: at(27),
    ...change,
  });
  const hidden = (change: Partial<CoverageRow>, own: CoverageFacts['own'] = []) => {
    const { measures } = run([shutFor(1)], { own, before: earlier({ databases: [row(change)] }) });
    return { late: measures[databasesMetric('late')], never: measures[databasesMetric('never')] };
  };

  test.each<[what: string, change: Partial<CoverageRow>, own: CoverageFacts['own'], late: number, never: number]>([
    ['an old copy', {}, [aCopy(orders, 27)], 1, 0],
    ['a fresh copy', {}, [aCopy(orders, 26)], 0, 0],
    ['no copy, for longer than the RPO', {}, [], 0, 1],
    ['no copy, for as long as the RPO', { waitsSince: at(26) }, [], 0, 0],
    ['no copy, from an unknown time', { waitsSince: undefined }, [], 0, 0],
    ['no copy, and none expected', { expected: false }, [], 0, 0],
    ['no copy, and no RPO known', { rpoHours: undefined }, [], 0, 0],
  ])('a database behind a shut access role with %s counts as late or never', (_, change, own, late, never) => {
    expect(hidden(change, own)).toEqual({ late, never });
  });

  test('a database that the account shows counts once', () => {
    const { measures } = run([openAccount({ databases: [orders] })], { own: [aCopy(orders, 90)] });
    expect([measures[databasesMetric('late')], measures[databasesMetric('never')]]).toEqual([1, 0]);
  });

  test('what cannot be protected counts when it is new', () => {
    const custom = aDatabase('a', { engine: 'custom-oracle-ee' });
    const accounts = [openAccount({ databases: [custom, aDatabase('b', { engine: 'custom-oracle-ee' }), orders] })];
    const first = run(accounts);
    expect(first.measures[METRIC.newlyUnsupported]).toBe(2);
    expect(run(accounts, { before: first.evidence }).measures[METRIC.newlyUnsupported]).toBe(0);
    const one = first.evidence.databases.filter(({ database }) => database !== custom.arn);
    expect(run(accounts, { before: { ...first.evidence, databases: one } }).measures[METRIC.newlyUnsupported]).toBe(1);
    const late = first.evidence.databases.map((each) => ({ ...each, status: 'late' as const }));
    expect(run(accounts, { before: { ...first.evidence, databases: late } }).measures[METRIC.newlyUnsupported]).toBe(2);
  });

  test('dead letters and unread parts of all accounts', () => {
    const accounts = [
      openAccount({ deadLetters: 2, unread: ['a'] }),
      openAccount({ deadLetters: 3 }, { account: OTHER }),
    ];
    const { measures } = run(accounts);
    expect(measures).toMatchObject({ [METRIC.sourceDeadLetters]: 5, [METRIC.unreadParts]: 1 });
  });
});
