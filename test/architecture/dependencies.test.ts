import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const SHIPPED = /^(MIT|MIT-0|Apache-2\.0|BSD|BSD-[23]-Clause|0BSD|ISC)$/;
const TOOLS = /^(BlueOak-1\.0\.0|Python-2\.0|CC-BY-[34]\.0|CC0-1\.0|MPL-2\.0|Unlicense)$/;
/** Tools that npm cannot distinguish from what is shipped: each by name, with the reason. */
const TOOLS_BY_NAME: Readonly<Record<string, string>> = {
  'node_modules/aws-cdk-lib/node_modules/minimatch':
    'part of the CDK, which synthesizes on our machine: never deployed',
};
/** Licenses of Python itself, under which two requirements of the emulator stand: as Python-2.0, and as free. */
const OF_PYTHON = /^(PSF-2\.0|CNRI-Python)$/;

/** Packages whose install script the set-up does not run. */
const WITHOUT_SCRIPT = ['@parcel/watcher', '@swc/core', 'esbuild'];

interface Locked {
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly license?: string;
  readonly hasInstallScript?: boolean;
  readonly resolved?: string;
}
const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, Locked> };
const installed = Object.entries(packages).filter(([path]) => path && existsSync(join(path, 'package.json')));

/** What a package says of itself: `(MIT OR Apache-2.0)` offers each, `(MIT AND CC0-1.0)` demands both. */
function licenseOf(path: string): string {
  const { license, licenses } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as {
    license?: string | { type: string };
    licenses?: readonly { type: string }[];
  };
  return typeof license === 'object'
    ? license.type
    : (license ?? licenses?.map(({ type }) => type).join(' OR ') ?? 'none');
}

const fits = (license: string, allowed: (one: string) => boolean): boolean =>
  license
    .replace(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((one) => allowed(one.trim())));

/** What an entry of the lock file may not be under; undefined when it is well. */
function licenseFault(path: string, license: string, { dev, devOptional }: Locked): string | undefined {
  const tool = dev === true || devOptional === true || path in TOOLS_BY_NAME;
  const good = fits(license, (one) => SHIPPED.test(one) || (tool && TOOLS.test(one)));
  return good && !/AGPL/i.test(license) ? undefined : `${path}: ${license}`;
}

test('what is shipped is under a permissive license, and so is every tool; nothing is AGPL', () => {
  expect(installed.length).toBeGreaterThan(100);
  expect(installed.flatMap(([path, locked]) => licenseFault(path, licenseOf(path), locked) ?? [])).toEqual([]);
});

// The parts for other machines are not installed on this one: the lock file says what they are under.
test('so are the parts that only another machine installs', () => {
  const elsewhere = Object.entries(packages).filter(([path]) => path && !existsSync(join(path, 'package.json')));
  expect(elsewhere.flatMap(([path, one]) => licenseFault(path, one.license ?? 'none', one) ?? [])).toEqual([]);
});

test('every tool by name is installed, and would not pass without its name', () => {
  for (const path of Object.keys(TOOLS_BY_NAME)) {
    expect(packages).toHaveProperty([path]);
    expect(fits(licenseOf(path), (one) => SHIPPED.test(one))).toBe(false);
  }
});

test.each([
  ['MIT', {}, true],
  ['(MIT OR GPL-3.0-or-later)', {}, true],
  ['(MIT AND CC0-1.0)', {}, false],
  ['BlueOak-1.0.0', {}, false],
  ['BlueOak-1.0.0', { dev: true }, true],
  ['GPL-3.0', { dev: true }, false],
  ['AGPL-3.0-only', { dev: true }, false],
  ['(MIT OR AGPL-3.0-only)', { dev: true }, false],
  ['SEE LICENSE IN LICENSE.md', { dev: true }, false],
  ['none', {}, false],
])('%s with %j: %p', (license, locked, passes) => {
  expect(licenseFault('node_modules/x', license, locked) === undefined).toBe(passes);
});

/** Installed Python packages with what each says of its license: one expression, or else its words and classifiers. */
function pythonLicenses(): ReadonlyArray<readonly [string, string]> {
  const [lib] = readdirSync('.emulator/lib').map((python) => join('.emulator/lib', python, 'site-packages'));
  return readdirSync(lib ?? '')
    .filter((entry) => entry.endsWith('.dist-info'))
    .map((entry) => {
      const [head = ''] = readFileSync(join(lib ?? '', entry, 'METADATA'), 'utf8').split('\n\n');
      const values = (key: string) => [...head.matchAll(new RegExp(`^${key}: (.*)$`, 'gm'))].map(([, text]) => text);
      const [expression] = values('License-Expression');
      const classified = values('Classifier').flatMap(
        (text) => /^License :: (?:.* :: )?(.+)$/.exec(text ?? '')?.[1] ?? [],
      );
      return [
        entry,
        expression ?? [...classified, ...(classified.length ? [] : values('License'))].join(' OR '),
      ] as const;
    });
}

/** How Python packages name, in words, what has a short name. */
const IN_WORDS: ReadonlyArray<readonly [RegExp, string]> = [
  [/^MIT licen[cs]e$/i, 'MIT'],
  [/^(Apache Software License|Apache License 2\.0|Apache 2\.0)$/, 'Apache-2.0'],
  [/^BSD License$/, 'BSD'],
  [/^Mozilla Public License 2\.0 \(MPL 2\.0\)$/, 'MPL-2.0'],
];
const shortName = (license: string): string => IN_WORDS.find(([words]) => words.test(license))?.[1] ?? license;

// `npm test` makes this environment before anything else.
test('the emulator’s Python packages are under licenses that a tool may have', () => {
  const python = pythonLicenses();
  expect(python.length).toBeGreaterThan(20);
  const allowed = (one: string) => [SHIPPED, TOOLS, OF_PYTHON].some((licenses) => licenses.test(shortName(one)));
  // Words in brackets belong to a name here: only an expression has brackets of its own, and none of these does.
  const wrong = python.filter(
    ([, license]) => !license.split(' OR ').some((choice) => choice.split(' AND ').every(allowed)),
  );
  expect(wrong).toEqual([]);
});

test('every version is pinned', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<
    string,
    Record<string, string>
  >;
  const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
    ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
  );
  expect(loose).toEqual([]);
});

const LOCKS = ['src/emulator/requirements.txt', 'src/setup/resolver/requirements.txt'];
const HASHED = /^[A-Za-z0-9._[\]-]+==[^ ]+( ; [^\n]+?)?( \\\n {4}--hash=sha256:[0-9a-f]{64})+$/;
/** A lock file's packages, each with its hashes. */
const lockedIn = (file: string) =>
  readFileSync(file, 'utf8')
    .replace(/^#.*\n/gm, '')
    .trim()
    .split(/\n(?! )/);

test.each(LOCKS)('every Python package in %s has one version and the hashes of its files', (file) => {
  expect(lockedIn(file).filter((one) => !HASHED.test(one))).toEqual([]);
});

test.each(LOCKS)('what %s is made from stands in it', (file) => {
  const asked = readFileSync(file.replace(/txt$/, 'in'), 'utf8')
    .replace(/\[.*\]/g, '')
    .trim()
    .split('\n');
  expect(asked.filter((one) => !lockedIn(file).some((line) => line.startsWith(`${one} `)))).toEqual([]);
});

test('the packages with an install script are those that work without it: docs/supply-chain.md says why', () => {
  const scripted = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript);
  const names = scripted.map(([path]) => path.replace(/^.*node_modules\//, ''));
  expect([...new Set(names)].sort()).toEqual(WITHOUT_SCRIPT);
  const document = readFileSync('docs/supply-chain.md', 'utf8');
  expect(WITHOUT_SCRIPT.filter((name) => !document.includes(`\`${name}\``))).toEqual([]);
});

test.each(LOCKS)('%s names no address', (file) => {
  expect(readFileSync(file, 'utf8')).not.toMatch(/:\/\/|--(extra-)?index-url|--find-links/);
});

test('no file says where a package was downloaded from', () => {
  expect(Object.values(packages).filter(({ resolved }) => resolved)).toEqual([]);
});

// Put together here, so that this file does not hold what it looks for.
const HOSTS = [
  ['registry', 'npmjs'],
  ['registry', 'yarnpkg'],
  ['npm', 'pkg', 'github'],
  ['pypi', 'org'],
  ['files', 'pythonhosted'],
].map((parts) => parts.join('.'));

test.each(HOSTS)('%s stands in no tracked file', (host) => {
  const { status, stdout } = spawnSync('git', ['grep', '-lIiF', host], { encoding: 'utf8' });
  // git grep ends with 1 when it has looked and found nothing; with anything else it has found some, or not looked.
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
});
