import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { config } from '../../../src/checkvalve.config';
import { checkvalve as run } from '../../support/run-command';

// Starting the command takes seconds on a busy machine.
jest.setTimeout(180_000);

const folder = mkdtempSync(join(tmpdir(), 'checkvalve-faults-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string | Buffer): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const checkvalve = (args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
  const { status, stdout, lines } = run(args, { env: { ...process.env, ...env } });
  return { status, stdout, lines };
};

const MARK = '\uFEFF';
const typed = (text: string): string => `interface A { readonly b: string }\n\n${text}\n`;
const ACCESS = JSON.stringify({
  principal: 'arn:aws:iam::222200001111:role/admin',
  ...{ principalAccount: '222200001111', action: 'rds:DeleteDBSnapshot', resourceAccount: '333300002222' },
  resource: 'arn:aws:rds:eu-central-1:333300002222:snapshot:checkvalve-1',
  ...{ context: {}, identityPolicies: [], resourcePolicy: null },
});

test.each([
  [
    'a configuration in TypeScript',
    [
      'config',
      'check',
      '--config',
      file('marked.ts', `${MARK}export const config: unknown = ${JSON.stringify(config)};`),
    ],
  ],
  ['a configuration in JSON', ['config', 'check', '--config', file('marked.json', MARK + JSON.stringify(config))]],
  [
    'an organization',
    ['plan', '--from', file('organization.json', MARK + readFileSync('docs/example-organization.json', 'utf8'))],
  ],
  ['a case', ['trust', 'explain', '--case', file('case.json', MARK + ACCESS)]],
])('checkvalve reads %s with a byte-order mark', (_, args) => {
  expect(checkvalve(args)).toMatchObject({ status: 0, lines: [''] });
});

test.each([
  [
    'default.ts',
    'export default {};',
    'it exports no `config`, only a default export; write `export const config = …` instead',
  ],
  [
    'promise.ts',
    'export const config = (async () => { throw new Error(); })();',
    'it exports a promise; export the value itself, without async or await',
  ],
  [
    'whole-promise.js',
    'module.exports = Promise.resolve({ config: {} });',
    'it exports a promise; export the value itself, without async or await',
  ],
  [
    'function.ts',
    'export const config = () => ({});',
    'its export `config` is a function; export the value that it returns',
  ],
  ['nothing.ts', 'export {};', 'it exports no `config`'],
  [
    'exit.ts',
    typed('export const config: A = { b: String(process.exit(0)) };'),
    'line 3, column 46: it calls process.exit; remove the call',
  ],
  [
    'throws.ts',
    typed('export const config: A = (undefined as unknown as { a: A }).a;'),
    "line 3, column 61: Cannot read properties of undefined (reading 'a')",
  ],
  [
    'imports.ts',
    "import { a } from './nowhere';\nexport const config = a;",
    "line 1, column 19: Cannot find module './nowhere'",
  ],
  ['syntax.ts', typed('export const config = { a: , };'), 'line 3, column 28: Unexpected ","'],
  ['syntax.js', '\nmodule.exports = { a: , };', "line 2: Unexpected token ','"],
  [
    'await.ts',
    'export const config = await 1;',
    'line 1, column 23: Top-level await is currently not supported with the "cjs" output format',
  ],
  ['comma.json', '{\n  "regions": [],\n}', 'line 2, column 16: there is a comma before }; remove the comma'],
  ['list.yaml', 'regions:\n  - eu-central-1', 'its name ends as YAML does; give JSON'],
  ['utf16.json', Buffer.from(`${MARK}{}`, 'utf16le'), 'it is UTF-16; save it as UTF-8'],
  ['empty.ts', '', 'it is empty'],
  [
    'getter.ts',
    typed('export const config = { get vault(): A { throw new Error("not today"); } };'),
    'line 3, column 48: not today',
  ],
  ['config.txt', '{}', 'its name must end in .ts, .js, .cjs, .mjs or .json'],
])('the error for the configuration %s is one sentence and a remedy', (name, text, why) => {
  const path = file(name, text);
  const remedy = 'Give a .ts file that exports `config`, or a .json file.';
  expect(checkvalve(['--config', path, 'config', 'check'])).toEqual({
    status: 1,
    stdout: '',
    lines: [`${path} cannot be read: ${why}`, remedy],
  });
});

test('a folder or a missing file is not loaded as a configuration', () => {
  mkdirSync(join(folder, 'module'), { recursive: true });
  file('module/index.js', 'process.exit(0);');
  for (const [path, why] of [
    [join(folder, 'module'), 'it is a folder (EISDIR)'],
    [join(folder, 'nowhere.ts'), 'there is no such file or folder (ENOENT)'],
  ] as const) {
    const { status, lines } = checkvalve(['--config', path, 'config', 'check']);
    expect({ status, lines }).toEqual({ status: 1, lines: [`${path} cannot be read: ${why}`, expect.any(String)] });
  }
});

test('a configuration does not change the exit code', () => {
  const path = file('code.js', `process.exitCode = 7;\nmodule.exports = { config: ${JSON.stringify(config)} };`);
  expect(checkvalve(['--config', path, 'config', 'check']).status).toBe(0);
});

test.each([
  ['throws', 'setTimeout(() => { throw new Error("too late"); }, 0);', 'line 1, column 26: too late'],
  ['rejects', 'void Promise.reject(new Error("lost"));', 'line 1, column 21: lost'],
  ['exits', 'setTimeout(() => process.exit(0), 0);', 'line 1, column 26: it calls process.exit; remove the call'],
])('the error for a configuration that %s after it was loaded is one sentence and a remedy', (name, code, why) => {
  const path = file(`${name}-later.ts`, `${code}\nexport const config: unknown = ${JSON.stringify(config)};`);
  const { status, lines } = checkvalve(['--config', path, 'plan', '--from', 'docs/example-organization.json']);
  expect({ status, lines }).toEqual({
    status: 1,
    lines: [`${path} cannot be read: ${why}`, 'Give a .ts file that exports `config`, or a .json file.'],
  });
});

test('a configuration that prints and changes the folder does not change the result', () => {
  const code = `console.log('noise'); process.chdir('/');`;
  const path = file('noise.ts', `${code}\nexport const config: unknown = ${JSON.stringify(config)};`);
  const args = ['plan', '--from', 'docs/example-organization.json', '--json'];
  expect(checkvalve(['--config', path, ...args])).toEqual({
    ...checkvalve(args),
    lines: ['noise'],
  });
});

test.each([
  ['null', 'the resource Vault has no Type'],
  ['{"Type": 5}', 'the resource Vault has no Type'],
])('the error for a template with the resource %s names the file', (resource, why) => {
  const path = file('Shape.json', `{"Resources": {"Vault": ${resource}}}`);
  expect(checkvalve(['trust', '--template', `Management=${path}`])).toEqual({
    status: 1,
    stdout: '',
    lines: [`${path} cannot be read: ${why}`, expect.stringContaining('--save FOLDER')],
  });
});

const torn = file('torn.json', '{\n  "a": 1,\n  "b": 2 3\n}');
test.each([
  [['plan', '--from', torn], 'docs/plan.md'],
  [['trust', 'explain', '--case', torn], 'trust explain --help'],
  [['trust', '--template', `Management=${torn}`], '--save FOLDER'],
])('the error of %j has the line and column and a remedy', (args, remedy) => {
  expect(checkvalve(args)).toEqual({
    status: 1,
    stdout: '',
    lines: [
      `${torn} cannot be read: line 3, column 10: "3" was found where a comma or a closing bracket is expected`,
      expect.stringContaining(remedy),
    ],
  });
});

test('trust --save does not write to a file or below one', () => {
  const taken = file('taken', 'mine');
  for (const path of [taken, join(taken, 'below')]) {
    const { status, stdout, lines } = checkvalve(['trust', '--save', path]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(lines).toEqual([
      expect.stringMatching(new RegExp(`^--save ${path} cannot be written: .* \\((EEXIST|ENOTDIR)\\)$`)),
      'Give a folder that you can write to, or a new one.',
    ]);
  }
  expect(readFileSync(taken, 'utf8')).toBe('mine');
});

test('trust reads a template with a byte-order mark', () => {
  const saved = join(folder, 'saved');
  expect(checkvalve(['trust', '--save', saved]).status).toBe(0);
  const path = file('Management.json', MARK + readFileSync(join(saved, 'Management.json'), 'utf8'));
  expect(checkvalve(['trust', '--template', `Management=${path}`])).toMatchObject({ status: 0, lines: [''] });
});

test('the error for a temporary folder that cannot be written is one sentence and a remedy', () => {
  const nowhere = join(folder, 'nowhere');
  const { status, lines } = checkvalve(['trust', '--save', join(folder, 'never')], { TMPDIR: nowhere });
  expect({ status, lines }).toEqual({
    status: 1,
    lines: [
      `The temporary folder ${nowhere} cannot be written: there is no such file or folder (ENOENT)`,
      'Set TMPDIR to a folder that you can write to, and run the command again.',
    ],
  });
});
