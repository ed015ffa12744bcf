import { brokenPromisesOf, RULES } from '../../../../src/trust/rules/rules';

const finding = (at: string, what = 'opens') => ({ template: 'Vault', at, what }) as never;

describe('what breaks the promises', () => {
  const judges = RULES.map(({ judge }) => judge);
  beforeEach(() => {
    for (const rule of RULES) Object.assign(rule, { judge: () => [] });
  });
  afterEach(() => {
    for (const [at, rule] of RULES.entries()) Object.assign(rule, { judge: judges[at] });
  });

  test('is what the rules find, in their order, each finding once', () => {
    const judged = {} as never;
    const [first, second] = RULES;
    const seen: unknown[] = [];
    Object.assign(first ?? {}, {
      judge: (of: unknown) => {
        seen.push(of);
        return [finding('A'), finding('A'), finding('B'), finding('A', 'shares')];
      },
    });
    Object.assign(second ?? {}, { judge: () => [finding('A')] });
    const found = brokenPromisesOf(judged).map(({ rule, at, what }) => `${RULES.indexOf(rule)} ${at} ${what}`);
    expect(found).toEqual(['0 A opens', '0 B opens', '0 A shares', '1 A opens']);
    expect(seen).toEqual([judged]);
  });

  test('is distinct also where the texts of two findings together are the same', () => {
    Object.assign(RULES[0] ?? {}, { judge: () => [finding('A', 'BC'), finding('AB', 'C')] });
    expect(brokenPromisesOf({} as never)).toHaveLength(2);
  });

  test('is nothing where no rule finds anything', () => expect(brokenPromisesOf({} as never)).toEqual([]));
});

test('there are nine promises', () =>
  expect(RULES.map(({ id }) => id)).toEqual(['T1', 'T2', 'T3', 'T4', 'T5', 'T6', 'T7', 'T8', 'T9']));
