import { config } from '../../../../src/checkvalve.config';
import {
  type AttackScenario,
  makeAttackScenario,
  roomWarnings,
  tightConfig,
} from '../../../../src/simulation/adversary/attack-scenario';
import { AttackedWorld } from '../../../../src/simulation/adversary/attacked-world';
import { ATTACKS } from '../../../../src/simulation/adversary/attacks/all';
import { judge } from '../../../../src/simulation/adversary/judge';
import { search } from '../../../../src/simulation/adversary/search';
import { testEach, testOfAll } from '../../../support/sample';
import { WEAKNESSES } from './weaknesses';

const DAYS = { before: 5, attack: 7, after: 5 };
const wish = { accounts: 6, databasesPerAccount: 2, owned: 1, days: DAYS, room: 1 } as const;
const ofAccounts = makeAttackScenario(4, { ...wish, weather: 'calm' });
const ofManagement = { ...makeAttackScenario(4, { ...wish, weather: 'calm' }), owned: [] };

interface One {
  readonly attack: string;
  readonly variant: number;
  readonly name: string;
}
const EVERY: readonly One[] = ATTACKS.flatMap(({ name: attack, variants }) =>
  variants.map((which, variant) => ({ attack, variant, name: `${attack} (${which})` })),
);

testEach(
  'attacks, each alone',
  EVERY,
  1,
  ({ name }) => name,
  'the attack harms no other account, and is alerted: %s',
  async (one) => {
    const by = ATTACKS.find(({ name }) => name === one.attack)?.by;
    const scenario = by === 'management' ? ofManagement : ofAccounts;
    const move = { ...one, account: 0, from: 0, hours: DAYS.attack * 24, force: 10 };
    expect((await judge(scenario, [move])).breaches).toEqual([]);
  },
);

for (const { name, scenario, smallest } of WEAKNESSES) {
  testOfAll(`the attack that once found the weakness breaks no invariant: ${name}`, async () => {
    expect((await judge(scenario(), smallest)).breaches).toEqual([]);
  });
}

for (const [variant, kind] of ['instances', 'clusters'].entries()) {
  testOfAll(`two accounts of one adversary do not hold all slots with slow copies of ${kind}`, async () => {
    const scenario = makeAttackScenario(4, { ...wish, accounts: 8, owned: 2, room: 4, weather: 'calm' });
    const slow = (account: number) => ({ attack: 'slow-copies', variant, account, from: 0, hours: 168, force: 10 });
    expect((await judge(scenario, [slow(0), slow(1)])).breaches).toEqual([]);
  });
}

testOfAll('in bad weather, no invariant breaks without an attack', async () => {
  for (const seed of [1, 2, 3]) {
    const { breaches } = await judge(makeAttackScenario(seed, { ...wish, weather: 'stormy' }), []);
    expect(breaches).toEqual([]);
  }
});

testOfAll('two searches of one seed are the same', async () => {
  const tried = async () =>
    search(makeAttackScenario(2, { ...wish, accounts: 3, days: { before: 2, attack: 2, after: 1 } }), { budget: 3 });
  const [once, again] = [await tried(), await tried()];
  expect(again).toEqual(once);
  expect(once.tried).toBe(3);
});

/** Every copy of another account than the adversary's arrives some hours after its backup. */
function withSlowCopies(scenario: AttackScenario): AttackScenario {
  const databases = scenario.databases.map((one) =>
    scenario.owned.includes(one.account)
      ? { ...one, backupAt: 60 }
      : { ...one, backupAt: 180, database: { ...one.database, copyMinutes: 100 } },
  );
  return { ...scenario, databases };
}

test('an alarm that is active at some hours of each day reports an attack when it stays active', async () => {
  const days = { before: 3, attack: 3, after: 3 };
  const scenario = withSlowCopies(makeAttackScenario(4, { ...wish, accounts: 2, room: 4, weather: 'calm', days }));
  const calm = new AttackedWorld(scenario, [], {});
  await calm.play();
  expect(calm.journal.firings().map(({ alarm }) => alarm)).toContain('rpo-exceeded');
  const variant = 1;
  const move = { attack: 'untag', variant, account: 0, from: 0, hours: days.attack * 24, force: 10 };
  expect((await judge(scenario, [move])).breaches).toEqual([]);
});

test('the vault is as small as config check lets pass', () => {
  const { databases } = ofAccounts;
  const tight = tightConfig(databases);
  expect(roomWarnings(tight)).toEqual([]);
  const smaller = {
    ...tight,
    vault: { ...tight.vault, manualSnapshotQuota: (tight.vault.manualSnapshotQuota ?? 0) - 1 },
  };
  expect(roomWarnings(smaller)).not.toEqual([]);
  expect(tight.vault.account).toBe(config.vault.account);
});
