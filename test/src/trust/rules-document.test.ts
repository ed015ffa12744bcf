import { readFileSync } from 'node:fs';
import { RULES } from '../../../src/trust/rules/rules';
import { rulesDocument } from '../../../src/trust/rules-document';

test('docs/trust-rules.md is what `checkvalve trust rules` writes', () => {
  expect(readFileSync('docs/trust-rules.md', 'utf8')).toBe(rulesDocument());
});

test('every promise is there, in its own sentence', () => {
  expect(RULES.map(({ id }) => id)).toEqual(['T1', 'T2', 'T3', 'T4', 'T5', 'T6', 'T7', 'T8', 'T9']);
  for (const { promise } of RULES) expect(rulesDocument()).toContain(`**${promise}**`);
});

test('no cell of a table is broken by its text', () => {
  const rows = rulesDocument()
    .split('\n')
    .filter((line) => line.startsWith('|'));
  expect(rows.length).toBeGreaterThan(60);
  expect(rows.filter((row) => ![5, 7].includes(row.split('|').length))).toEqual([]);
});
