import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { parseSync } from '@swc/core';
import { IMPORT_RULES } from './import-rules';

/** Everything that a module takes from elsewhere, types included: imports, re-exports, `import()` and `require`. */
function importsOf(code: string): readonly string[] {
  const found: string[] = [];
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) for (const one of node) walk(one);
    if (node === null || typeof node !== 'object' || Array.isArray(node)) return;
    const { type, source, callee, argument, arguments: args } = node as Record<string, unknown>;
    const text = (value: unknown) => (value as { value?: unknown } | undefined)?.value;
    if (/^(Import|Export(All|Named))Declaration$/.test(String(type)) && source) found.push(String(text(source)));
    if (type === 'TsImportType' && argument) found.push(String(text(argument)));
    if (type === 'CallExpression') {
      const { type: kind, value } = callee as { type: string; value?: string };
      const first = (args as { expression: unknown }[])[0]?.expression;
      if (kind === 'Import' || (kind === 'Identifier' && value === 'require')) {
        const { type: literal } = (first ?? {}) as { type?: string };
        if (literal === 'StringLiteral') found.push(String(text(first)));
      }
    }
    for (const value of Object.values(node)) walk(value);
  };
  walk(parseSync(code, { syntax: 'typescript', target: 'es2022' }).body);
  return found;
}

/** A relative import as a path from the root of the project; a package as it is. */
const resolved = (file: string, name: string): string =>
  name.startsWith('.') ? normalize(join(dirname(file), name)) : name;

/** Every import that the rules do not allow, with the line where it stands and the reason. */
function offences(file: string, code: string): readonly string[] {
  const rule = IMPORT_RULES.find(({ files }) => files.test(file));
  if (!rule) return [`${file}: no rule says what may be imported here`];
  return importsOf(code).flatMap((name) => {
    if (rule.may.some((allowed) => allowed.test(resolved(file, name)))) return [];
    const line = code.split('\n').findIndex((text) => text.includes(`'${name}'`)) + 1;
    return [`${file}:${line} imports ${name}: ${rule.because}`];
  });
}

const files = execFileSync('git', ['ls-files', 'src', 'lambda', 'stacksets', 'bench'], { encoding: 'utf8' })
  .split('\n')
  .filter((file) => file.endsWith('.ts'));

test('nobody imports what he must not know', () => {
  expect(files.length).toBeGreaterThan(50);
  expect(files.flatMap((file) => offences(file, readFileSync(file, 'utf8')))).toEqual([]);
});

test.each([
  ['src/contract/x.ts', "import { z } from 'zod';", 'the contract depends on nothing'],
  ['src/contract/x.ts', "import type { A } from '../config/checkvalve-config';", 'the contract depends on nothing'],
  ['stacksets/source-tooling/x.ts', "import { Inbox } from '../../src/vault/inbox';", 'must not know the vault'],
  [
    'src/trust/rules/x.ts',
    "export { VaultStack } from '../../vault/vault-stack';",
    'a judge does not import the accused',
  ],
  [
    'src/vault/x.ts',
    "import { SourceTooling } from '../../stacksets/source-tooling/source-tooling';",
    'nothing of what is pushed',
  ],
  ['lambda/vault/import-copies/x.ts', "import { plan } from '../follow-sources/plan';", 'steps cannot see one another'],
  [
    'lambda/vault/import-copies/x.ts',
    "import { RDSClient } from '@aws-sdk/client-rds';",
    'steps cannot see one another',
  ],
  [
    'lambda/vault/import-copies/x.ts',
    "const { RDSClient } = await import('@aws-sdk/client-rds');",
    'steps cannot see one another',
  ],
  ['lambda/_kit/ports/x.ts', "import type { Tag } from '@aws-sdk/client-rds';", 'ports speak our language'],
  [
    'src/rehearsal/x.ts',
    "const { table } = require('../cli/print') as typeof import('../cli/print');",
    'nothing imports the command line',
  ],
  ['src/elsewhere/x.ts', "import { join } from 'node:path';", 'no rule'],
])('%s: %s', (file, code, reason) => {
  expect(offences(file, code).join()).toContain(reason);
});

test.each([
  ['lambda/vault/import-copies/import-copies.lambda.ts', "import { RDSClient } from '@aws-sdk/client-rds';"],
  ['lambda/vault/import-copies/x.ts', "import type { Snapshots } from '../../_kit/ports/snapshots';"],
  ['src/trust/x.ts', "import { CheckvalveError } from '../contract/errors';"],
  ['src/vault/x.ts', "// import { plan } from '../../lambda/vault/import-copies/plan';"],
])('%s may: %s', (file, code) => {
  expect(offences(file, code)).toEqual([]);
});
