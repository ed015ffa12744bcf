import { readdirSync, readFileSync } from 'node:fs';

/** One input that must come out right, and the test that holds it. */
interface HeldCase {
  readonly number: number;
  readonly sentence: string;
  readonly file: string;
}

/** `// Case 59.` or `// Cases 59, 60.`, and the next text in quotes: the name of the test, or of its row. */
const MARKED = /^\s*\/\/ Cases? (\d+(?:, \d+)*)\.[^\n]*\n([\s\S]*?)(['"`])((?:\\.|(?!\3)[\s\S])*)\3/gm;

/** The cases that a test file holds. */
export const casesIn = (file: string, code: string): readonly HeldCase[] =>
  [...code.matchAll(MARKED)].flatMap(([, numbers = '', , , sentence = '']) =>
    numbers.split(', ').map((number) => ({ number: Number(number), sentence: sentence.replace(/\s+/g, ' '), file })),
  );

/** docs/cases.md, from the comments in the tests. */
export function casesDocument(): string {
  const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => `test/${file}`)
    .sort();
  const held = files.flatMap((file) => casesIn(file, readFileSync(file, 'utf8')));
  const rows = held
    .sort((a, b) => a.number - b.number || (a.file < b.file ? -1 : 1))
    .map(({ number, sentence, file }) => `| ${number} | ${sentence.replaceAll('|', '\\|')} | \`${file}\` |`);
  return [
    '# Cases',
    '',
    'Inputs that broke other tools, or Checkvalve itself, and the test that holds each. `npm run docs` writes this page from the',
    'comments `// Case N.` in the tests.',
    '',
    '| case | what holds | test |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

if (require.main === module) process.stdout.write(casesDocument());
