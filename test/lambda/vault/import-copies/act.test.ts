// Longer than most: how each action ends, and what the account, an operator and the next run learn, is read in one place.
import type { CopyOutcome, Snapshot, Snapshots } from '../../../../lambda/_kit/ports/snapshots';
import { act, importRun } from '../../../../lambda/vault/import-copies/act';
import type { ImportPorts } from '../../../../lambda/vault/import-copies/observe';
import type { ImportAction } from '../../../../lambda/vault/import-copies/plan';
import type { AccountId } from '../../../../src/contract/ids';
import { TAGS } from '../../../../src/contract/names';
import { copyOf, exportCopy, NOW } from '../../../support/import-world';
import { IMPORT_KEY, OTHER, SOURCE } from '../../../support/pipeline';

const ORDERS = exportCopy();
const STOCK = exportCopy({ of: 'stock' });
const FOREIGN = exportCopy({ account: OTHER });
const error = (name: string) => Object.assign(new Error(`it says ${name}`), { name });

interface Answers {
  readonly copy?: (source: string) => CopyOutcome;
  readonly shared?: readonly Snapshot[];
  /** How an account answers a tag. */
  readonly tag?: (account: AccountId) => Promise<void>;
  /** Databases with an alert within a day. */
  readonly alerted?: readonly string[];
}

/** A run with fakes, and what it writes, lists and logs. */
function runIn({ copy = () => ({ kind: 'started' }), shared = [], tag = async () => {}, alerted = [] }: Answers = {}) {
  const written: (readonly [where: string, arn: string, tags: unknown])[] = [];
  const logged: (readonly [string, Record<string, unknown>])[] = [];
  let listings = 0;
  const snapshots = {
    copy: async ({ source }: { readonly source: string }) => copy(source),
    shared: async () => {
      listings += 1;
      return shared;
    },
    tag: async (arn: string, tags: unknown) => void written.push(['vault', arn, tags]),
  } as unknown as Snapshots;
  const accessRoles = {
    of: (account: AccountId) =>
      ({
        tag: async (arn: string, tags: unknown) => {
          written.push([account, arn, tags]);
          await tag(account);
        },
      }) as unknown as Snapshots,
  };
  const ports = { snapshots, accessRoles } as unknown as ImportPorts;
  const log = (event: string, fields = {}) => void logged.push([event, fields as Record<string, unknown>]);
  const run = importRun(ports, NOW, log, new Set(alerted));
  return { run, perform: (action: ImportAction) => act(action, run), written, logged, listings: () => listings };
}

const importOf = (copy: Snapshot): ImportAction => ({
  do: 'import',
  order: { source: copy.arn, kind: copy.kind, name: 'x', key: IMPORT_KEY, tags: {} },
  exportCopy: copy,
  dropped: [],
});
const markImported = (copy: Snapshot): ImportAction => ({ do: 'mark-imported', exportCopy: copy });
const alerts = (logged: readonly (readonly [string, Record<string, unknown>])[]) =>
  logged.filter(([event]) => event === 'database.not-copied').map(([, { snapshot, verdict }]) => [snapshot, verdict]);

test('a tag on the export copy says when the vault imported it', async () => {
  const { perform, written } = runIn();
  expect(await perform(markImported(FOREIGN))).toEqual({ outcome: 'done' });
  expect(written).toEqual([[OTHER, FOREIGN.arn, { [TAGS.importedAt]: NOW.toISOString() }]]);
});

test.each([
  ['AccessDenied', false],
  ['ThrottlingException', false],
  ['SomethingNotFoundElse', false],
  ['DBSnapshotNotFoundFault', true],
  ['DBSnapshotNotFound', true],
  ['TagQuotaPerResourceExceeded', true],
  ['SnapshotQuotaExceededFault', true],
  ['LimitExceededException', true],
  ['InvalidDBSnapshotStateFault', true],
  ['InvalidParameterValue', true],
  ['ValidationError', true],
  ['ValidationException', false],
])('after %s, the run tags the next export copy of the account: %p', async (name, isTried) => {
  const { run, perform, written, logged } = runIn({
    tag: async (account) => (account === SOURCE ? Promise.reject(error(name)) : undefined),
  });
  expect(await perform(markImported(ORDERS))).toEqual({ outcome: 'refused' });
  expect(await perform(markImported(STOCK))).toEqual({ outcome: 'refused' });
  expect(await perform(markImported(FOREIGN))).toEqual({ outcome: 'done' });
  expect(written.map(([, arn]) => arn)).toEqual([ORDERS.arn, ...(isTried ? [STOCK.arn] : []), FOREIGN.arn]);
  expect(logged[0]).toEqual([
    'access-role.refused',
    { snapshot: ORDERS.arn, account: SOURCE, code: name, because: expect.stringContaining(`it says ${name}`) },
  ]);
  expect(run.tagAnswers.fault).toBeUndefined();
});

test.each([
  [
    'a time-out everywhere is a fault of the vault',
    'TimeoutError',
    /^Tagging an export copy failed alike for all 2 accounts/,
  ],
  ['a refusal everywhere is an answer', 'AccessDenied', undefined],
])('%s', async (_, name, message) => {
  const { run, perform } = runIn({ tag: () => Promise.reject(error(name)) });
  for (const copy of [ORDERS, FOREIGN]) await perform(markImported(copy));
  if (message) expect(run.tagAnswers.fault?.message).toMatch(message);
  else expect(run.tagAnswers.fault).toBeUndefined();
});

test('tags in one account take at most ten seconds of a run, failed ones included', async () => {
  for (const ending of [() => Promise.resolve(), () => Promise.reject(error('ValidationError'))]) {
    let clock = 0;
    const performanceNow = jest.spyOn(performance, 'now').mockImplementation(() => clock);
    try {
      const { perform, written, logged } = runIn({
        tag: (account) => {
          clock += account === SOURCE ? 5000 : 1;
          return ending();
        },
      });
      for (const copy of [ORDERS, FOREIGN, STOCK, ORDERS, FOREIGN]) await perform(markImported(copy));
      expect(written.map(([account]) => account)).toEqual([SOURCE, OTHER, SOURCE, OTHER]);
      // A tag that was not tried was not refused.
      expect([0, 4]).toContain(logged.length);
    } finally {
      performanceNow.mockRestore();
    }
  }
});

test('tags in all accounts take at most ninety seconds', async () => {
  let clock = 0;
  const performanceNow = jest.spyOn(performance, 'now').mockImplementation(() => clock);
  try {
    const { perform, written } = runIn({
      tag: async () => {
        clock += 9000;
      },
    });
    for (let at = 0; at < 12; at += 1) {
      await perform(markImported(exportCopy({ account: `2222000011${10 + at}` as AccountId })));
    }
    expect(written).toHaveLength(10);
  } finally {
    performanceNow.mockRestore();
  }
});

describe('an order to copy', () => {
  test('ends as RDS answers', async () => {
    const { perform, listings } = runIn();
    expect(await perform(importOf(ORDERS))).toEqual({ outcome: 'started' });
    expect(listings()).toBe(0);
    const refusing = runIn({ copy: () => ({ kind: 'refused', because: 'no' }) });
    expect(await refusing.perform(importOf(ORDERS))).toEqual({ outcome: 'refused', because: 'no' });
    expect(refusing.written).toEqual([
      [SOURCE, ORDERS.arn, { [TAGS.held]: expect.stringMatching(/^copy-refused 1 /) }],
    ]);
    expect(alerts(refusing.logged)).toEqual([[ORDERS.arn, 'copy-refused']]);
  });

  test('that fails is not started, and fails the run when all accounts give the same error', async () => {
    const { run, perform } = runIn({
      copy: () => {
        throw error('AccessDenied');
      },
    });
    const because = expect.stringContaining('it says AccessDenied');
    expect(await perform(importOf(ORDERS))).toEqual({
      outcome: 'not-started',
      account: SOURCE,
      code: 'AccessDenied',
      because,
    });
    expect(run.copyAnswers.fault).toBeUndefined();
    await perform(importOf(FOREIGN));
    expect(run.copyAnswers.fault?.message).toMatch(/^Copying a shared copy failed alike for all 2 accounts/);
  });

  test('that RDS answers for one account is no failure of the run', async () => {
    const { run, perform } = runIn({
      copy: (source) => {
        if (source === FOREIGN.arn) return { kind: 'started' };
        throw error('AccessDenied');
      },
    });
    for (const copy of [ORDERS, exportCopy({ account: '222200003333' as AccountId }), FOREIGN])
      await perform(importOf(copy));
    expect(run.copyAnswers.fault).toBeUndefined();
  });

  test('is not made once RDS has no slot for its kind', async () => {
    const { perform } = runIn({ copy: () => ({ kind: 'wait', because: 'full' }) });
    expect(await perform(importOf(ORDERS))).toEqual({ outcome: 'wait', because: 'full' });
    expect(await perform(importOf(FOREIGN))).toEqual({ outcome: 'not-asked' });
  });
});

describe('an export copy that was deleted before its copy was finished', () => {
  const gone = { copy: (): CopyOutcome => ({ kind: 'gone' }) };
  const failed = (copy: Snapshot, tags = {}): ImportAction => ({
    do: 'mark-failed',
    copy: copyOf(copy, { status: 'failed' }, tags),
  });

  test('is alerted and counted', async () => {
    const { run, perform, logged } = runIn(gone);
    expect(await perform(importOf(ORDERS))).toEqual({ outcome: 'gone' });
    expect(alerts(logged)).toEqual([[ORDERS.arn, 'snapshot-deleted']]);
    expect(run.deleted.length).toBe(1);
  });

  test('is not alerted while RDS still lists it', async () => {
    const { run, perform, logged } = runIn({ ...gone, shared: [ORDERS] });
    await perform(importOf(ORDERS));
    expect([alerts(logged), run.deleted.length]).toEqual([[], 0]);
  });

  test('is confirmed by one listing in a run', async () => {
    const { run, perform, listings } = runIn({ ...gone, shared: [STOCK] });
    for (const copy of [ORDERS, STOCK, FOREIGN]) await perform(importOf(copy));
    expect([listings(), run.deleted.length]).toEqual([1, 2]);
  });

  test('is alerted when its failed copy is marked', async () => {
    const { run, perform, written, logged } = runIn();
    expect(await perform(failed(ORDERS))).toEqual({ outcome: 'done' });
    expect(written).toEqual([['vault', copyOf(ORDERS).arn, { [TAGS.failedAt]: NOW.toISOString() }]]);
    expect(alerts(logged)).toEqual([[ORDERS.arn, 'snapshot-deleted']]);
    expect(run.deleted.length).toBe(1);
  });

  test.each([
    ['that is still shared', [ORDERS], {}],
    ['that the failed copy does not name', [], { [TAGS.exportCopy]: undefined }],
    ['that the failed copy names by no ARN', [], { [TAGS.exportCopy]: 'x' }],
  ])('is not alerted when it is one %s', async (_, shared, tags) => {
    const { run, perform, logged, written } = runIn({ shared });
    await perform(failed(ORDERS, tags));
    expect([alerts(logged), run.deleted.length, written.length]).toEqual([[], 0, 1]);
  });
});

test('an alert is logged and recorded on the export copy, once a day for each database', async () => {
  const alert = (copy: Snapshot): ImportAction => ({ do: 'alert', exportCopy: copy, code: 'overdue' });
  const { perform, written, logged } = runIn({ alerted: [STOCK.database] });
  expect(await perform(alert(ORDERS))).toEqual({ outcome: 'done' });
  expect(await perform(alert(STOCK))).toEqual({ outcome: 'already-alerted' });
  expect(alerts(logged)).toEqual([[ORDERS.arn, 'overdue']]);
  expect(written).toEqual([[SOURCE, ORDERS.arn, { [TAGS.held]: expect.stringMatching(/^overdue 1 /) }]]);
});
