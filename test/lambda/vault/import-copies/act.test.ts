// Longer than most: how each action ends, and what of it the account, a person and the next run learn, is read in one place.
import type { CopyOutcome, Snapshot, Snapshots } from '../../../../lambda/_kit/ports/snapshots';
import { ImportActor } from '../../../../lambda/vault/import-copies/act';
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

interface World {
  readonly copy?: (source: string) => CopyOutcome;
  readonly shared?: readonly Snapshot[];
  /** How an account answers a tag. */
  readonly tag?: (account: AccountId) => Promise<void>;
  readonly heard?: readonly string[];
}

/** An actor, with what is written, shown and logged. */
function actorIn({ copy = () => ({ kind: 'started' }), shared = [], tag = async () => {}, heard = [] }: World = {}) {
  const written: (readonly [where: string, arn: string, tags: unknown])[] = [];
  const logged: (readonly [string, Record<string, unknown>])[] = [];
  let looks = 0;
  const snapshots = {
    copy: async ({ source }: { readonly source: string }) => copy(source),
    shared: async () => {
      looks += 1;
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
  const actor = new ImportActor(ports, NOW, log, new Set(heard));
  return { actor, written, logged, looks: () => looks };
}

const importOf = (copy: Snapshot): ImportAction => ({
  do: 'import',
  order: { source: copy.arn, kind: copy.kind, name: 'x', key: IMPORT_KEY, tags: {} },
  exportCopy: copy,
  dropped: [],
});
const markImported = (copy: Snapshot): ImportAction => ({ do: 'mark-taken', exportCopy: copy });
const told = (logged: readonly (readonly [string, Record<string, unknown>])[]) =>
  logged.filter(([event]) => event === 'database.not-crossing').map(([, { snapshot, verdict }]) => [snapshot, verdict]);

test('a mark says when, in the account of the export copy', async () => {
  const { actor, written } = actorIn();
  expect(await actor.act(markImported(FOREIGN))).toEqual({ outcome: 'done' });
  expect(written).toEqual([[OTHER, FOREIGN.arn, { [TAGS.copiedAt]: NOW.toISOString() }]]);
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
])('after %s, the next mark in the account is tried: %p', async (name, isTried) => {
  const { actor, written, logged } = actorIn({
    tag: async (account) => (account === SOURCE ? Promise.reject(error(name)) : undefined),
  });
  expect(await actor.act(markImported(ORDERS))).toEqual({ outcome: 'refused' });
  expect(await actor.act(markImported(STOCK))).toEqual({ outcome: 'refused' });
  expect(await actor.act(markImported(FOREIGN))).toEqual({ outcome: 'done' });
  expect(written.map(([, arn]) => arn)).toEqual([ORDERS.arn, ...(isTried ? [STOCK.arn] : []), FOREIGN.arn]);
  expect(logged[0]).toEqual([
    'access-role.refused',
    { snapshot: ORDERS.arn, account: SOURCE, code: name, because: expect.stringContaining(`it says ${name}`) },
  ]);
  expect(actor.marks.fault).toBeUndefined();
});

test.each([
  [
    'a time-out everywhere is a fault of the vault',
    'TimeoutError',
    /^Marking an export copy failed alike for all 2 accounts/,
  ],
  ['a refusal everywhere is an answer', 'AccessDenied', undefined],
])('%s', async (_, name, message) => {
  const { actor } = actorIn({ tag: () => Promise.reject(error(name)) });
  for (const copy of [ORDERS, FOREIGN]) await actor.act(markImported(copy));
  if (message) expect(actor.marks.fault?.message).toMatch(message);
  else expect(actor.marks.fault).toBeUndefined();
});

test('marks in one account take ten seconds of a run at the most, those that fail among them', async () => {
  for (const ending of [() => Promise.resolve(), () => Promise.reject(error('ValidationError'))]) {
    let clock = 0;
    const performanceNow = jest.spyOn(performance, 'now').mockImplementation(() => clock);
    try {
      const { actor, written, logged } = actorIn({
        tag: (account) => {
          clock += account === SOURCE ? 5000 : 1;
          return ending();
        },
      });
      for (const copy of [ORDERS, FOREIGN, STOCK, ORDERS, FOREIGN]) await actor.act(markImported(copy));
      expect(written.map(([account]) => account)).toEqual([SOURCE, OTHER, SOURCE, OTHER]);
      // What was not tried was not refused.
      expect([0, 4]).toContain(logged.length);
    } finally {
      performanceNow.mockRestore();
    }
  }
});

test('marks in all accounts take ninety seconds', async () => {
  let clock = 0;
  const performanceNow = jest.spyOn(performance, 'now').mockImplementation(() => clock);
  try {
    const { actor, written } = actorIn({
      tag: async () => {
        clock += 9000;
      },
    });
    for (let at = 0; at < 12; at += 1) {
      await actor.act(markImported(exportCopy({ account: `2222000011${10 + at}` as AccountId })));
    }
    expect(written).toHaveLength(10);
  } finally {
    performanceNow.mockRestore();
  }
});

describe('an order to copy', () => {
  test('ends as RDS answers', async () => {
    const { actor, looks } = actorIn();
    expect(await actor.act(importOf(ORDERS))).toEqual({ outcome: 'started' });
    expect(looks()).toBe(0);
    const refusing = actorIn({ copy: () => ({ kind: 'refused', because: 'no' }) });
    expect(await refusing.actor.act(importOf(ORDERS))).toEqual({ outcome: 'refused', because: 'no' });
    expect(refusing.written).toEqual([
      [SOURCE, ORDERS.arn, { [TAGS.held]: expect.stringMatching(/^copy-refused 1 /) }],
    ]);
    expect(told(refusing.logged)).toEqual([[ORDERS.arn, 'copy-refused']]);
  });

  test('that fails is not started, and fails the run when all accounts give the same error', async () => {
    const { actor } = actorIn({
      copy: () => {
        throw error('AccessDenied');
      },
    });
    const because = expect.stringContaining('it says AccessDenied');
    expect(await actor.act(importOf(ORDERS))).toEqual({
      outcome: 'not-started',
      account: SOURCE,
      code: 'AccessDenied',
      because,
    });
    expect(actor.copies.fault).toBeUndefined();
    await actor.act(importOf(FOREIGN));
    expect(actor.copies.fault?.message).toMatch(/^Copying a shared copy failed alike for all 2 accounts/);
  });

  test('that one account answers is no failure of the run', async () => {
    const { actor } = actorIn({
      copy: (source) => {
        if (source === FOREIGN.arn) return { kind: 'started' };
        throw error('AccessDenied');
      },
    });
    for (const copy of [ORDERS, exportCopy({ account: '222200003333' as AccountId }), FOREIGN])
      await actor.act(importOf(copy));
    expect(actor.copies.fault).toBeUndefined();
  });

  test('is not asked for once RDS has no slot for its kind', async () => {
    const { actor } = actorIn({ copy: () => ({ kind: 'wait', because: 'full' }) });
    expect(await actor.act(importOf(ORDERS))).toEqual({ outcome: 'wait', because: 'full' });
    expect(await actor.act(importOf(FOREIGN))).toEqual({ outcome: 'not-asked' });
  });
});

describe('an export copy that was deleted before its copy was finished', () => {
  const gone = { copy: (): CopyOutcome => ({ kind: 'gone' }) };
  const failed = (copy: Snapshot, tags = {}): ImportAction => ({
    do: 'mark-failed',
    copy: copyOf(copy, { status: 'failed' }, tags),
  });

  test('is told and counted', async () => {
    const { actor, logged } = actorIn(gone);
    expect(await actor.act(importOf(ORDERS))).toEqual({ outcome: 'gone' });
    expect(told(logged)).toEqual([[ORDERS.arn, 'snapshot-deleted']]);
    expect(actor.deleted).toBe(1);
  });

  test('is not, while RDS still lists it', async () => {
    const { actor, logged } = actorIn({ ...gone, shared: [ORDERS] });
    await actor.act(importOf(ORDERS));
    expect([told(logged), actor.deleted]).toEqual([[], 0]);
  });

  test('RDS is asked for the list once in a run', async () => {
    const { actor, looks } = actorIn({ ...gone, shared: [STOCK] });
    for (const copy of [ORDERS, STOCK, FOREIGN]) await actor.act(importOf(copy));
    expect([looks(), actor.deleted]).toEqual([1, 2]);
  });

  test('is told when its failed copy is marked', async () => {
    const { actor, written, logged } = actorIn();
    expect(await actor.act(failed(ORDERS))).toEqual({ outcome: 'done' });
    expect(written).toEqual([['vault', copyOf(ORDERS).arn, { [TAGS.failedAt]: NOW.toISOString() }]]);
    expect(told(logged)).toEqual([[ORDERS.arn, 'snapshot-deleted']]);
    expect(actor.deleted).toBe(1);
  });

  test.each([
    ['that is still shared', [ORDERS], {}],
    ['that the failed copy does not name', [], { [TAGS.exportCopy]: undefined }],
    ['that the failed copy names by no ARN', [], { [TAGS.exportCopy]: 'x' }],
  ])('is not told of one %s', async (_, shared, tags) => {
    const { actor, logged, written } = actorIn({ shared });
    await actor.act(failed(ORDERS, tags));
    expect([told(logged), actor.deleted, written.length]).toEqual([[], 0, 1]);
  });
});

test('an alert is told, and written on the export copy; not again for a database that a person heard of today', async () => {
  const hold = (copy: Snapshot): ImportAction => ({ do: 'hold', exportCopy: copy, code: 'overdue' });
  const { actor, written, logged } = actorIn({ heard: [STOCK.database] });
  expect(await actor.act(hold(ORDERS))).toEqual({ outcome: 'done' });
  expect(await actor.act(hold(STOCK))).toEqual({ outcome: 'told-already' });
  expect(told(logged)).toEqual([[ORDERS.arn, 'overdue']]);
  expect(written).toEqual([[SOURCE, ORDERS.arn, { [TAGS.held]: expect.stringMatching(/^overdue 1 /) }]]);
});
