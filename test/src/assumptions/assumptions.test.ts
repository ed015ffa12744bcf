import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { ASSUMPTIONS } from '../../../src/assumptions/assumptions';
import { assumptionsDocument } from '../../../src/assumptions/assumptions-document';
import { PROBES } from '../../../src/operations/probe/probes';

const ids = ASSUMPTIONS.map(({ id }) => id);

test('docs/assumptions.md is what `checkvalve probe assumptions` writes', () => {
  expect(readFileSync('docs/assumptions.md', 'utf8')).toBe(assumptionsDocument());
});

test('each row has a unique id in kebab case', () => {
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toEqual([]);
  expect(ids.length).toBeGreaterThan(35);
});

test('each file that relies on an assumption exists', () => {
  const missing = ASSUMPTIONS.flatMap(({ id, reliedOnIn }) =>
    reliedOnIn.filter((file) => !existsSync(file)).map((file) => `${id}: ${file}`),
  );
  expect(missing).toEqual([]);
});

test('each documented or observed row has its source', () => {
  const PAGE = { documented: /^https:\/\/(docs\.)?aws\./, observed: /^observed: \S/ } as const;
  const unsourced = ASSUMPTIONS.filter(
    ({ certainty, source = '' }) =>
      (certainty === 'documented' || certainty === 'observed') && !PAGE[certainty].test(source),
  );
  expect(unsourced.map(({ id }) => id)).toEqual([]);
});

test('each row names the effect if it is wrong, the mitigation, and the probe or why there is none', () => {
  for (const { ifWrong, mitigation, probe } of ASSUMPTIONS) {
    for (const sentence of [ifWrong, mitigation, 'none' in probe ? probe.none : `${probe.id}.`])
      expect(sentence).toMatch(/^\S.*\.$/s);
  }
});

test('each probe names the rows that name it', () => {
  const byRow = ASSUMPTIONS.flatMap(({ id, probe }) => ('id' in probe ? [`${probe.id} asks ${id}`] : []));
  const byProbe = PROBES.flatMap(({ id, assumptions }) => assumptions.map((row) => `${id} asks ${row}`));
  expect(byProbe.sort()).toEqual(byRow.sort());
});

test('each assumption in a comment names its row', () => {
  const files = execFileSync('git', ['ls-files', 'src', 'lambda', 'stacksets'], { encoding: 'utf8' })
    .split('\n')
    .filter((file) => /\.(ts|js|mjs|py)$/.test(file) && !file.startsWith('src/assumptions/') && existsSync(file));
  const comments = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\bAssumption\b(?::| \(([^)]*)\))/g)].map(([, id = 'none']) => ({
      file,
      id,
    })),
  );
  expect(comments.length).toBeGreaterThan(20);
  expect(comments.filter(({ id }) => !ids.includes(id))).toEqual([]);
});
