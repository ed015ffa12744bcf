import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { importsOf } from './imports-of';

const ENDINGS = ['', '.ts', '.js', '.mjs'];

/** The imports of each file of the product, types included, as paths. */
export function importGraph(): ReadonlyMap<string, readonly string[]> {
  const listed = ['ls-files', '--cached', '--others', '--exclude-standard', 'src', 'lambda', 'stacksets'];
  const files = execFileSync('git', listed, { encoding: 'utf8' })
    .split('\n')
    .filter((file) => /\.(ts|js|mjs)$/.test(file) && existsSync(file));
  const known = new Set(files);
  const target = (file: string, name: string) => {
    const path = normalize(join(dirname(file), name));
    return ENDINGS.map((ending) => path + ending).find((one) => known.has(one));
  };
  return new Map(
    files.map((file) => {
      const relative = importsOf(readFileSync(file, 'utf8')).filter(({ name }) => name.startsWith('.'));
      return [file, relative.flatMap(({ name }) => target(file, name) ?? [])];
    }),
  );
}

/** The groups of files that import each other in a circle: Tarjan's strongly connected components of two or more. */
export function cyclesIn(graph: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const found: (readonly string[])[] = [];
  const visit = (file: string): void => {
    order.set(file, order.size);
    lowest.set(file, order.get(file) ?? 0);
    stack.push(file);
    for (const next of graph.get(file) ?? []) {
      if (!order.has(next)) visit(next);
      if (stack.includes(next)) lowest.set(file, Math.min(lowest.get(file) ?? 0, lowest.get(next) ?? 0));
    }
    if (lowest.get(file) !== order.get(file)) return;
    const group = stack.splice(stack.indexOf(file));
    if (group.length > 1) found.push(group.sort());
  };
  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return found;
}

if (require.main === module) {
  for (const group of cyclesIn(importGraph())) process.stdout.write(`${group.length}: ${group.join(' ')}\n`);
}
