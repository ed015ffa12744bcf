import { parseSync } from '@swc/core';

interface Node {
  readonly type?: string;
  readonly span?: { readonly start: number; readonly end: number };
  readonly [key: string]: unknown;
}

/** The first and the last line of every node of these types. */
export function spansOf(code: string, types: RegExp): ReadonlyArray<{ readonly first: number; readonly last: number }> {
  // A position is a number of bytes, counted from wherever the parser last stopped: the first `;` says where that was.
  const text = `;${code}`;
  const { body } = parseSync(text, { syntax: 'typescript', target: 'es2022' }) as unknown as { body: Node[] };
  const bytes = Buffer.from(text);
  const base = body[0]?.span?.start ?? 0;
  const starts = [0];
  for (const [at, byte] of bytes.entries()) if (byte === 10) starts.push(at + 1);
  const lineAt = (position: number) => starts.filter((start) => start <= position - base).length;
  const found: { first: number; last: number }[] = [];
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) walk(one);
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return;
    const node = value as Node;
    const span = node.span ?? (node.function as Node | undefined)?.span;
    if (node.type && span && types.test(node.type)) found.push({ first: lineAt(span.start), last: lineAt(span.end) });
    for (const child of Object.values(node)) walk(child);
  };
  walk(body);
  return found;
}
