import { subjectOf } from '../../../../src/contract/management-alerts';
import { HERE, ManagementWorld, numbered } from '../../../support/enrollment';
import { registryEntry } from '../../../support/rollout';

/** A world whose listings have one item per page, with these accounts in the registry and with an instance each. */
function world(accounts: readonly number[]): ManagementWorld {
  const one = new ManagementWorld();
  one.stackSet.pageSize = 1;
  one.registry.pageSize = 1;
  for (const at of accounts) {
    one.organization.set(numbered(at));
    one.registry.held.set(numbered(at), registryEntry(numbered(at)));
    one.stackSet.put({ account: numbered(at), region: HERE, standing: 'current' });
  }
  return one;
}

test('every page of instances is read: the last has an account that is not in the registry', async () => {
  const management = world([0, 1, 2]);
  management.organization.set(numbered(9));
  // The listing of accounts does not have it: only its instance does.
  management.organization.members = async () => ({ items: [] });
  management.stackSet.put({ account: numbered(9), region: HERE, standing: 'current' });
  await management.sweep();
  expect(management.stateOf(numbered(9))).toBe('enrolled');
});

test('every page of the registry is read: the last has an account that left the organization', async () => {
  const management = world([0, 1, 2]);
  management.organization.accounts.delete(numbered(2));
  await management.sweep();
  expect(management.registry.held.get(numbered(2))).toMatchObject({ state: 'left', departed: true });
});

/** A world in which the grace period of every account is over, and more than `maxAtOnce` withdrawals are a mass exit. */
function leaving(
  accounts: readonly number[],
  maxAtOnce: number,
  acknowledged: readonly number[] = [],
): ManagementWorld {
  const management = world(accounts);
  const massExit = { accounts: maxAtOnce, percent: 100, acknowledged: acknowledged.map(numbered) };
  management.settings = { ...management.settings, massExit };
  for (const at of accounts) {
    management.organization.set(numbered(at), { tags: {} });
    management.registry.held.set(numbered(at), registryEntry(numbered(at), { state: 'leaving' }));
  }
  return management;
}
const MASS_EXIT = subjectOf('mass-withdrawal-held');

test('every page of the registry counts toward a mass exit', async () => {
  const management = leaving([0, 1, 2], 2);
  await management.sweep();
  expect(management.stackSet.enrolled).toEqual([0, 1, 2].map(numbered));
  expect(management.subjects).toEqual([MASS_EXIT]);
});

test('accounts of every page of the registry are withdrawn where there is no mass exit', async () => {
  const management = leaving([0, 1, 2], 3);
  await management.sweep();
  expect(management.stackSet.enrolled).toEqual([]);
});

test('in a mass exit only the confirmed account is withdrawn', async () => {
  const management = leaving([0, 1, 2, 3], 2, [3]);
  await management.sweep();
  expect(management.subjects).toContain(MASS_EXIT);
  expect(management.stackSet.enrolled).toEqual([0, 1, 2].map(numbered));
});

test.each([
  ['is not withdrawn unless it is confirmed', [], [0, 1]],
  ['is withdrawn when it is confirmed', [1], [0]],
])(
  'without a grace period, an account with an instance that is not in the registry %s',
  async (_, acknowledged, standing) => {
    const management = new ManagementWorld();
    const massExit = { ...management.settings.massExit, acknowledged: acknowledged.map(numbered) };
    management.settings = { ...management.settings, graceDays: 0, massExit };
    for (const at of [0, 1]) {
      management.organization.set(numbered(at), { tags: {} });
      management.stackSet.put({ account: numbered(at), region: HERE, standing: 'current' });
    }
    await management.sweep();
    expect(management.stackSet.enrolled).toEqual(standing.map(numbered));
  },
);
