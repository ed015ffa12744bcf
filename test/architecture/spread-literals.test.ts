import { readFileSync } from 'node:fs';
import { nodesOf } from './imports-of';
import { readFiles } from './words';

/** Folders without literals that are spread into a literal only to keep lines short: the product code, and tests that are free
 * of them. Add a folder of tests once it is. */
const FOLDERS = ['src', 'lambda', 'stacksets', 'test/src/policy-evaluator', 'test/src/trust'];

interface Member {
  readonly type?: string;
  readonly spread?: object | null;
  readonly expression?: { readonly type: string };
  readonly arguments?: { readonly type: string };
}

/** The lines of `{ ...{ a, b } }` and `[...[a, b]]`: the members could be written without the spread. */
function spreadLiterals(code: string): readonly number[] {
  return nodesOf(code).flatMap(({ node, line }) => {
    const properties = node.type === 'ObjectExpression' ? (node.properties as readonly Member[]) : [];
    const elements = node.type === 'ArrayExpression' ? (node.elements as readonly (Member | null)[]) : [];
    const packed = [
      ...properties.filter((one) => one.type === 'SpreadElement' && one.arguments?.type === 'ObjectExpression'),
      ...elements.filter((one) => one?.spread && one.expression?.type === 'ArrayExpression'),
    ];
    return packed.map(() => line);
  });
}

test('no literal is spread into a literal', () => {
  const files = readFiles(...FOLDERS).filter((file) => file.endsWith('.ts'));
  expect(FOLDERS.filter((folder) => !files.some((file) => file.startsWith(`${folder}/`)))).toEqual([]);
  const found = files.flatMap((file) => spreadLiterals(readFileSync(file, 'utf8')).map((line) => `${file}:${line}`));
  expect(found).toEqual([]);
});

test.each([
  ['const a = { ...{ b, c }, d };', 1],
  ["const a = [...['b', 'c'], 'd'];", 1],
  ['const a = { ...b, ...(c && { d }) };', 0],
  ["const a = [...['b'].map(c)];", 0],
  ['a(...[b]);', 0],
])('%s', (code, count) => expect(spreadLiterals(code)).toHaveLength(count));
