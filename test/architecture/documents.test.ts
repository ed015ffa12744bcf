import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FLOW, folderOf } from '../../src/contract/flow';
import { explainCase } from '../../src/trust/explain';

test('the table of docs/flow.md is the flow', () => {
  const rows = readFileSync('docs/flow.md', 'utf8')
    .split('\n')
    .filter((line) => /^\| \d+ \|/.test(line));
  expect(rows).toEqual(
    FLOW.map(({ account, name, sentence }, at) => `| ${at + 1} | ${account} | \`${name}\` | ${sentence} |`),
  );
});

test('the folders of lambda/ read in the order of the flow', () => {
  const folders = ['management', 'source', 'vault'].flatMap((account) =>
    readdirSync(`lambda/${account}`)
      .sort()
      .map((step) => `${account}/${step}`),
  );
  expect(folders).toEqual(FLOW.map(folderOf));
});

const PARTS = ['facts.ts', 'observe.ts', 'plan.ts', 'act.ts'];

test.each(FLOW.map(folderOf))('%s has its parts and a test', (folder) => {
  const step = folder.split('/')[1];
  const files = readdirSync(`lambda/${folder}`);
  expect(files).toEqual(expect.arrayContaining([...PARTS, `${step}.lambda.ts`, `${step}.ts`]));
  const tests = [`test/lambda/${folder}.test.ts`, `test/lambda/${folder}/${step}.test.ts`];
  expect(tests.some((test) => existsSync(test))).toBe(true);
});

test('every decision has its three headings', () => {
  for (const file of readdirSync('docs/adr')) {
    const text = readFileSync(`docs/adr/${file}`, 'utf8');
    for (const heading of ['**Context.**', '**Decision.**', '**Consequences.**']) expect(text).toContain(heading);
  }
});

const readme = readFileSync('README.md', 'utf8');

test('the case in the README is answered as the README says', async () => {
  const [, example] = /<<'CASE'\n([\s\S]*?)\nCASE\n/.exec(readme) ?? [];
  const { decision } = await explainCase(example ?? '');
  expect(readme).toContain(`the answer is \`${decision}\``);
});

test('every npm script that the README names is there', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const named = [...readme.matchAll(/\bnpm (?:-s )?(?:run )?([a-z:]+)/g)].map(([, name = '']) => name);
  expect(named).toEqual(expect.arrayContaining(['start', 'test', 'bench']));
  expect(named.filter((name) => !scripts[name])).toEqual([]);
});

test('every file and folder that a document points to is there', () => {
  const pages = [
    'README.md',
    'CONTRIBUTING.md',
    'CHANGELOG.md',
    ...readdirSync('docs', { recursive: true }).map((page) => `docs/${page}`),
  ];
  const texts = pages.filter((page) => page.endsWith('.md'));
  const missing = texts.flatMap((page) => {
    const text = readFileSync(page, 'utf8');
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, to = '']) => join(dirname(page), to));
    const paths = [...text.matchAll(/`((?:src|lambda|stacksets|test|docs|bench)(?:\/[\w.-]+)+)`/g)].map(
      ([, to = '']) => to,
    );
    // A checklist of CONTRIBUTING.md names the files of a step to come.
    const named = [...links, ...paths].filter((to) => !/\b(STEP|RULE|VERB)\b/.test(to));
    return named.filter((to) => !existsSync(to)).map((to) => `${page}: ${to}`);
  });
  expect(texts.length).toBeGreaterThan(5);
  expect(missing).toEqual([]);
});

test('the README shows the document of a rehearsal as it is', () => {
  const interfaces = readFileSync('src/rehearsal/result.ts', 'utf8');
  const fields = [...interfaces.matchAll(/readonly (\w+)\??:/g)].map(([, name = '']) => name);
  const shown = readme.split('\n').find((line) => line.startsWith('`{ "ok", "phases"')) ?? '';
  // The cause of a failed check is in the result only as part of `failure`.
  const missing = fields.filter((name) => !shown.includes(`"${name}"`) && name !== 'cause');
  expect(fields.length).toBeGreaterThan(10);
  expect(missing).toEqual([]);
});
