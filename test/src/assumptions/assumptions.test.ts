import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { ASSUMPTIONS } from '../../../src/assumptions/assumptions';
import { assumptionsDocument } from '../../../src/assumptions/assumptions-document';
import { PROBES } from '../../../src/operations/probe/probes';

const ids = ASSUMPTIONS.map(({ id }) => id);

test('docs/assumptions.md is what `checkvalve probe assumptions` writes', () => {
  expect(readFileSync('docs/assumptions.md', 'utf8')).toBe(assumptionsDocument());
});

test('each row has an id of its own, in kebab case', () => {
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toEqual([]);
  expect(ids.length).toBeGreaterThan(35);
});

test('each file that relies on an assumption is there', () => {
  const missing = ASSUMPTIONS.flatMap(({ id, reliedOnIn }) =>
    reliedOnIn.filter((file) => !existsSync(file)).map((file) => `${id}: ${file}`),
  );
  expect(missing).toEqual([]);
});

test('what is documented or seen says where', () => {
  const PAGE = { documented: /^https:\/\/(docs\.)?aws\./, seen: /^seen: \S/ } as const;
  const unsourced = ASSUMPTIONS.filter(
    ({ certainty, source = '' }) =>
      (certainty === 'documented' || certainty === 'seen') && !PAGE[certainty].test(source),
  );
  expect(unsourced.map(({ id }) => id)).toEqual([]);
});

test('each row says what happens if it is wrong, what keeps that harmless, and which probe asks or why none does', () => {
  for (const { ifWrong, harmlessBy, probe } of ASSUMPTIONS) {
    for (const sentence of [ifWrong, harmlessBy, 'none' in probe ? probe.none : `${probe.id}.`])
      expect(sentence).toMatch(/^\S.*\.$/s);
  }
});

test('each probe is that of the rows that it names, and the other way round', () => {
  const byRow = ASSUMPTIONS.flatMap(({ id, probe }) => ('id' in probe ? [`${probe.id} asks ${id}`] : []));
  const byProbe = PROBES.flatMap(({ id, assumptions }) => assumptions.map((row) => `${id} asks ${row}`));
  expect(byProbe.sort()).toEqual(byRow.sort());
});

test('each assumption in a comment names its row', () => {
  const files = execFileSync('git', ['ls-files', 'src', 'lambda', 'stacksets'], { encoding: 'utf8' })
    .split('\n')
    .filter((file) => /\.(ts|js|mjs|py)$/.test(file) && !file.startsWith('src/assumptions/') && existsSync(file));
  const said = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\bAssumption\b(?::| \(([^)]*)\))/g)].map(([, id = 'none']) => ({
      file,
      id,
    })),
  );
  expect(said.length).toBeGreaterThan(20);
  expect(said.filter(({ id }) => !ids.includes(id))).toEqual([]);
});
