import fc from 'fast-check';
import type { AccessCase } from '../../../src/policy-evaluator/case';
import type { AccessDecision } from '../../../src/policy-evaluator/decision';
import { evaluate } from '../../../src/policy-evaluator/evaluate';
import { parseAccessCase } from '../../../src/policy-evaluator/parse-case';
import {
  type ConditionElement,
  listOf,
  type PolicyDocument,
  type PolicyStatement,
} from '../../../src/policy-evaluator/policy';
import { holds } from '../../support/holds';
import { DECISION_FILES, type DecisionCase, load } from './cases/load';

const OWN = '222200001111';
const ROLE = `arn:aws:iam::${OWN}:role/operator`;
const PRINCIPALS = [
  ROLE,
  `arn:aws:sts::${OWN}:assumed-role/operator/alice`,
  `arn:aws:iam::${OWN}:user/bob`,
  `arn:aws:iam::${OWN}:root`,
  'arn:aws:iam::222200002222:role/operator',
  'anonymous',
] as const;

const action = fc.constantFrom('sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:*', 'kms:*', '*', 's3:GetObject');
const resource = fc.constantFrom('*', `arn:aws:sqs:*:${OWN}:*`, 'arn:aws:s3:::bucket/*');
const condition = fc.constantFrom<ConditionElement>(
  {},
  { StringEquals: { 'x:a': '1' } },
  { StringNotEquals: { 'x:a': '1' } },
  { 'ForAllValues:StringEquals': { 'x:list': ['a', 'b'] } },
  { Null: { 'x:b': 'true' } },
);
const principal = fc.constantFrom('*' as const, ...PRINCIPALS.slice(0, 5).map((each) => ({ AWS: each })));

const identityStatement: fc.Arbitrary<PolicyStatement> = fc.record({
  Effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
  Action: fc.array(action, { minLength: 1, maxLength: 3 }),
  Resource: fc.array(resource, { minLength: 1, maxLength: 2 }),
  Condition: condition,
});
const resourceStatement = fc
  .tuple(identityStatement, principal)
  .map(([statement, Principal]): PolicyStatement => ({ ...statement, Principal }));
const documentOf = (statement: fc.Arbitrary<PolicyStatement>): fc.Arbitrary<PolicyDocument> =>
  fc.array(statement, { maxLength: 4 }).map((Statement) => ({ Version: '2012-10-17', Statement }));

const access: fc.Arbitrary<AccessCase> = fc
  .record({
    principal: fc.constantFrom(...PRINCIPALS),
    action: fc.constantFrom('sqs:SendMessage', 'sqs:ReceiveMessage'),
    resource: fc.constant(`arn:aws:sqs:eu-central-1:${OWN}:inbox`),
    resourceAccount: fc.constant(OWN),
    context: fc.constantFrom<AccessCase['context']>(
      {},
      { 'x:a': '1' },
      { 'x:a': '2', 'x:b': '1', 'x:list': ['a', 'c'] },
    ),
    identityPolicies: fc.array(documentOf(identityStatement), { maxLength: 2 }),
    resourcePolicy: fc.option(documentOf(resourceStatement)),
  })
  .chain((base) =>
    fc
      .record(
        { permissionBoundary: documentOf(identityStatement), scps: fc.array(documentOf(identityStatement)) },
        { requiredKeys: [] },
      )
      .map((more) => ({ ...base, ...more })),
  );

/** The case with every policy changed alike. */
function mapPolicies(each: AccessCase, change: (document: PolicyDocument) => PolicyDocument): AccessCase {
  return {
    ...each,
    identityPolicies: each.identityPolicies.map(change),
    resourcePolicy: each.resourcePolicy === null ? null : change(each.resourcePolicy),
    ...(each.permissionBoundary === undefined ? {} : { permissionBoundary: change(each.permissionBoundary) }),
    ...(each.scps === undefined ? {} : { scps: each.scps.map((level) => change(level as PolicyDocument)) }),
  };
}

const withStatements = (
  document: PolicyDocument,
  change: (list: readonly PolicyStatement[]) => readonly PolicyStatement[],
): PolicyDocument => ({ ...document, Statement: change(listOf(document.Statement)) });

const decisionOf = (each: AccessCase): AccessDecision['decision'] => evaluate(each).decision;

test('the random cases get every decision', () => {
  const decisions = fc.sample(access, { numRuns: 500, seed: 1 }).map(decisionOf);
  expect(new Set(decisions)).toEqual(new Set(['Allowed', 'ExplicitlyDenied', 'ImplicitlyDenied']));
});

test('one more Deny never turns a denial into an allow', () => {
  holds(
    fc.property(access, identityStatement, (each, statement) => {
      const more = mapPolicies(each, (document) =>
        withStatements(document, (list) => [
          ...list,
          { ...statement, Effect: 'Deny', ...(document === each.resourcePolicy ? { Principal: '*' as const } : {}) },
        ]),
      );
      if (decisionOf(each) !== 'Allowed') expect(decisionOf(more)).not.toBe('Allowed');
    }),
  );
});

test('a Deny of everything on any side denies explicitly', () => {
  const deny: PolicyStatement = { Effect: 'Deny', Action: '*', Resource: '*' };
  holds(
    fc.property(access, (each) => {
      const closed: PolicyDocument = { Version: '2012-10-17', Statement: { ...deny, Principal: '*' } };
      expect(decisionOf({ ...each, resourcePolicy: closed })).toBe('ExplicitlyDenied');
    }),
  );
});

test('the order of statements and of policies never matters', () => {
  holds(
    fc.property(access, (each) => {
      const turned = mapPolicies(each, (document) => withStatements(document, (list) => [...list].reverse()));
      const reordered = { ...turned, identityPolicies: [...turned.identityPolicies].reverse() };
      expect(decisionOf(reordered)).toBe(decisionOf(each));
    }),
  );
});

test('one statement of several actions equals several statements of one', () => {
  holds(
    fc.property(access, (each) => {
      const split = mapPolicies(each, (document) =>
        withStatements(document, (list) =>
          list.flatMap((one) => listOf(one.Action).map((Action) => ({ ...one, Action }))),
        ),
      );
      expect(decisionOf(split)).toBe(decisionOf(each));
    }),
  );
});

test('one more Allow in an identity policy never takes anything away', () => {
  holds(
    fc.property(access, identityStatement, (each, statement) => {
      const more = { Version: '2012-10-17' as const, Statement: { ...statement, Effect: 'Allow' as const } };
      if (decisionOf(each) === 'Allowed') {
        expect(decisionOf({ ...each, identityPolicies: [...each.identityPolicies, more] })).toBe('Allowed');
      }
    }),
  );
});

test('the written cases have the same decision with their statements reversed', () => {
  for (const each of DECISION_FILES.flatMap((file) => load<DecisionCase>(file))) {
    const parsed = parseAccessCase(each.case);
    const reverse = (document: PolicyDocument): PolicyDocument =>
      withStatements(document, (list) => [...list].reverse());
    const turned: AccessCase = {
      ...parsed,
      identityPolicies: parsed.identityPolicies.map(reverse),
      resourcePolicy: parsed.resourcePolicy === null ? null : reverse(parsed.resourcePolicy),
    };
    expect({ name: each.name, decision: decisionOf(turned) }).toEqual({ name: each.name, decision: each.expect });
  }
});
