import { parseSync } from '@swc/core';

/** What one module takes from elsewhere, and where it says so. */
export interface Import {
  /** As it is written; {@link COMPUTED} when it is known only at run time. */
  readonly name: string;
  readonly line: number;
}

/** The name of what `import(path)` or `require(path)` takes. */
export const COMPUTED = '(computed)';

interface Node {
  readonly type?: string;
  readonly span?: { readonly start: number };
  readonly [key: string]: unknown;
}

/** Every node of a source file, with the line on which it begins. */
export function nodesOf(code: string): ReadonlyArray<{ readonly node: Node; readonly line: number }> {
  // A position is a number of bytes, counted from wherever the parser last stopped: the first `;` says where that was.
  const text = code.replace(/^#!/, '//');
  const { body } = parseSync(`;${text}`, { syntax: 'typescript', target: 'es2022' }) as unknown as { body: Node[] };
  const bytes = Buffer.from(text);
  const base = (body[0]?.span?.start ?? 0) + 1;
  const lineAt = (start: number) =>
    bytes
      .subarray(0, start - base)
      .toString()
      .split('\n').length;
  const found: { node: Node; line: number }[] = [];
  const walk = (value: unknown, line: number): void => {
    if (Array.isArray(value)) for (const one of value) walk(one, line);
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return;
    const node = value as Node;
    const here = node.type && node.span && node.span.start >= base ? lineAt(node.span.start) : line;
    if (node.type) found.push({ node, line: here });
    for (const child of Object.values(node)) walk(child, here);
  };
  walk(body.slice(1), 1);
  return found;
}

/** The text of a literal, if that is what it is. */
function literal(node: Node | undefined): string {
  if (node?.type === 'StringLiteral') return String(node.value);
  const quasis = node?.quasis as ReadonlyArray<{ readonly raw: string }> | undefined;
  return node?.type === 'TemplateLiteral' && quasis?.length === 1 ? String(quasis[0]?.raw) : COMPUTED;
}

function nameIn(node: Node): string | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
      return node.source ? literal(node.source as Node) : undefined;
    case 'TsImportType':
      return literal(node.argument as Node);
    case 'TsExternalModuleReference':
      return literal(node.expression as Node);
    case 'CallExpression': {
      const callee = node.callee as Node;
      const [first] = node.arguments as ReadonlyArray<{ readonly expression: Node }>;
      const asks = callee.type === 'Import' || (callee.type === 'Identifier' && callee.value === 'require');
      return asks ? literal(first?.expression) : undefined;
    }
    default:
      return undefined;
  }
}

/** Everything that a module takes from elsewhere: imports, types, re-exports, `import()`, `import x =` and `require`. */
export const importsOf = (code: string): readonly Import[] =>
  nodesOf(code).flatMap(({ node, line }) => {
    const name = nameIn(node);
    return name === undefined ? [] : [{ name, line }];
  });
