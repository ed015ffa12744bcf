import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { nodesOf } from './imports-of';
import { spansOf } from './spans-of';

const LINES = 220;
/** Lines of a function, its signature included. */
const FUNCTION_LINES = 40;
/** How a file that is longer says so, near its top. */
const REASON = /\bLonger than (most|other files)(:| because) \S/;
/** Where the top ends. */
const TOP = 10;

const lengthFault = (file: string, text: string): readonly string[] => {
  const lines = text.trimEnd().split('\n');
  return lines.length <= LINES || REASON.test(lines.slice(0, TOP).join('\n'))
    ? []
    : [`${file}: ${lines.length} lines, and its first lines do not say why (“Longer than most: …”)`];
};

/** Functions that are longer, and do not say why in a comment directly above or in their first lines. */
const functionFaults = (file: string, code: string): readonly string[] => {
  const lines = code.split('\n');
  return spansOf(code, FUNCTIONS).flatMap(({ first, last }) => {
    const reason = lines.slice(Math.max(0, first - 6), first + 3).join('\n');
    const count = last - first + 1;
    return count <= FUNCTION_LINES || REASON.test(reason)
      ? []
      : [`${file}:${first}: a function of ${count} lines, and no comment above it says why (“Longer than most: …”)`];
  });
};
const FUNCTIONS =
  /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression|ClassMethod|PrivateMethod|Constructor|MethodProperty)$/;

/** Where a file leaves the type checker blind. A word in a text or a name is none of it. */
function blindSpots(file: string, code: string): readonly string[] {
  const typed = nodesOf(code)
    .filter(({ node }) => node.type === 'TsKeywordType' && node.kind === 'any')
    .map(({ line }) => `${file}:${line}: the type any`);
  const suppressed = code
    .split('\n')
    .flatMap((text, at) => (/(\/\/|\/\*|^\s*\*)\s*@ts-(ignore|nocheck|expect-error)\b/.test(text) ? [at + 1] : []))
    .map((line) => `${file}:${line}: a fault hidden from the type checker`);
  return [...typed, ...suppressed];
}

const files = execFileSync('git', ['ls-files', 'src', 'lambda', 'stacksets'], { encoding: 'utf8' })
  .split('\n')
  .filter((file) => /\.(ts|js|mjs|py)$/.test(file) && existsSync(file));

test(`a file is read in one pass: ${LINES} lines at most, or it says why not`, () => {
  expect(files.length).toBeGreaterThan(100);
  expect(files.flatMap((file) => lengthFault(file, readFileSync(file, 'utf8')))).toEqual([]);
});

test(`a function is read in one pass: ${FUNCTION_LINES} lines at most, or it says why not`, () => {
  const typed = files.filter((file) => file.endsWith('.ts'));
  expect(typed.flatMap((file) => functionFaults(file, readFileSync(file, 'utf8')))).toEqual([]);
});

test.each([
  [`function f() {\n${'  x();\n'.repeat(39)}}`, 1],
  [`function f() {\n${'  x();\n'.repeat(38)}}`, 0],
  [`// Longer than most: one line for each call.\nconst f = () => {\n${'  x();\n'.repeat(60)}};`, 0],
  [`class A {\n  b() {\n${'    x();\n'.repeat(39)}  }\n}`, 1],
])('length of a function, case %#', (code, faults) => expect(functionFaults('x.ts', code)).toHaveLength(faults));

test('nothing is hidden from the type checker', () => {
  const typed = files.filter((file) => file.endsWith('.ts'));
  expect(typed.flatMap((file) => blindSpots(file, readFileSync(file, 'utf8')))).toEqual([]);
});

const long = (head: string, lines: number) => `${head}\n${'x\n'.repeat(lines - 1)}`;

test.each([
  [long('x', 221), 1],
  [long('// Longer than most: ', 221), 1],
  [long('x', 220), 0],
  [long('// Longer than most: one short method for each call.', 500), 0],
  [`${long('x', 221)}// Longer than most: stated too late.`, 1],
])('length, case %#', (text, faults) => expect(lengthFault('x.ts', text)).toHaveLength(faults));

test.each([
  ['export const a: any = 1;', 'x.ts:1: the type any'],
  ['\n\nexport const a = (b as any).c;', 'x.ts:3: the type any'],
  ['export const a = <T extends any[]>(b: T) => b;', 'x.ts:1: the type any'],
  ['export type A = Record<string, any>;', 'x.ts:1: the type any'],
  ['// @ts-ignore', 'x.ts:1: a fault hidden'],
  ['\n/* @ts-expect-error it is late */', 'x.ts:2: a fault hidden'],
  ['// @ts-nocheck', 'x.ts:1: a fault hidden'],
])('%j is found', (code, fault) => {
  expect(blindSpots('x.ts', code)).toEqual([expect.stringContaining(fault)]);
});

test.each([
  '/** Any number of them: any will do. */ export const any = 1;',
  "export const text = 'as any // no';",
  '// Nothing here needs a ts-ignore.',
  'export const a = any.of(1);',
])('%j is accepted', (code) => expect(blindSpots('x.ts', code)).toEqual([]));
