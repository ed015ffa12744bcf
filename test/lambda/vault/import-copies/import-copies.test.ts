import { notify } from '../../../../src/contract/message';
import { copiesTopicArn, NAMES, TAGS } from '../../../../src/contract/names';
import { database, HERE, IMPORT_KEY, OTHER, Pipeline, SOURCE, VAULT } from '../../../support/pipeline';

const ORDERS = database(SOURCE, 'db', 'orders');
const notification = (body: Record<string, unknown>) => JSON.stringify({ Type: 'Notification', ...body });
const INBOX = `arn:aws:sqs:${HERE}:${VAULT}:${NAMES.inbox}`;
const record = (messageId: string, body: string, eventSourceARN = INBOX) => ({ messageId, body, eventSourceARN });

async function shared(pipeline = new Pipeline(), of = ORDERS) {
  pipeline.backUp(of);
  await pipeline.export();
  pipeline.rds.advance(30);
  await pipeline.export();
  return pipeline;
}

test('a shared copy is copied under the import key and marked by the vault’s own clock', async () => {
  const pipeline = await shared();
  await pipeline.import();
  const [copy] = pipeline.rds.all(VAULT);
  expect(copy).toMatchObject({ kmsKeyArn: IMPORT_KEY, kind: 'instance', database: ORDERS.arn });
  expect(copy?.tags.get(TAGS.role)).toBe('vault');
  expect(copy?.tags.get(TAGS.importStartedAt)).toBe(pipeline.rds.time.toISOString());
  expect(copy?.tags.get(TAGS.sourceTime)).toBe('2026-01-01T00:00:00.000Z');
});

test('the export copy is tagged as imported once the vault’s copy is available, and not before', async () => {
  const pipeline = await shared();
  const taken = () => pipeline.rds.all(SOURCE).filter(({ tags }) => tags.has(TAGS.importedAt)).length;
  await pipeline.import();
  await pipeline.import();
  expect(taken()).toBe(0);
  pipeline.rds.advance(30);
  await pipeline.import();
  expect(taken()).toBe(1);
  await pipeline.import();
  expect(pipeline.rds.all(VAULT)).toHaveLength(1);
});

describe('a source that does not allow tags on its export copies', () => {
  const THEIRS = database(OTHER, 'db', 'theirs');
  const taken = (pipeline: Pipeline, account: typeof SOURCE) =>
    pipeline.rds.all(account).filter(({ tags }) => tags.has(TAGS.importedAt)).length;

  async function imported() {
    const pipeline = new Pipeline();
    for (const one of [ORDERS, database(SOURCE, 'db', 'users'), THEIRS]) pipeline.backUp(one);
    for (let round = 0; round < 2; round += 1) {
      for (const account of [SOURCE, OTHER]) await pipeline.export(account);
      pipeline.rds.advance(30);
    }
    await pipeline.import();
    pipeline.rds.advance(30);
    return pipeline;
  }

  test('because they no longer have the role tag: no call is made, and no other account is delayed', async () => {
    const pipeline = await imported();
    for (const { arn, tags } of pipeline.rds.all(SOURCE)) {
      if (tags.get(TAGS.role) === 'export') await pipeline.rds.as(SOURCE).tag(arn, { [TAGS.role]: 'x' });
    }
    await pipeline.import();
    await pipeline.import();
    expect([taken(pipeline, SOURCE), taken(pipeline, OTHER)]).toEqual([0, 1]);
    expect(pipeline.vaultCopies()).toHaveLength(3);
  });

  test('because its access role refuses: one call a run, logged, and the run succeeds for all others', async () => {
    const pipeline = await imported();
    const denied = Object.assign(new Error('not authorized'), { name: 'AccessDenied' });
    pipeline.accessRole = (account) => ({
      ...pipeline.rds.as(account),
      ...(account === SOURCE && { tag: () => Promise.reject(denied) }),
    });
    await pipeline.import();
    const marked = pipeline.logged.map(({ event }) => event).filter((event) => event.startsWith('mark-imported.'));
    expect(marked.sort()).toEqual(['mark-imported.done', 'mark-imported.refused', 'mark-imported.refused']);
    expect(pipeline.logged.filter(({ event }) => event === 'access-role.refused')).toHaveLength(1);
    expect([taken(pipeline, SOURCE), taken(pipeline, OTHER)]).toEqual([0, 1]);
  });

  test('because AWS fails: that is a failure of the run, which is tried again', async () => {
    const pipeline = await imported();
    const failing = Object.assign(new Error('no'), { name: 'InternalFailure' });
    pipeline.accessRole = (account) => ({ ...pipeline.rds.as(account), tag: () => Promise.reject(failing) });
    await expect(pipeline.import()).rejects.toMatchObject({ code: 'STEP_FAILED' });
  });
});

test.each(['failed', 'error', 'incompatible-restore', 'incompatible-parameters'])(
  'a vault copy that ends in %s is marked as failed, and imported again under another name',
  async (status) => {
    const pipeline = await shared();
    await pipeline.import();
    pipeline.rds.advance(60);
    const [first] = pipeline.rds.all(VAULT);
    if (!first) throw new Error('nothing was imported');
    pipeline.rds.change(first.arn, { ...first, status });
    await pipeline.import();
    pipeline.rds.advance(60);
    await pipeline.import();
    const copies = pipeline.rds.all(VAULT);
    expect(copies.find(({ arn }) => arn === first.arn)?.tags.has(TAGS.failedAt)).toBe(true);
    expect(pipeline.vaultCopies()).toHaveLength(1);
  },
);

// Case 7.
test('databases of one name in two accounts become two copies', async () => {
  const pipeline = new Pipeline();
  pipeline.backUp(ORDERS);
  pipeline.backUp(database(OTHER, 'db', 'orders'));
  for (let round = 0; round < 6; round += 1) await pipeline.round();
  expect(new Set(pipeline.vaultCopies().map(({ name }) => name)).size).toBe(2);
});

test.each([
  ['an account that is not accepted', (pipeline: Pipeline) => pipeline.sources.held.delete(SOURCE)],
  [
    'an account that has left',
    (pipeline: Pipeline) => {
      const entry = pipeline.sources.held.get(SOURCE);
      if (entry) pipeline.sources.held.set(SOURCE, { ...entry, state: 'left' });
    },
  ],
])('nothing is imported from %s', async (_, change) => {
  const pipeline = await shared();
  change(pipeline);
  await pipeline.import();
  expect(pipeline.rds.all(VAULT)).toEqual([]);
});

test.each([
  ['an ill-named snapshot', 'nightly', 'export'],
  ['a snapshot without our mark', 'checkvalve-nightly', 'none'],
])('%s that is shared unasked is not imported', async (_, name, role) => {
  const pipeline = await shared();
  const [copy] = pipeline.rds.all(SOURCE).filter(({ type }) => type === 'manual');
  if (!copy) throw new Error('no export copy');
  const arn = copy.arn.replace(copy.name, name) as typeof copy.arn;
  pipeline.rds.plant({ ...copy, arn, name, tags: new Map([[TAGS.role, role]]) }, [VAULT]);
  pipeline.rds.change(copy.arn, undefined);
  await pipeline.import();
  expect(pipeline.rds.all(VAULT)).toEqual([]);
});

test.each([
  ['AccessDenied', 'access-role.denied', 'not-visible-through-access-role', false],
  ['TimeoutError', 'account.not-reached', 'account-not-reached', true],
])('%s hides its own account and no other: %s', async (name, event, because, isAskedAgain) => {
  const pipeline = new Pipeline();
  await shared(pipeline);
  pipeline.backUp(database(OTHER, 'db', 'stock'));
  await pipeline.export(OTHER);
  pipeline.rds.advance(30);
  await pipeline.export(OTHER);
  pipeline.rds.beforeCall = ({ account, name: call }) => {
    if (account === SOURCE && call === 'manual') throw Object.assign(new Error('no'), { name });
  };
  await pipeline.import();
  expect(pipeline.rds.all(VAULT).map(({ database: of }) => of)).toEqual([database(OTHER, 'db', 'stock').arn]);
  expect(pipeline.logged.map((one) => one.event)).toContain(event);
  const observed = pipeline.logged.filter((one) => one.event === 'copies.observed').at(-1);
  expect(observed?.fields).toMatchObject({ passed: { [because]: 1 } });
  // Nothing else is under way after this: a reminder comes of what could not be asked alone.
  pipeline.rds.advance(60);
  const before = pipeline.reminders;
  await pipeline.import();
  expect(pipeline.reminders > before).toBe(isAskedAgain);
});

test('a flood from one account delays another account’s database by at most one copy', async () => {
  const pipeline = new Pipeline({
    maxInstanceCopiesInFlight: 2,
    maxClusterCopiesInFlight: 2,
    manualSnapshotQuota: 1000,
  });
  for (let at = 0; at < 6; at += 1) pipeline.backUp(database(OTHER, 'db', `flood${at}`));
  for (let round = 0; round < 6; round += 1) {
    await pipeline.export(OTHER);
    pipeline.rds.advance(15);
  }
  await shared(pipeline);
  await pipeline.import();
  expect(pipeline.rds.all(VAULT).map(({ database: of }) => of)).toContain(ORDERS.arn);
});

// Case 42.
// Case 43.
// Case 45.
test('of five messages the one that is not understood goes back alone; the rejected are logged', async () => {
  const pipeline = await shared();
  const [copy] = pipeline.rds.all(SOURCE).filter(({ type }) => type === 'manual');
  if (!copy) throw new Error('no export copy');
  const TopicArn = copiesTopicArn(SOURCE, HERE);
  const { batchItemFailures } = await pipeline.import({
    Records: [
      record('good', notification({ TopicArn, Message: notify(copy.arn) })),
      record(
        'extra',
        notification({ TopicArn, Message: JSON.stringify({ version: 1, copy: copy.arn, delete: true }) }),
      ),
      record('newer', notification({ TopicArn, Message: JSON.stringify({ version: 99, copy: copy.arn }) })),
      record('foreign', notification({ TopicArn: copiesTopicArn(OTHER, HERE), Message: notify(copy.arn) })),
      record('raw', notify(copy.arn)),
    ],
  });
  expect(batchItemFailures).toEqual([{ itemIdentifier: 'newer' }]);
  const rejected = pipeline.logged.filter(({ event }) => event === 'message.rejected');
  expect(rejected.map(({ fields }) => fields?.messageId)).toEqual(['foreign', 'raw']);
  expect(pipeline.rds.all(VAULT)).toHaveLength(1);
});

test('what another queue brings wakes the step, and is never read as a message', async () => {
  const pipeline = await shared();
  const wakeups = INBOX.replace(NAMES.inbox, NAMES.wakeups);
  const { batchItemFailures } = await pipeline.import({
    Records: [record('event', JSON.stringify({ version: 99 }), wakeups), record('garbage', 'x', wakeups)],
  });
  expect(batchItemFailures).toEqual([]);
  expect(pipeline.logged.filter(({ event }) => event.startsWith('message.'))).toEqual([]);
  expect(pipeline.rds.all(VAULT)).toHaveLength(1);
});

test('the step has itself woken again while a copy of a cluster is in flight in the vault, and then no more', async () => {
  const pipeline = await shared(new Pipeline(), database(SOURCE, 'cluster', 'ledger'));
  await pipeline.import();
  await pipeline.import();
  expect(pipeline.reminders).toBeGreaterThanOrEqual(2);
  pipeline.rds.advance(30);
  const before = pipeline.reminders;
  await pipeline.import();
  expect(pipeline.reminders).toBe(before);
});
