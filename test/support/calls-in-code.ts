import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseSync } from '@swc/core';

interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** A function, method or class of the code: what its body names. */
type Callables = Map<string, Set<string>>;

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

/** Every node below, as long as `enter` says to go on. */
function walk(value: unknown, enter: (node: Node) => boolean): void {
  if (Array.isArray(value)) {
    for (const one of value) walk(one, enter);
  } else if (isNode(value)) {
    if (enter(value)) for (const part of Object.values(value)) walk(part, enter);
  } else if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) walk(part, enter);
  }
}

const nameIn = (key: unknown): string => (isNode(key) ? String(key.value ?? (key.id as Node | undefined)?.value) : '');

/** The name under which a node can be called, if it is something to call. */
function callableName(node: Node): string | undefined {
  switch (node.type) {
    case 'ClassMethod':
    case 'PrivateMethod':
      return nameIn(node.key);
    // A field may hold a function; a constructor is called by the name of its class, in its own body.
    case 'ClassProperty':
      return node.value ? nameIn(node.key) : undefined;
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
      return nameIn(node.identifier);
    case 'VariableDeclarator':
      return isNode(node.init) && /^(ArrowFunction|Function)Expression$/.test(node.init.type)
        ? nameIn(node.id)
        : undefined;
    default:
      return undefined;
  }
}

/** The names in a module, by the function or method around them; `` for the code that runs at load time. */
function readNames(module: Node, into: Callables): void {
  const visit = (value: unknown, owner: string) =>
    walk(value, (node) => {
      // Types run nothing, and an import is no use yet.
      if (/^Ts(Type|Interface|Function|Union|Array|Keyword|Literal)/.test(node.type)) return false;
      if (node.type === 'ImportDeclaration') return false;
      if (node.type === 'Identifier') into.get(owner)?.add(String(node.value));
      const name = callableName(node);
      if (name === undefined) return true;
      if (!into.has(name)) into.set(name, new Set());
      for (const part of Object.values({ ...node, key: null, identifier: null })) visit(part, name);
      return false;
    });
  visit(module.body, '');
}

const SDK = /^@aws-sdk\/client-(.+)$/;

/** Operations by the name under which a module imports them: `CopyDBSnapshotCommand` is `rds:CopyDBSnapshot`. */
function readImports(module: Node, operations: Map<string, string>, file: string): string[] {
  const next: string[] = [];
  for (const statement of module.body as Node[]) {
    const from = isNode(statement.source) ? String(statement.source.value) : '';
    if (!from || statement.typeOnly) continue;
    if (from.startsWith('.')) next.push(join(dirname(file), `${from}.ts`));
    const service = SDK.exec(from)?.[1];
    for (const specifier of service ? (statement.specifiers as Node[]) : []) {
      if (specifier.isTypeOnly) continue;
      const name = nameIn(specifier.imported) || nameIn(specifier.local);
      const operation = /^(.+)Command$|^paginate(.+)$/.exec(name);
      if (operation) operations.set(nameIn(specifier.local), `${service}:${operation[1] ?? operation[2]}`);
      else if (!/Client$/.test(name)) throw new Error(`${file} imports ${name} of ${from}: what does that call?`);
    }
  }
  return next;
}

/**
 * The AWS calls that the code behind an entry can make, `rds:CopyDBSnapshot`. Found without running it, by names alone: a
 * method counts as called when anything that runs names a method of that name. So it may find one too many, never one too few.
 */
export function callsInCode(entry: string): readonly string[] {
  const callables: Callables = new Map([['', new Set()]]);
  const operations = new Map<string, string>();
  const files = [entry];
  for (const file of files) {
    if (!existsSync(file)) throw new Error(`${file} is imported and is not there`);
    const module = parseSync(readFileSync(file, 'utf8'), { syntax: 'typescript' }) as unknown as Node;
    readNames(module, callables);
    files.push(...readImports(module, operations, file).filter((one) => !files.includes(one)));
  }
  // What runs when the modules are loaded, and what Lambda calls.
  const reached = new Set(['', 'handler']);
  for (const name of reached) for (const named of callables.get(name) ?? []) reached.add(named);
  return [...operations].flatMap(([local, operation]) => (reached.has(local) ? [operation] : [])).sort();
}
