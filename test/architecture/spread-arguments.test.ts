import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { nodesOf } from './imports-of';

/**
 * Each argument lies on the stack: an array of a hundred thousand is more than it holds, and what it holds depends on how
 * deep the call is. An organization has as many accounts as it has, and an account as many snapshots.
 */
const JUSTIFIED: ReadonlyMap<string, string> = new Map([
  ['src/operations/probe/snapshots.ts', 'the arguments of another function'],
  ['src/operations/probe/stacks.ts', 'the arguments of another function'],
  ['src/trust/proof/step-needs.ts', 'the queues of NAMES, of which there are two'],
  [
    'src/trust/proof/proof-lines.ts',
    'the accounts of a proof, one of each kind; and the arguments of another function',
  ],
]);

interface Argument {
  readonly spread: object | null;
  readonly expression: { readonly type: string; readonly value?: unknown };
}

/** Where a function is called with an array spread into its arguments; a list that is written out there has its length. */
function spreadsIn(code: string): readonly number[] {
  const calls = nodesOf(code).filter(({ node }) => node.type === 'CallExpression' || node.type === 'NewExpression');
  return calls.flatMap(({ node, line }) =>
    ((node.arguments ?? []) as readonly Argument[])
      .filter(({ spread, expression }) => spread && expression.type !== 'ArrayExpression')
      .map(() => line),
  );
}

const files = execFileSync('git', ['ls-files', 'src', 'lambda', 'stacksets'], { encoding: 'utf8' })
  .split('\n')
  .filter((file) => file.endsWith('.ts') && existsSync(file));

test('no array of unknown length is spread into arguments', () => {
  const found = files.flatMap((file) => spreadsIn(readFileSync(file, 'utf8')).map((line) => `${file}:${line}`));
  const isJustified = (one: string) => JUSTIFIED.has(one.replace(/:\d+$/, ''));
  expect(found.filter((one) => !isJustified(one))).toEqual([]);
});

test('what is justified is still there', () => {
  const idle = [...JUSTIFIED.keys()].filter((file) => spreadsIn(readFileSync(file, 'utf8')).length === 0);
  expect(idle).toEqual([]);
});

test.each([
  ['a.push(...b);', 1],
  ['\na.b.push(c, ...d.map((e) => e));', 1],
  ['const a = Math.max(...b);', 1],
  ['const a = Math.min(0, ...b.map(({ c }) => c));', 1],
  ['a.unshift(...b); a.splice(0, 1, ...b); String.fromCharCode(...b); new Array(...b);', 4],
  ['a.push(...[1, 2, 3]);', 0],
  ['a.push(...(b ? [1] : []));', 1],
  ['const a = new Set([...b, ...c]);', 0],
  ['a.push({ ...b });', 0],
])('%s', (code, count) => expect(spreadsIn(code)).toHaveLength(count));
