import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { nodesOf } from './imports-of';

const STARTS = /^(spawn|spawnSync|exec|execSync|execFile|execFileSync|fork)$/;
const CLEAN = /^(cleanEnvironment|installerEnvironment)$/;

type Node = ReturnType<typeof nodesOf>[number]['node'];

/** `spawn(…)` and `child_process.spawn(…)` alike. */
const nameOf = (callee: Node): string =>
  String(callee?.type === 'MemberExpression' ? (callee.property as Node).value : callee?.value);

/** The value of the property `env` of an object literal; that of the last argument alone may hold one. */
function envIn(call: Node): Node | undefined {
  const given = Array.isArray(call.arguments) ? (call.arguments as ReadonlyArray<{ readonly expression: Node }>) : [];
  const last = given.at(-1);
  const properties = (
    last?.expression.type === 'ObjectExpression' ? last.expression.properties : []
  ) as readonly Node[];
  return properties.find(({ key }) => (key as Node | undefined)?.value === 'env')?.value as Node | undefined;
}

/** A process with an environment that the one helper did not make, or a thread that inherits one. */
const offences = (file: string, code: string): readonly string[] =>
  nodesOf(code).flatMap(({ node, line }) => {
    const env = envIn(node);
    if (node.type === 'NewExpression' && nameOf(node.callee as Node) === 'Worker') {
      const isEmpty = env?.type === 'ObjectExpression' && (env.properties as readonly Node[]).length === 0;
      return isEmpty ? [] : [`${file}:${line}: a thread inherits the caller's environment: give env: {}`];
    }
    if (node.type !== 'CallExpression' || !STARTS.test(nameOf(node.callee as Node))) return [];
    const isClean = env?.type === 'CallExpression' && CLEAN.test(nameOf(env.callee as Node));
    return isClean ? [] : [`${file}:${line}: a process needs an environment of src/setup/clean-environment.js`];
  });

/** What sorts or prints by the language of the machine, because none is given. */
const LANGUAGES = /\.(localeCompare\([^,()]*(\([^()]*\))?[^,()]*\)|toLocale\w*\(\))|Intl\.\w+\(\s*(\)|undefined|\[\])/;
const byLanguage = (file: string, code: string): readonly string[] =>
  code.split('\n').flatMap((text, at) => (LANGUAGES.test(text) ? [`${file}:${at + 1}: name the language`] : []));

const listed = ['ls-files', '--cached', '--others', '--exclude-standard', 'src', 'lambda', 'stacksets'];
const files = [...execFileSync('git', listed, { encoding: 'utf8' }).split('\n'), 'test/environment.cjs'].filter(
  (file) => /\.(ts|js|mjs|cjs)$/.test(file) && existsSync(file),
);
/** Regular expressions have a method of the same name. */
const starting = files.filter((file) => /child_process|worker_threads/.test(readFileSync(file, 'utf8')));

test('no process is started with the environment of the caller', () => {
  expect(starting).toEqual(
    expect.arrayContaining(['src/emulator/process.ts', 'src/setup/prepare.mjs', 'test/environment.cjs']),
  );
  expect(starting.flatMap((file) => offences(file, readFileSync(file, 'utf8')))).toEqual([]);
});

test('nothing is sorted or printed by the language of the machine', () => {
  expect(files.flatMap((file) => byLanguage(file, readFileSync(file, 'utf8')))).toEqual([]);
});

test.each([
  ["spawn('python', [])", 1],
  ["spawn('python', [], { stdio: 'pipe' })", 1],
  ["spawn('python', [], { env: process.env })", 1],
  ["spawn('python', [], { env: { ...cleanEnvironment(), ...process.env } })", 1],
  ["childProcess.execFileSync('python', [], { env })", 1],
  ['new Worker(file)', 1],
  ['new Worker(file, { env: process.env })', 1],
  ["spawn('python', [], { env: cleanEnvironment() })", 0],
  ["spawnSync('npm', ['ci'], { encoding: 'utf8', env: installerEnvironment() })", 0],
  ['new Worker(file, { env: {} })', 0],
])('%s: %i', (code, count) => expect(offences('x.ts', `${code};`)).toHaveLength(count));

test.each([
  ['a.localeCompare(b)', 1],
  ['a.account.localeCompare(b.account)', 1],
  ["a.localeCompare(b, 'en')", 0],
  ['n.toLocaleString()', 1],
  ["n.toLocaleString('en-US')", 0],
  ['new Intl.DateTimeFormat()', 1],
  ['new Intl.DateTimeFormat(undefined, { timeZone })', 1],
  ["new Intl.DateTimeFormat('en', { timeZone })", 0],
])('%s: %i', (code, count) => expect(byLanguage('x.ts', code)).toHaveLength(count));
