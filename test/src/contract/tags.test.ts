import * as fc from 'fast-check';
import { hasTooManyTags, tagsOnRecoveryPoint } from '../../../src/contract/tags';
import { holds } from '../../support/holds';

const keys = (count: number, ...more: readonly string[]) => [
  ...Array.from({ length: count }, (_, at) => `team:${at}`),
  ...more,
];

test.each([
  ['no tag', [], 2, false],
  ['48 tags', keys(48), 50, false],
  ['49 tags', keys(49), 51, true],
  ['50 tags', keys(50), 52, true],
  ['48 tags and some of AWS', keys(48, 'aws:cloudformation:stack-name', 'AWS:cloudformation:stack-id'), 50, false],
  ['49 tags, of which the plan has one', keys(48, 'encryption_key'), 50, false],
  ['50 tags, of which the plan has both', keys(48, 'encryption_key', 'checkvalve:plan'), 50, false],
  ['50 tags, of which the plan has one', keys(49, 'checkvalve:plan'), 51, true],
  // Keys are case-sensitive in RDS.
  ['48 tags and one that only looks like the plan’s', keys(48, 'Encryption_Key'), 51, true],
])('a database with %s: %#', (_, own, count, tooMany) => {
  expect(tagsOnRecoveryPoint(own)).toBe(count);
  expect(hasTooManyTags(own)).toBe(tooMany);
});

test('in any order, with any key twice, the answer is the same; a tag more never makes room', () => {
  const key = fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('encryption_key', 'checkvalve:plan', 'aws:x'));
  holds(
    fc.property(fc.array(key, { maxLength: 70 }), key, (own, one) => {
      expect(tagsOnRecoveryPoint([...own].reverse())).toBe(tagsOnRecoveryPoint(own));
      expect(tagsOnRecoveryPoint([...own, ...own])).toBe(tagsOnRecoveryPoint(own));
      expect(tagsOnRecoveryPoint([...own, one])).toBeGreaterThanOrEqual(tagsOnRecoveryPoint(own));
      if (own.length > 0 && hasTooManyTags(own)) expect(hasTooManyTags([...own, one])).toBe(true);
    }),
  );
});
