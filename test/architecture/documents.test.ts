import { readdirSync, readFileSync } from 'node:fs';
import { FLOW, folderOf } from '../../src/contract/flow';

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

test.each(FLOW.map(folderOf))('%s has its four parts and a test', (folder) => {
  const step = folder.split('/')[1];
  const files = readdirSync(`lambda/${folder}`);
  expect(files).toEqual(expect.arrayContaining(['act.ts', 'observe.ts', 'plan.ts', `${step}.lambda.ts`, `${step}.ts`]));
  expect(readdirSync(`test/lambda/${folder.split('/')[0]}`)).toContain(`${step}.test.ts`);
});

test('every decision has its three headings', () => {
  for (const file of readdirSync('docs/adr')) {
    const text = readFileSync(`docs/adr/${file}`, 'utf8');
    for (const heading of ['**Context.**', '**Decision.**', '**Consequences.**']) expect(text).toContain(heading);
  }
});
