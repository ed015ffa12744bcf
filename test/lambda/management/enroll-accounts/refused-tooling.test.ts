import type { SourceView } from '../../../../lambda/_kit/ports/coverage-access';
import { followSources } from '../../../../lambda/vault/follow-sources/follow-sources';
import { observe } from '../../../../lambda/vault/report-coverage/observe';
import { plan } from '../../../../lambda/vault/report-coverage/plan';
import type { AccountId } from '../../../../src/contract/ids';
import * as METRICS from '../../../../src/contract/metrics';
import { aDatabase, factsOf } from '../../../support/coverage-world';
import { HERE, ManagementWorld, numbered, OTHER, SOURCE, tagSet } from '../../../support/enrollment';
import { FakeRegistry } from '../../../support/pipeline';

const quiet = () => {};
const refusal = () =>
  Object.assign(new Error('You have reached the limit of stack instances'), { name: 'LimitExceeded' });

/** A tagged account whose instances CloudFormation refuses to create, until `refuses.now` is false. */
function refusing() {
  const world = new ManagementWorld();
  const refuses = { now: true };
  world.organization.set(SOURCE);
  world.stackSet.before = (call) => {
    if (call === 'CREATE' && refuses.now) throw refusal();
  };
  return { world, refuses };
}

/** The sources behind the access roles: a role can be assumed once the account has the tooling. */
const accessRolesOf =
  (world: ManagementWorld) =>
  (account: AccountId): SourceView => {
    const isThere = world.stackSet.enrolled.includes(account);
    const all = async () => {
      if (!isThere)
        throw Object.assign(new Error('not authorized to perform sts:AssumeRole'), { name: 'AccessDenied' });
      return [aDatabase('orders', {}, account)];
    };
    const nothing = async () => [];
    const snapshots = { own: nothing, manual: nothing, shared: nothing };
    const backups = { failedSince: nothing, optedOut: nothing };
    const held = async () => ({ holds: new Map(), isWhole: true });
    const keyPolicies = { names: nothing, defaultPolicy: async () => '{}' };
    const looks = { databases: { all }, databasesIn: nothing, queueDepthOf: async () => 0 };
    return { ...looks, snapshots, backups, held, keyPolicies };
  };

/** The vault's coverage report, from the registry as enroll-accounts has written it. */
async function report(world: ManagementWorld, sources: FakeRegistry) {
  const entries = async () => [...world.registry.held.values()];
  const nothing = async () => [];
  const ports = {
    registry: { entries },
    sources,
    snapshots: { own: nothing, manual: nothing, shared: nothing },
    accessRoles: { of: accessRolesOf(world) },
    evidence: { read: async () => undefined },
  };
  const { rules } = factsOf([]);
  return plan((await observe(ports, { rules, region: HERE }, world.now, quiet)).facts);
}

const follow = async (world: ManagementWorld, sources: FakeRegistry) => {
  const read = async () => ({ entries: [...world.registry.held.values()], unreadable: [] });
  const subscriptions = { subscribe: async () => undefined };
  const settings = { maxNewAccountsPerDay: 9, region: HERE };
  await followSources({ registry: { read }, sources, subscriptions }, settings, world.now, quiet);
};

describe.each([
  ['before the vault has accepted it', 'waiting', false],
  ['once the vault has accepted it', 'enrolled', true],
])('a tagged account whose tooling is refused, %s', (_, state, isAccepted) => {
  test('is in the coverage report as inaccessible, with an alarm after six hours, and as accessible once it has the tooling', async () => {
    const { world, refuses } = refusing();
    const sources = new FakeRegistry();
    await world.enroll(tagSet(SOURCE));
    await world.work();
    expect(world.stackSet.enrolled).toEqual([]);
    if (isAccepted) await follow(world, sources);
    const soon = await report(world, sources);
    expect(soon.evidence.accounts).toMatchObject([{ account: SOURCE, state, access: 'denied' }]);
    expect(soon.evidence.accounts[0]?.because).toContain('not authorized to perform sts:AssumeRole');
    expect(soon.actions).toMatchObject([
      { message: { subject: 'Checkvalve: 1 account(s) deny access (eu-central-1)' } },
      { do: 'keep' },
      { do: 'replace' },
    ]);
    world.pass(0.3);
    await world.work();
    const unknown = METRICS.reportCoverage.unknownAccounts;
    expect([soon, await report(world, sources)].map(({ measures }) => measures[unknown])).toEqual([0, 1]);
    refuses.now = false;
    await world.work();
    if (isAccepted) await follow(world, sources);
    const normal = await report(world, sources);
    expect(normal.evidence.accounts).toMatchObject([{ account: SOURCE, state, access: 'granted' }]);
    expect(normal.measures[unknown]).toBe(0);
    expect(normal.evidence.databases).toMatchObject([{ account: SOURCE }]);
    expect(world.registry.held.get(SOURCE)).toMatchObject({
      state: 'enrolled',
      revision: 1,
      history: [{ what: 'enrolled' }],
    });
    expect(world.messages).toEqual([]);
  });
});

test('an account that loses its tag before it got the tooling is recorded as left after its grace period, without an operation', async () => {
  const { world } = refusing();
  await world.enroll(tagSet(SOURCE));
  world.messages.length = 0;
  world.organization.set(SOURCE, { tags: {} });
  await world.sweep();
  expect(world.stateOf(SOURCE)).toBe('leaving');
  world.pass(14);
  await world.sweep();
  expect([world.stateOf(SOURCE), world.stackSet.operations]).toEqual(['left', []]);
});

test('after a run that ended between the entry and the operation, the next one creates the missing instances', async () => {
  const { world, refuses } = refusing();
  await world.enroll(tagSet(SOURCE));
  world.messages.length = 0;
  refuses.now = false;
  await world.sweep();
  expect(world.stackSet.enrolled).toEqual([SOURCE]);
  expect(world.registry.held.get(SOURCE)?.revision).toBe(1);
});

test('an account whose entry cannot be written is left out and retried; the others get the tooling', async () => {
  const world = new ManagementWorld();
  for (const account of [SOURCE, OTHER, numbered(7)]) world.organization.set(account);
  const change = world.registry.change.bind(world.registry);
  let refuses = true;
  world.registry.change = (entry) =>
    entry.account === OTHER && refuses ? Promise.reject(new Error('Throttling')) : change(entry);
  await world.sweep();
  expect(world.stackSet.enrolled).toEqual([numbered(7), SOURCE]);
  expect(world.messages).toMatchObject([{ body: { do: 'sweep' } }]);
  refuses = false;
  while (await world.work());
  expect(world.stackSet.enrolled).toEqual([numbered(7), SOURCE, OTHER]);
  expect(world.registry.held.get(OTHER)?.revision).toBe(1);
});

test('where no entry can be written, no operation is started: an empty list would target the whole OU', async () => {
  const world = new ManagementWorld();
  world.organization.set(SOURCE);
  world.registry.before = (call) => {
    if (call === 'change') throw new Error('Throttling');
  };
  let operations = 0;
  world.stackSet.before = (call) => {
    operations += call === 'CREATE' ? 1 : 0;
  };
  await world.enroll(tagSet(SOURCE));
  expect(operations).toBe(0);
  expect(world.messages).toMatchObject([{ body: { do: 'process-account', account: SOURCE } }]);
});
