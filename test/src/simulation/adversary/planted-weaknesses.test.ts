import { judge } from '../../../../src/simulation/adversary/judge';
import { search } from '../../../../src/simulation/adversary/search';
import { attackText, shrinkAttack } from '../../../../src/simulation/adversary/shrink-attack';
import type { AttackViolation } from '../../../../src/simulation/adversary/watch';
import { testEach, testOfAll } from '../../../support/sample';
import { WEAKNESSES, type Weakness } from './weaknesses';

/** Strategies that the search may try: as many as `npm run nightly` tries in one world. */
const BUDGET = 40;
const nameOf = ({ name }: Weakness) => name;
const isOf = ({ breaks }: Weakness, { invariant }: AttackViolation) => breaks.includes(invariant);

testEach(
  'weaknesses put back',
  WEAKNESSES,
  1,
  nameOf,
  'put back, it is shown by its smallest attack: %s',
  async (weakness) => {
    const { breaches } = await judge(weakness.scenario(), weakness.smallest, weakness.seams);
    expect(breaches.filter((breach) => isOf(weakness, breach))).not.toEqual([]);
  },
);

for (const weakness of WEAKNESSES) {
  testOfAll(`the search finds the weakness once it is put back: ${weakness.name}`, async () => {
    const scenario = weakness.scenario();
    const until = ({ verdict }: { verdict: { breaches: readonly AttackViolation[] } }) =>
      verdict.breaches.some((breach) => isOf(weakness, breach));
    const { tried, breaking } = await search(scenario, { budget: BUDGET, seams: weakness.seams, until });
    const found = breaking.find((one) => until(one));
    expect(found && moves(found.strategy)).toBeDefined();
    process.stdout.write(`${weakness.name}: found by strategy ${tried} of ${BUDGET}\n`);
  });
}

const moves = (strategy: readonly { readonly attack: string }[]) => strategy.map(({ attack }) => attack);

testOfAll('an attack is made smaller, and printed with its world', async () => {
  const [weakness] = WEAKNESSES.filter(({ name }) => name.includes('fails the run'));
  if (!weakness) throw new Error('there is one');
  const scenario = weakness.scenario();
  const strategy = [
    ...weakness.smallest,
    { ...weakness.smallest[0], attack: 'notifications', account: 0, from: 0, hours: 24, force: 1, variant: 2 },
  ];
  const { breaches } = await judge(scenario, strategy, weakness.seams);
  const breach = breaches.find((one) => isOf(weakness, one));
  if (!breach) throw new Error('it breaks one');
  const smallest = await shrinkAttack(scenario, strategy, breach, { seams: weakness.seams, budget: 24 });
  expect(moves(smallest.strategy)).toEqual(['mark-error']);
  expect(smallest.scenario.accounts.length).toBeLessThanOrEqual(scenario.accounts.length);
  expect(attackText(smallest)).toContain('The smallest attack found that still breaks it (seed 4;');
});
