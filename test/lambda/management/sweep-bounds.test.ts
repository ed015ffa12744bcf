import type { RegistryEntry } from '../../../lambda/_kit/ports/registry';
import { subjectOf } from '../../../src/contract/management-alerts';
import { HERE, ManagementWorld, numbered } from '../../support/enrollment';

const entry = (at: number, more: Partial<RegistryEntry> = {}): RegistryEntry => ({
  account: numbered(at),
  state: 'enrolled',
  regions: [HERE],
  since: '2026-01-01T00:00:00.000Z',
  reason: 'tagged',
  revision: 1,
  ...more,
});

/** A world whose listings have one item a page, with some accounts in the registry and with an instance. */
function world(accounts: readonly number[]): ManagementWorld {
  const made = new ManagementWorld();
  made.stackSet.pageSize = 1;
  made.registry.pageSize = 1;
  for (const at of accounts) {
    made.organization.set(numbered(at));
    made.registry.held.set(numbered(at), entry(at));
    made.stackSet.put({ account: numbered(at), region: HERE, standing: 'current' });
  }
  return made;
}

test('every page of the instances is read: the last one is of an account that the registry does not know', async () => {
  const landing = world([0, 1, 2]);
  landing.organization.set(numbered(9));
  // The listing of accounts does not find it: only its instance does.
  landing.organization.members = async () => ({ items: [] });
  landing.stackSet.put({ account: numbered(9), region: HERE, standing: 'current' });
  await landing.sweep();
  expect(landing.stateOf(numbered(9))).toBe('enrolled');
});

test('every page of the registry is read: the last account is gone from the organization', async () => {
  const landing = world([0, 1, 2]);
  landing.organization.accounts.delete(numbered(2));
  await landing.sweep();
  expect(landing.registry.held.get(numbered(2))).toMatchObject({ state: 'left', departed: true });
});

/** A world in which the grace of every account is over, and more than so many removals at once ask for a person. */
function leaving(
  accounts: readonly number[],
  maxAtOnce: number,
  acknowledged: readonly number[] = [],
): ManagementWorld {
  const landing = world(accounts);
  const massExit = { accounts: maxAtOnce, percent: 100, acknowledged: acknowledged.map(numbered) };
  landing.settings = { ...landing.settings, massExit };
  for (const at of accounts) {
    landing.organization.set(numbered(at), { tags: {} });
    landing.registry.held.set(numbered(at), entry(at, { state: 'leaving' }));
  }
  return landing;
}
const MASS_EXIT = subjectOf('mass-withdrawal-held');

test('every page of the registry counts toward a mass exit', async () => {
  const landing = leaving([0, 1, 2], 2);
  await landing.sweep();
  expect(landing.stackSet.enrolled).toEqual([0, 1, 2].map(numbered));
  expect(landing.subjects).toEqual([MASS_EXIT]);
});

test('accounts of every page of the registry are withdrawn where no mass exit asks for a person', async () => {
  const landing = leaving([0, 1, 2], 3);
  await landing.sweep();
  expect(landing.stackSet.enrolled).toEqual([]);
});

test('in a mass exit the acknowledged account is withdrawn, and no other', async () => {
  const landing = leaving([0, 1, 2, 3], 2, [3]);
  await landing.sweep();
  expect(landing.subjects).toContain(MASS_EXIT);
  expect(landing.stackSet.enrolled).toEqual([0, 1, 2].map(numbered));
});

test.each([
  ['is not withdrawn unless a person has acknowledged it', [], [0, 1]],
  ['is withdrawn when a person has acknowledged it', [1], [0]],
])('without a grace, an instance that the registry does not know %s', async (_, acknowledged, standing) => {
  const landing = new ManagementWorld();
  const massExit = { ...landing.settings.massExit, acknowledged: acknowledged.map(numbered) };
  landing.settings = { ...landing.settings, graceDays: 0, massExit };
  for (const at of [0, 1]) {
    landing.organization.set(numbered(at), { tags: {} });
    landing.stackSet.put({ account: numbered(at), region: HERE, standing: 'current' });
  }
  await landing.sweep();
  expect(landing.stackSet.enrolled).toEqual(standing.map(numbered));
});
