import fc from 'fast-check';
import { matches, withWildcards } from '../../../src/policy-evaluator/pattern';
import { holds } from '../../support/holds';

// The same language as a regular expression, which is slower but plain.
function regularExpressionOf(pattern: string): RegExp {
  const source = [...pattern].map((char) =>
    char === '*' ? '.*' : char === '?' ? '.' : char.replace(/[^a-z0-9]/g, '\\$&'),
  );
  return new RegExp(`^${source.join('')}$`, 's');
}

const letters = (chars: string): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...chars), { maxLength: 12 }).map((list) => list.join(''));

test('wildcards match what the same regular expression matches', () => {
  holds(
    fc.property(letters('ab:.*?'), letters('ab:.*?'), (pattern, text) => {
      expect(matches(withWildcards(pattern), text)).toBe(regularExpressionOf(pattern).test(text));
    }),
    { numRuns: 5000 },
  );
});

test('a pattern of many stars takes bounded time', () => {
  const pattern = withWildcards(`${'*a'.repeat(60)}b`);
  expect(matches(pattern, 'a'.repeat(5000))).toBe(false);
});
