import * as fc from 'fast-check';
import { carriedTags } from '../../../src/contract/carried-tags';
import { TAGS } from '../../../src/contract/names';
import { MAX_TAGS_PER_RESOURCE } from '../../../src/contract/tags';
import { holds } from '../../support/holds';

const OURS = { [TAGS.role]: 'export', [TAGS.database]: 'd', [TAGS.snapshot]: 's', [TAGS.sourceTime]: 't' };
const many = (count: number) => Array.from({ length: count }, (_, at) => [`key-${at}`, `${at}`] as const);

// Case 39.
test('of 48 tags, one of CloudFormation and those of Checkvalve, the latter win, at most 50 remain, and dropped tags are named', () => {
  const theirs = new Map([...many(48), ['aws:cloudformation:stack-name', 'orders'], [TAGS.role, 'vault']]);
  const ours = { ...OURS, [TAGS.plan]: 'daily', [TAGS.resourceId]: 'db-X' };
  const { tags, dropped } = carriedTags(theirs, ours);
  expect(tags).toMatchObject(ours);
  expect(Object.keys(tags)).toHaveLength(44);
  expect(dropped).toHaveLength(48 + 1 - (44 - 6));
  expect(dropped).toContain('aws:cloudformation:stack-name');
});

// Case 39.
test.each([
  ['a key of AWS is renamed', 'aws:cloudformation:stack-name', { 'origin:aws:cloudformation:stack-name': 'v' }],
  ['so is one of RDS', 'rds:cluster', { 'origin:rds:cluster': 'v' }],
  ['a key that only contains it is not', 'laws:uit', { 'laws:uit': 'v' }],
  ['a key that was renamed before stays', 'origin:aws:x', { 'origin:aws:x': 'v' }],
  ['the tag that selects a snapshot for the vault is not carried', 'encryption_key', {}],
  ['a tag of Checkvalve is not carried', TAGS.importedAt, {}],
  ['nor in another case', 'CheckValve:copied-at', {}],
])('%s', (_, key, carried) => {
  expect(carriedTags(new Map([[key, 'v']]), OURS).tags).toEqual({ ...OURS, ...carried });
});

test('any tags in any order give one valid result, with all tags of Checkvalve and room for later tags', () => {
  const key = fc.oneof(
    fc.stringMatching(/^[A-Za-z0-9_.:/=+@-]{1,128}$/),
    fc.constantFrom('aws:a', 'AWS:b', 'rds:c', TAGS.role, TAGS.importedAt, 'encryption_key'),
  );
  holds(
    fc.property(fc.uniqueArray(fc.tuple(key, fc.string()), { maxLength: 60, selector: ([k]) => k }), (theirs) => {
      const { tags, dropped } = carriedTags(new Map(theirs), OURS);
      expect(carriedTags(new Map([...theirs].reverse()), OURS)).toEqual({ tags, dropped });
      expect(tags).toMatchObject(OURS);
      expect(Object.keys(tags).length).toBeLessThanOrEqual(MAX_TAGS_PER_RESOURCE - 6);
      for (const name of Object.keys(tags)) {
        expect(name).not.toMatch(/^(aws|rds):/i);
        expect(name.length).toBeLessThanOrEqual(128);
        if (!(name in OURS)) expect(name).not.toMatch(/^checkvalve:/i);
      }
      // The vault carries the tags of the export copy on: the second copy loses tags only to the limit.
      if (dropped.length === 0) expect(carriedTags(new Map(Object.entries(tags)), OURS).dropped).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});
