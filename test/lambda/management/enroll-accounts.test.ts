import * as fc from 'fast-check';
import { enrollAccounts } from '../../../lambda/management/enroll-accounts/enroll-accounts';
import { type EnrolmentSettings, type JudgedMember, plan } from '../../../lambda/management/enroll-accounts/plan';
import { type AccountId, accountId, type Region } from '../../../src/contract/ids';
import { FakeRegistry, HERE, SOURCE, VAULT } from '../../support/pipeline';

const MANAGEMENT = accountId('444400003333');
const NOW = new Date('2026-03-01T12:00:00Z');
const settings: EnrolmentSettings = {
  rootId: 'r-ex01',
  managementAccount: MANAGEMENT,
  vaultAccount: VAULT,
  targetUnits: ['ou-ex01-workload'],
  tag: { key: 'environment', value: 'production' },
  regions: [HERE],
  exemptions: [],
};
const member = (change: Partial<JudgedMember> & { readonly tag?: [string, string] } = {}): JudgedMember => ({
  id: SOURCE,
  state: 'ACTIVE',
  units: ['r-ex01', 'ou-ex01-workload', 'ou-ex01-deeper01'],
  tags: new Map([change.tag ?? ['environment', 'production']]),
  ...change,
});
const verdictOn = (one: JudgedMember, more: Partial<EnrolmentSettings> = {}, has = false) =>
  plan({
    settings: { ...settings, ...more },
    members: [one],
    instances: has ? [{ account: one.id, region: HERE }] : [],
    registry: [],
    now: NOW,
  }).verdicts[0];

const exempt = (until: string) => ({ exemptions: [{ account: SOURCE, reason: 'being moved', until }] });

test.each([
  ['a tagged member under a target unit, at any depth', member(), {}, 'enrol', 'tagged environment=production'],
  ['one that is not tagged', member({ tags: new Map() }), {}, 'skip', 'not tagged environment=production'],
  [
    'one tagged as something else',
    member({ tag: ['environment', 'test'] }),
    {},
    'skip',
    'not tagged environment=production',
  ],
  [
    'one with a near miss',
    member({ tag: ['Environment', 'Production '] }),
    {},
    'near miss',
    'tagged Environment=Production , not environment=production',
  ],
  ['a suspended one', member({ state: 'SUSPENDED' }), {}, 'skip', 'its state is SUSPENDED'],
  ['one that is being closed', member({ state: 'PENDING_CLOSURE' }), {}, 'skip', 'its state is PENDING_CLOSURE'],
  ['one outside the units', member({ units: ['r-ex01', 'ou-ex01-sandbox1'] }), {}, 'skip', 'outside the target units'],
  [
    'the management account itself',
    member({ id: MANAGEMENT }),
    {},
    'skip',
    'the management account: StackSets never deploy there',
  ],
  ['the vault', member({ id: VAULT }), {}, 'skip', 'the vault'],
  ['one exempt to the end of today', member(), exempt('2026-03-01'), 'skip', 'exempt until 2026-03-01: being moved'],
  ['one whose exemption is over', member(), exempt('2026-02-28'), 'enrol', 'tagged environment=production'],
  [
    'every member when the root is the target',
    member({ units: ['r-ex01'] }),
    { targetUnits: ['r-ex01'] },
    'enrol',
    'tagged environment=production',
  ],
] as const)('%s', (_, one, more, verdict, reason) => {
  expect(verdictOn(one, more)).toMatchObject({ verdict, reason });
});

test.each([
  ['stays tagged', member(), 'keep'],
  ['lost its tag', member({ tags: new Map() }), 'leaving'],
  ['moved out of the units', member({ units: ['r-ex01'] }), 'leaving'],
] as const)('an account with the tooling that %s', (_, one, verdict) => {
  expect(verdictOn(one, {}, true)).toMatchObject({ verdict });
});

class FakeInstances {
  readonly made: { readonly accounts: readonly AccountId[]; readonly regions: readonly Region[] }[] = [];
  readonly held: { readonly account: AccountId; readonly region: Region }[] = [];
  async all() {
    return this.held;
  }
  async create(accounts: readonly AccountId[], regions: readonly Region[]): Promise<string> {
    this.made.push({ accounts, regions });
    for (const account of accounts) for (const region of regions) this.held.push({ account, region });
    return 'operation-1';
  }
}

const organization = (members: readonly JudgedMember[], asked: AccountId[] = []) => ({
  members: async () => members,
  tags: async (id: AccountId) => {
    asked.push(id);
    return members.find((one) => one.id === id)?.tags ?? new Map<string, string>();
  },
});

test('two runs enrol once, write the registry once, and read tags only where they can matter', async () => {
  const asked: AccountId[] = [];
  const members = [member(), member({ id: MANAGEMENT }), member({ id: accountId('222200008888'), state: 'SUSPENDED' })];
  const stackInstances = new FakeInstances();
  const registry = new FakeRegistry();
  const ports = { organization: organization(members, asked), stackInstances, registry };
  await enrollAccounts(ports, settings, NOW, () => {});
  await enrollAccounts(ports, settings, new Date('2026-03-02T12:00:00Z'), () => {});
  expect(stackInstances.made).toEqual([{ accounts: [SOURCE], regions: [HERE] }]);
  expect([...registry.held.values()]).toEqual([
    {
      account: SOURCE,
      state: 'enrolled',
      regions: [HERE],
      since: NOW.toISOString(),
      reason: 'tagged environment=production',
    },
  ]);
  expect(asked).toEqual([SOURCE, SOURCE]);
});

test('an account that departed is leaving, and stays in the registry', () => {
  const held = { account: SOURCE, state: 'enrolled' as const, regions: [HERE], since: NOW.toISOString(), reason: '' };
  const { actions } = plan({ settings, members: [], instances: [], registry: [held], now: NOW });
  expect(actions).toEqual([
    { do: 'register', entry: { ...held, state: 'leaving', reason: 'no longer in the organization' } },
  ]);
});

test('a listing that fails part of the way changes nothing', async () => {
  const stackInstances = new FakeInstances();
  const registry = new FakeRegistry();
  const broken = { ...organization([member()]), members: () => Promise.reject(new Error('TooManyRequestsException')) };
  await expect(
    enrollAccounts({ organization: broken, stackInstances, registry }, settings, NOW, () => {}),
  ).rejects.toThrow('TooManyRequests');
  expect([...registry.held]).toEqual([]);
  expect(stackInstances.made).toEqual([]);
});

test('whatever the organization looks like, exactly the wanted get the tooling, and never an empty list of accounts', () => {
  const anyMember = fc.record({
    id: fc.integer({ min: 0, max: 40 }).map((at) => accountId(`2222000000${String(at).padStart(2, '0')}`)),
    state: fc.constantFrom('ACTIVE', 'ACTIVE', 'SUSPENDED', 'CLOSED'),
    units: fc.constantFrom<string[]>(['r-ex01', 'ou-ex01-workload'], ['r-ex01', 'ou-ex01-sandbox1']),
    tags: fc.constantFrom(
      new Map([['environment', 'production']]),
      new Map([['environment', 'Production']]),
      new Map(),
    ),
  });
  fc.assert(
    fc.property(fc.uniqueArray(anyMember, { selector: ({ id }) => id }), (members) => {
      const { actions } = plan({ settings, members, instances: [], registry: [], now: NOW });
      const made = actions.flatMap((action) => (action.do === 'create-instances' ? [action.accounts] : []));
      const wanted = members
        .filter(
          ({ state, units, tags }) =>
            state === 'ACTIVE' && units.includes('ou-ex01-workload') && tags.get('environment') === 'production',
        )
        .map(({ id }) => id)
        .sort();
      expect(made).toEqual(wanted.length > 0 ? [wanted] : []);
    }),
  );
});
