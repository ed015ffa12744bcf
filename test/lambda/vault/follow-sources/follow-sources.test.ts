import type { RegistryEntry } from '../../../../lambda/_kit/ports/registry';
import { followSources } from '../../../../lambda/vault/follow-sources/follow-sources';
import { accountId } from '../../../../src/contract/ids';
import { enrolled, FakeRegistry, HERE, OTHER, SOURCE } from '../../../support/pipeline';

const NOW = new Date('2026-03-01T12:00:00Z');
const THIRD = accountId('222200003333');

/** One run: what it measures, and what it logs of the registry. */
async function run(
  registry: FakeRegistry,
  held: readonly RegistryEntry[] = [],
  maxNewAccountsPerDay = 9,
  refusing: readonly string[] = [],
) {
  const measured: Record<string, number>[] = [];
  const logged: (readonly [string, unknown])[] = [];
  const subscriptions = {
    subscribe: async (account: string) => {
      if (refusing.includes(account)) throw Object.assign(new Error('no'), { name: 'AuthorizationError' });
    },
  };
  const ports = { registry, sources: new FakeRegistry(held), subscriptions };
  const log = (event: string, fields = {}) => void logged.push([event, fields]);
  const measure = (values: Readonly<Record<string, number>>) => void measured.push({ ...values });
  await followSources(ports, { maxNewAccountsPerDay, region: HERE }, NOW, log, measure);
  return { measured, logged };
}

test('a run measures what waits, what leaves and what refuses, and logs which accounts these are', async () => {
  const registry = new FakeRegistry([enrolled(OTHER), enrolled(THIRD), { ...enrolled(SOURCE), state: 'left' }]);
  registry.sweptAt = new Date('2026-03-01T09:00:00Z');
  const { measured, logged } = await run(registry, [enrolled(SOURCE)], 1, [OTHER]);
  expect(measured).toEqual([
    { RegistryRead: 1, ExitsWaiting: 0, ExitsPending: 1, AccountsWaiting: 1, RegistryAgeHours: 3 },
    { ExitsUnconfirmed: 0, SubscriptionsRefused: 1 },
  ]);
  expect(logged[0]).toEqual([
    'registry.read',
    expect.objectContaining({
      entries: 3,
      accepted: 1,
      waiting: [THIRD],
      leaving: [SOURCE],
      staying: [],
      unreadable: [],
    }),
  ]);
});

test('entries that cannot be read count with the exits that wait', async () => {
  const registry = new FakeRegistry([enrolled(SOURCE)]);
  registry.read = async () => ({ entries: [enrolled(SOURCE)], unreadable: [OTHER, THIRD] });
  const { measured } = await run(registry, [enrolled(SOURCE)]);
  expect(measured[0]).toEqual({ RegistryRead: 1, ExitsWaiting: 2, ExitsPending: 0, AccountsWaiting: 0 });
});

test('an empty registry is no reading, and exits stay unconfirmed', async () => {
  const { measured } = await run(new FakeRegistry(), [{ ...enrolled(SOURCE), state: 'left' }]);
  expect(measured).toEqual([{ ExitsUnconfirmed: 1, SubscriptionsRefused: 0 }]);
});
