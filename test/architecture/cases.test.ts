import { readFileSync } from 'node:fs';
import { casesDocument, casesIn } from './cases';

test('docs/cases.md is what `npm run docs` writes', () => {
  expect(readFileSync('docs/cases.md', 'utf8')).toBe(casesDocument());
});

test('a case is the comment, and the name of the test that follows it', () => {
  const code =
    "// Case 7.\ntest('two accounts', () => {});\n  // Cases 8, 9. From a page of AWS.\n  [\n    `a | b`,\n  ],\n";
  expect(casesIn('x.test.ts', code)).toEqual([
    { number: 7, sentence: 'two accounts', file: 'x.test.ts' },
    { number: 8, sentence: 'a | b', file: 'x.test.ts' },
    { number: 9, sentence: 'a | b', file: 'x.test.ts' },
  ]);
});
