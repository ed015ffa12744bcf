import fc from 'fast-check';
import { type ContextValues, prepareCondition } from '../../../../src/policy-evaluator/condition';
import type { ConditionElement } from '../../../../src/policy-evaluator/policy';
import { type Context, Contexts } from '../../../../src/trust/proof/contexts';
import { factsInside, factsOutside } from '../../../../src/trust/proof/key-facts';
import { ANYTHING, exactly, like, likeArn, witnessesOf } from '../../../../src/trust/proof/languages';
import { holds } from '../../../support/holds';

/** A request's context as the evaluator reads it. */
function valuesIn(context: Context): ContextValues {
  const held = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), [value].flat()]));
  const valuesOf = (key: string) => held.get(key) ?? [];
  return { valuesOf, oneValueOf: (key) => valuesOf(key)[0] ?? null };
}

/** How every line of every condition comes out in a context. */
const outcome = (conditions: readonly ConditionElement[], context: Context): string =>
  conditions
    .flatMap((condition) => prepareCondition(condition, false))
    .map((check) => (check(valuesIn(context)) ? '1' : '0'))
    .join('');

const enumerated = (conditions: readonly ConditionElement[], facts = factsInside): readonly Context[] =>
  new Contexts(facts).for('a:B', [], conditions);

const texts = fc.string({ unit: fc.constantFrom('a', 'b', ':', 'A'), maxLength: 4 });
const patterns = fc.string({ unit: fc.constantFrom('a', 'b', ':', '*', '?'), minLength: 1, maxLength: 4 });
const arnPatterns = fc
  .array(fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 2 }), { minLength: 5, maxLength: 6 })
  .map((parts) => `arn:${parts.join(':')}`);
const some = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: 1, maxLength: 2 });

/** Lines on a key of each kind, and what a request may hold there. */
const KINDS = {
  text: {
    operators: ['StringEquals', 'StringNotEquals', 'StringEqualsIgnoreCase', 'StringEqualsIfExists'],
    written: texts.filter((text) => text !== ''),
    held: texts,
  },
  pattern: { operators: ['StringLike', 'StringNotLike', 'StringLikeIfExists'], written: patterns, held: texts },
  arn: {
    operators: ['ArnLike', 'ArnNotEquals', 'ArnEqualsIfExists'],
    written: arnPatterns,
    held: fc.oneof(
      arnPatterns.map((text) => text.replaceAll(/[*?]/g, 'a')),
      texts,
    ),
  },
  number: {
    operators: ['NumericEquals', 'NumericLessThan', 'NumericGreaterThanEquals', 'NumericNotEqualsIfExists'],
    written: fc.integer({ min: -3, max: 3 }).map(String),
    held: fc.constantFrom(...[-9, -2.5, -1, 0, 0.5, 1, 2, 3, 9].map(String)),
  },
  date: {
    operators: ['DateLessThan', 'DateGreaterThanEquals', 'DateEquals'],
    written: fc.constantFrom('2026-01-01T00:00:00Z', '2026-06-01T00:00:00Z'),
    held: fc.constantFrom(
      '2025-01-01T00:00:00Z',
      '2026-01-01T00:00:00Z',
      '2026-03-01T00:00:00Z',
      '2027-01-01T00:00:00Z',
    ),
  },
  address: {
    operators: ['IpAddress', 'NotIpAddress'],
    written: fc.constantFrom('10.0.0.0/8', '10.1.0.0/16', '192.0.2.7', '0.0.0.0/0', '2001:db8::/32'),
    held: fc.constantFrom('10.0.0.1', '10.1.2.3', '11.0.0.0', '192.0.2.7', '192.0.2.8', '2001:db8::1', '2001:db9::1'),
  },
  boolean: {
    operators: ['Bool', 'BoolIfExists'],
    written: fc.constantFrom('true', 'false'),
    held: fc.constantFrom('true', 'false'),
  },
} as const;

type ProofLine = readonly [operator: string, key: string, values: readonly string[]];

const conditionOf = ([operator, key, values]: ProofLine): ConditionElement => ({ [operator]: { [key]: values } });

/** Lines on up to three keys, each of one kind, and a request. */
const cases = fc.array(fc.constantFrom(...Object.keys(KINDS)), { minLength: 1, maxLength: 3 }).chain((kinds) => {
  const perKey = kinds.map((kind, at) => {
    const { operators, written, held } = KINDS[kind as keyof typeof KINDS];
    const key = `key${at}`;
    const line = fc.tuple(
      fc.constantFrom<string>(...operators),
      fc.constant(key),
      some(written as fc.Arbitrary<string>),
    );
    const presence = fc.tuple(fc.constant('Null'), fc.constant(key), fc.constantFrom(['true'], ['false']));
    return {
      lines: fc.tuple(fc.array(line, { minLength: 1, maxLength: 3 }), fc.array(presence, { maxLength: 1 })),
      value: fc.option(held as fc.Arbitrary<string>, { nil: undefined }).map((value) => [key, value] as const),
    };
  });
  return fc.tuple(
    fc.tuple(...perKey.map(({ lines }) => lines)).map((all) => all.flat(2) as unknown as readonly ProofLine[]),
    fc.tuple(...perKey.map(({ value }) => value)),
  );
});

test('whatever a request holds, its lines come out as they do in one of the contexts that are tried', () => {
  holds(
    fc.property(cases, ([lines, values]) => {
      const conditions = lines.map(conditionOf);
      const held = Object.fromEntries(values.filter(([, value]) => value !== undefined)) as Context;
      const tried = new Set(enumerated(conditions).map((context) => outcome(conditions, context)));
      expect(tried).toContain(outcome(conditions, held));
    }),
    { numRuns: 500 },
  );
});

const setLines = fc.array(
  fc.tuple(
    fc.constantFrom(
      'ForAllValues:StringEquals',
      'ForAnyValue:StringLike',
      'ForAnyValue:StringNotEquals',
      'ForAllValues:StringNotLike',
    ),
    fc.constant('tags'),
    some(fc.constantFrom('a', 'b', 'ab', 'ba')),
  ),
  { minLength: 1, maxLength: 3 },
);

test('lines on a key of several values agree for every set of values', () => {
  holds(
    fc.property(
      setLines,
      fc.array(fc.constantFrom('', 'a', 'b', 'ab', 'c'), { maxLength: 4 }),
      fc.boolean(),
      (lines, tags, presence) => {
        const all: readonly ProofLine[] = presence ? [...lines, ['Null', 'tags', ['false']]] : lines;
        const conditions = all.map(conditionOf);
        const tried = new Set(enumerated(conditions).map((context) => outcome(conditions, context)));
        expect(tried).toContain(outcome(conditions, tags.length === 0 ? {} : { tags }));
      },
    ),
    { numRuns: 500 },
  );
});

test('every text that is tried is in and out of the languages as its witness says', () => {
  holds(
    fc.property(fc.array(patterns, { minLength: 1, maxLength: 3 }), texts, (all, text) => {
      const conditions = all.map((pattern): ConditionElement => ({ StringLike: { key: pattern } }));
      const found = witnessesOf(all.map((pattern) => [like(pattern)]));
      for (const witness of found) {
        const claimed = witness.holds.map((one) => (one ? '1' : '0')).join('');
        expect(outcome(conditions, { key: witness.text })).toBe(claimed);
      }
      expect(found.map(({ holds }) => holds.map(Number).join(''))).toContain(outcome(conditions, { key: text }));
    }),
  );
});

test('the parts of an ARN are compared one by one', () => {
  const pattern = 'arn:aws:sns:*:*:checkvalve-copies';
  const holds = (text: string) => witnessesOf([[likeArn(pattern) ?? []]], [exactly(text)])[0]?.holds[0];
  expect(holds('arn:aws:sns:eu-central-1:222200001111:checkvalve-copies')).toBe(true);
  expect(holds('arn:aws:sns:eu-central-1:2222:0000:1111:checkvalve-copies')).toBe(false);
  expect(likeArn('arn:aws:sns')).toBeUndefined();
});

test('one key is enough to find an access that one value in thousands allows', () => {
  const conditions: readonly ConditionElement[] = [
    { StringLike: { key: ['*a*b*c*'] }, StringNotLike: { other: ['z*'] } },
    { StringNotEquals: { key: ['abc', 'aabc'] } },
    { StringLike: { key: '?????' } },
  ];
  const all = enumerated(conditions).map((context) => outcome(conditions, context));
  expect(all).toContain('1111');
  expect(new Set(all).size).toBeLessThanOrEqual(16);
});

test('the source of a service is never the account itself, and any other account', () => {
  const facts = factsOutside({
    account: '333300002222',
    created: ['arn:aws:s3:::checkvalve-evidence'],
    examples: ['arn:aws:sns:eu-central-1:222200001111:checkvalve-copies'],
  });
  const conditions: readonly ConditionElement[] = [
    { ArnLike: { 'aws:SourceArn': 'arn:aws:events:*:333300002222:rule/*' } },
    { StringEquals: { 'aws:SourceAccount': '333300002222' } },
    { StringLike: { 'aws:SourceArn': 'arn:aws:*:333300002222:*' } },
    { StringEquals: { 'aws:SourceArn': 'arn:aws:s3:::checkvalve-evidence' } },
    { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*:*:checkvalve-copies' } },
  ];
  const all = new Set(enumerated(conditions, facts).map((context) => outcome(conditions, context)));
  // Only a text that holds another colon fits the third: an account further on.
  expect([...all].sort()).toEqual(['00000', '00001', '00100', '00101'].filter((one) => all.has(one)));
  expect(all).toContain('00000');
  expect(all).toContain('00001');
  expect(all).toContain('00100');
});

test.each([
  ['a variable', [{ StringLike: { key: '${aws:username}' } }]],
  ['a key of two kinds', [{ StringLike: { key: 'a' } }, { NumericEquals: { key: '1' } }]],
  ['a key of one value and of several', [{ StringLike: { key: 'a' } }, { 'ForAnyValue:StringEquals': { key: 'b' } }]],
])('%s is refused, not guessed', (_, conditions) => {
  expect(() => enumerated(conditions as unknown as readonly ConditionElement[])).toThrow();
});

test('keys that every request has are never left out; all others are', () => {
  const contexts = enumerated([{ Bool: { 'aws:SecureTransport': 'false' } }]);
  expect(contexts).toEqual([{ 'aws:securetransport': 'true' }, { 'aws:securetransport': 'false' }]);
  expect(enumerated([{ Bool: { other: 'true' } }])).toContainEqual({});
  expect(witnessesOf([], ANYTHING)).toEqual([{ text: '', holds: [] }]);
});
