import { accountId } from '../../../../src/contract/ids';
import { subjectOf } from '../../../../src/contract/management-alerts';
import {
  called,
  HERE,
  MANAGEMENT,
  ManagementWorld,
  numbered,
  OTHER,
  SETTINGS,
  SOURCE,
  TAGGED,
  tagSet,
  UNITS,
  VAULT,
} from '../../../support/enrollment';

const MISSING_TAG = accountId('222200009999');
const untag = (account: string) => called('UntagResource', { resourceId: account, tagKeys: ['environment'] });

/** A world in which this number of accounts is enrolled. */
async function enrolled(count: number): Promise<ManagementWorld> {
  const world = new ManagementWorld();
  for (let at = 0; at < count; at += 1) world.organization.set(numbered(at));
  await world.sweep();
  expect(world.stackSet.enrolled).toHaveLength(count);
  world.alerts.length = 0;
  return world;
}

// Case 56.
test('a new account in a target unit without the tag gets nothing, and its instances are not listed', async () => {
  const world = new ManagementWorld();
  world.organization.set(MISSING_TAG, { tags: {} });
  const status = { createAccountStatus: { id: 'car-1', state: 'SUCCEEDED', accountId: MISSING_TAG } };
  await world.enroll({
    source: 'aws.organizations',
    detail: { eventName: 'CreateAccountResult', serviceEventDetails: status },
  });
  await world.sweep();
  expect(world.stackSet.operations).toEqual([]);
  expect(world.registry.held.size).toBe(0);
});

// Case 57.
test('the event of the tag enrolls the account, in at most eight calls', async () => {
  const world = new ManagementWorld();
  world.organization.set(SOURCE);
  await world.enroll(tagSet(SOURCE));
  expect(world.stackSet.operations).toMatchObject([{ action: 'CREATE', accounts: [SOURCE], regions: [HERE] }]);
  expect(world.registry.held.get(SOURCE)).toMatchObject({
    state: 'enrolled',
    regions: [HERE],
    since: world.now.toISOString(),
    reason: 'tagged environment=production',
    history: [
      { by: 'arn:aws:sts::444400003333:assumed-role/admin/a', what: 'enrolled', why: 'tagged environment=production' },
    ],
  });
  const { members, member, tags } = world.organization.calls;
  // It reads the account, its tags, its entry and its instances, and writes the entry and the operation.
  expect([members, member, tags, world.stackSet.calls.ofAccount, world.registry.changes]).toEqual([0, 1, 1, 1, 1]);
});

// Case 59.
test.each([
  ['an account loses the tag', { tags: {} }, 'not tagged environment=production'],
  ['an account is moved out of the target units', { units: ['r-ex01'] }, 'outside the target units'],
])(
  '%s: it is alerted, keeps the tooling for its grace period, and is then withdrawn and recorded as left',
  async (_, change, reason) => {
    const world = await enrolled(1);
    const [account] = world.stackSet.enrolled as [typeof SOURCE];
    world.organization.set(account, change);
    await world.enroll(untag(account));
    expect(world.stateOf(account)).toBe('leaving');
    expect(world.alerts).toEqual([
      {
        subject: `${subjectOf('account-leaving')}: ${account}`,
        message: `${account} will be withdrawn after 2026-03-15: ${reason}. Until then nothing changes.\n\nSeverity: warning`,
        article: 'account-leaving',
      },
    ]);
    world.pass(13);
    await world.sweep();
    expect(world.stackSet.enrolled).toEqual([account]);
    world.pass(1);
    await world.sweep();
    expect(world.stackSet.operations.at(-1)).toMatchObject({ action: 'DELETE', accounts: [account], retain: false });
    expect(world.registry.held.get(account)).toMatchObject({ state: 'left', reason });
    expect(world.subjects.at(-1)).toBe(`${subjectOf('account-withdrawn')}: ${account}`);
    const { operations } = world.stackSet;
    world.organization.set(account, { tags: TAGGED, units: UNITS });
    await world.enroll(tagSet(account));
    expect(operations.at(-1)).toMatchObject({ action: 'CREATE', accounts: [account] });
    expect(world.registry.held.get(account)?.history?.map(({ what }) => what)).toEqual([
      'left → enrolled',
      'leaving → left',
      'enrolled → leaving',
      'enrolled',
    ]);
  },
);

test('a deletion that removes nothing is repeated each day, with an alert that the tooling was not removed', async () => {
  const world = await enrolled(1);
  const [account] = world.stackSet.enrolled as [typeof SOURCE];
  world.organization.set(account, { units: ['r-ex01'] });
  await world.sweep();
  world.pass(14);
  const keepInstance = () => world.stackSet.put({ account, region: HERE, standing: 'current' });
  await world.sweep();
  keepInstance();
  const written = world.registry.held.get(account);
  // On the same day the deletion may still run.
  await world.sweep();
  keepInstance();
  for (let day = 0; day < 2; day += 1) {
    world.pass(1);
    await world.sweep();
    keepInstance();
  }
  expect(world.stackSet.operations.filter(({ action }) => action === 'DELETE')).toHaveLength(4);
  expect(world.subjects).toEqual([
    `${subjectOf('account-leaving')}: ${account}`,
    `${subjectOf('account-withdrawn')}: ${account}`,
    `${subjectOf('tooling-not-removed')}: ${account}`,
    `${subjectOf('tooling-not-removed')}: ${account}`,
  ]);
  expect(world.alerts.at(-1)?.message).toContain(
    `${account} was withdrawn on 2026-03-15, and the StackSet still has instances in ${HERE}. They are deleted again.`,
  );
  expect(world.registry.held.get(account)).toEqual(written);
});

test('an account that gets its tag back within the grace period keeps its tooling, without an operation', async () => {
  const world = await enrolled(1);
  const [account] = world.stackSet.enrolled as [typeof SOURCE];
  const before = world.stackSet.operations.length;
  world.organization.set(account, { tags: {} });
  await world.sweep();
  world.pass(13);
  world.organization.set(account, { tags: TAGGED });
  await world.sweep();
  world.pass(30);
  await world.sweep();
  expect(world.stackSet.operations).toHaveLength(before);
  expect(world.stateOf(account)).toBe('enrolled');
});

// Case 60.
test('a suspended account keeps its instance for its grace period; then the instance is dropped and its stack retained', async () => {
  const world = await enrolled(2);
  const [suspended, other] = world.stackSet.enrolled as [typeof SOURCE, typeof SOURCE];
  world.organization.set(suspended, { state: 'SUSPENDED' });
  await world.sweep();
  expect(world.stackSet.enrolled).toEqual([suspended, other]);
  expect(world.subjects).toEqual([`${subjectOf('account-leaving')}: ${suspended}`]);
  world.pass(14);
  await world.sweep();
  expect(world.stackSet.operations.at(-1)).toMatchObject({ action: 'DELETE', accounts: [suspended], retain: true });
  expect(world.stackSet.enrolled).toEqual([other]);
});

// Case 62.
test('the management account and the vault account are never enrolled, and their tags are not read', async () => {
  const world = new ManagementWorld();
  world.organization.set(MANAGEMENT);
  world.organization.set(VAULT);
  await world.sweep();
  expect(world.stackSet.operations).toEqual([]);
  expect(world.organization.calls.tags).toBe(0);
});

test('an account that left the organization is recorded at once, keeps its stack, and its instance is dropped after the grace period', async () => {
  const world = await enrolled(1);
  const [account] = world.stackSet.enrolled as [typeof SOURCE];
  world.organization.accounts.delete(account);
  await world.sweep();
  expect(world.registry.held.get(account)).toMatchObject({ state: 'left', departed: true });
  expect(world.alerts[0]?.message).toContain(
    'The tooling stays in eu-central-1 until an administrator of the account deletes',
  );
  expect(world.stackSet.enrolled).toEqual([account]);
  world.pass(14);
  await world.sweep();
  expect(world.stackSet.operations.at(-1)).toMatchObject({ action: 'DELETE', retain: true });
  expect(world.registry.held.get(account)?.departed).toBeUndefined();
  const { operations } = world.stackSet;
  await world.sweep();
  expect(world.stackSet.operations).toHaveLength(operations.length);
});

test('a near miss is alerted once, and never enrolled', async () => {
  const world = new ManagementWorld();
  world.organization.set(SOURCE, { tags: { environment: 'Production' } });
  await world.sweep();
  await world.sweep();
  expect(world.subjects).toEqual([`${subjectOf('tag-near-miss')}: ${SOURCE}`]);
  expect(world.stackSet.operations).toEqual([]);
});

test('a sweep of an unchanged organization changes nothing, and reads the tags of each account once', async () => {
  const world = await enrolled(130);
  const before = { changes: world.registry.changes, operations: world.stackSet.operations.length };
  world.organization.calls.tags = 0;
  await world.sweep();
  expect({ changes: world.registry.changes, operations: world.stackSet.operations.length }).toEqual(before);
  expect(world.alerts).toEqual([]);
  expect(world.organization.calls.tags).toBe(130);
});

test('an operation creates or removes instances of 50 accounts at most', async () => {
  const world = await enrolled(130);
  // One message reads five pages of 20 accounts, one of which is empty here.
  expect(world.stackSet.operations.map(({ accounts }) => accounts.length)).toEqual([50, 30, 50]);
  world.settings = { ...SETTINGS, massExit: { ...SETTINGS.massExit, acknowledged: world.stackSet.enrolled } };
  for (const account of world.stackSet.enrolled) world.organization.set(account, { tags: {} });
  await world.sweep();
  world.pass(14);
  await world.sweep();
  const removed = world.stackSet.operations.filter(({ action }) => action === 'DELETE');
  expect(removed.map(({ accounts }) => accounts.length)).toEqual([50, 50, 30]);
});

test('a mass exit stops and alerts; confirmed accounts are withdrawn, and the others once they are few', async () => {
  const world = await enrolled(40);
  const leaving = world.stackSet.enrolled.slice(0, 6);
  for (const account of leaving) world.organization.set(account, { tags: {} });
  await world.sweep();
  world.pass(14);
  world.alerts.length = 0;
  await world.sweep();
  await world.sweep();
  expect(world.alerts).toEqual([
    {
      subject: subjectOf('mass-withdrawal-held'),
      article: 'mass-withdrawal-held',
      message: expect.stringContaining('6 of 40 accounts would be withdrawn at once.'),
    },
  ]);
  expect(world.stackSet.enrolled).toHaveLength(40);
  world.settings = { ...SETTINGS, massExit: { ...SETTINGS.massExit, acknowledged: leaving.slice(0, 2) } };
  await world.sweep();
  expect(world.stackSet.enrolled).toHaveLength(34);
});

test.each(['members', 'tags'] as const)(
  'a sweep whose read of %s fails withdraws no account, and continues where it stopped',
  async (call) => {
    const world = await enrolled(60);
    const [leaving, ...others] = world.stackSet.enrolled as [typeof SOURCE, ...(typeof SOURCE)[]];
    world.organization.set(leaving, { tags: {} });
    await world.sweep();
    world.pass(20);
    let calls = 0;
    const about = others.at(-1);
    world.organization.before = (name, account) => {
      calls += 1;
      const failing = call === 'tags' ? account === about : calls === 2;
      if (name === call && failing) throw new Error('TooManyRequestsException');
    };
    await world.sweep();
    expect(world.messages).toHaveLength(1);
    expect(world.waited).toEqual([30]);
    await world.work();
    if (call === 'tags') expect(world.waited).toEqual([30, 60]);
    expect(world.stackSet.enrolled).toContain(leaving);
    world.organization.before = () => {};
    while (await world.work());
    expect(world.stackSet.enrolled).toEqual(others);
    expect(world.messages).toEqual([]);
  },
);

test('an account that cannot be read does not stop the others of its part', async () => {
  const world = new ManagementWorld();
  for (const account of [SOURCE, OTHER]) world.organization.set(account);
  world.organization.before = (_, account) => {
    if (account === SOURCE) throw new Error('AccessDeniedException');
  };
  await world.sweep();
  expect(world.stackSet.enrolled).toEqual([OTHER]);
  expect(world.registry.state?.phase).toBe('accounts');
});

test.each(['OperationInProgressException', 'StaleRequestException', 'InvalidOperationException', 'AccountNotReady'])(
  'when CloudFormation answers %s, the queue retries the account with growing delays until it is enrolled',
  async (name) => {
    const world = new ManagementWorld();
    world.organization.set(SOURCE);
    let left = 3;
    world.stackSet.before = (call) => {
      if (call !== 'CREATE' || left === 0) return;
      left -= 1;
      throw Object.assign(new Error('busy'), { name });
    };
    await world.enroll(tagSet(SOURCE));
    expect([world.stateOf(SOURCE), world.stackSet.enrolled]).toEqual(['enrolled', []]);
    expect(world.messages).toMatchObject([{ body: { do: 'process-account', account: SOURCE }, group: SOURCE }]);
    await world.work();
    await world.work();
    expect(world.waited).toEqual([30, 60]);
    await world.work();
    expect(world.stackSet.enrolled).toEqual([SOURCE]);
    expect(world.stateOf(SOURCE)).toBe('enrolled');
    expect(world.messages).toEqual([]);
  },
);

test('an account that release 0.1.0 left in the queue is processed', async () => {
  const world = new ManagementWorld();
  world.organization.set(SOURCE);
  await world.ports.queue.send({ do: 'look', account: SOURCE, by: 'an event' }, SOURCE, 'once');
  await world.work();
  expect([world.stackSet.enrolled, world.messages]).toEqual([[SOURCE], []]);
});

test('many requests for a sweep while one runs cause one more sweep', async () => {
  const world = new ManagementWorld();
  for (let at = 0; at < 250; at += 1) world.organization.set(numbered(at), { tags: {} });
  await world.enroll(undefined);
  await world.work();
  for (let at = 0; at < 100; at += 1) await world.enroll(called('DeleteOrganizationalUnit', {}));
  expect(world.messages).toHaveLength(1);
  world.pass(0.01);
  while (await world.work());
  expect(world.logged.filter((event) => event === 'sweep.began')).toHaveLength(2);
  expect(world.organization.calls.tags).toBe(500);
});

test('a sweep that stopped gives way to a new one after six hours', async () => {
  const world = new ManagementWorld();
  world.organization.set(SOURCE);
  await world.enroll(undefined);
  world.messages.length = 0;
  world.pass(0.2);
  await world.enroll(undefined);
  expect(world.messages).toEqual([]);
  world.pass(0.1);
  await world.sweep();
  expect(world.stackSet.enrolled).toEqual([SOURCE]);
});

test('a message that is delivered twice does nothing, and the next one is sent again where a run ended before it sent it', async () => {
  const world = new ManagementWorld();
  for (let at = 0; at < 250; at += 1) world.organization.set(numbered(at), { tags: {} });
  await world.enroll(undefined);
  const [first] = world.messages as [(typeof world.messages)[number]];
  await world.work();
  const [second] = world.messages.splice(0);
  world.messages.push({ ...first });
  await world.work();
  expect(world.messages).toMatchObject([{ once: second?.once }]);
  expect(world.organization.calls.tags).toBe(80);
  await world.work();
  world.messages.unshift({ ...first });
  await world.work();
  expect(world.messages).toHaveLength(1);
});

test('the sweep finds an instance that the registry does not have in the listing of instances', async () => {
  const world = new ManagementWorld();
  world.organization.set(MISSING_TAG, { tags: {} });
  world.stackSet.put({ account: MISSING_TAG, region: HERE, standing: 'current' });
  await world.sweep();
  expect(world.stateOf(MISSING_TAG)).toBe('leaving');
});

test('of two runs for one account at the same time, the second does not overwrite the first', async () => {
  const world = new ManagementWorld();
  world.organization.set(SOURCE);
  const first = world.enroll(tagSet(SOURCE));
  await Promise.all([first, world.enroll(tagSet(SOURCE))]);
  while (await world.work());
  expect(world.registry.held.get(SOURCE)?.revision).toBe(1);
  expect(world.messages).toEqual([]);
});
