import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const DECLARED = /^export (?:interface|type) (\w+)/gm;

/** The types that a file exports. Classes are left out: a construct may have the name of the port that reaches it. */
const typesIn = (code: string): readonly string[] => [...code.matchAll(DECLARED)].map(([, name = '']) => name);

test('a name means one type in the whole product', () => {
  const listed = ['ls-files', '--cached', '--others', '--exclude-standard', 'src', 'lambda', 'stacksets'];
  const files = execFileSync('git', listed, { encoding: 'utf8' })
    .split('\n')
    .filter((file) => file.endsWith('.ts') && existsSync(file));
  const homes = new Map<string, string[]>();
  for (const file of files) {
    for (const name of new Set(typesIn(readFileSync(file, 'utf8')))) {
      homes.set(name, [...(homes.get(name) ?? []), file]);
    }
  }
  expect(homes.size).toBeGreaterThan(300);
  expect(
    [...homes].filter(([, files]) => files.length > 1).map(([name, files]) => `${name}: ${files.join(', ')}`),
  ).toEqual([]);
});

test('an exported type is found; a used one, a local one and a class are not', () => {
  const code = 'export interface A {}\ntype B = C;\nexport class D {}\nexport type E = F;\n';
  expect(typesIn(code)).toEqual(['A', 'E']);
});
