import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A separate clone with a fake npm and a fake Python, which record each call. */
class Clone {
  readonly root = mkdtempSync(join(tmpdir(), 'checkvalve-setup-'));

  constructor(private readonly environment: Record<string, string> = {}) {
    this.write('package-lock.json', JSON.stringify({ packages: { '': {}, 'node_modules/a': { version: '1.0.0' } } }));
    this.write('src/emulator/requirements.txt', 'moto==1');
    mkdirSync(this.at('src/setup'), { recursive: true });
    for (const file of ['prepare.mjs', 'clean-environment.js']) {
      copyFileSync(join('src/setup', file), this.at(join('src/setup', file)));
    }
    this.command(
      'npm',
      `echo npm >> "${this.at('asked')}"
       [ -z "$FAKE_NPM_FAILS" ] || { echo "$FAKE_NPM_FAILS" >&2; exit 1; }
       [ -z "$FAKE_NPM_SLEEPS" ] || /bin/sleep "$FAKE_NPM_SLEEPS"
       /bin/mkdir -p "${this.at('node_modules')}"
       echo "$@" > "${this.at('npm-arguments')}"; /usr/bin/env > "${this.at('npm-environment')}"
       [ -z "$FAKE_NPM_LOSES" ] || exit 0
       /bin/mkdir -p "${this.at('node_modules/esbuild')}"
       echo "exports.transformSync = () => { \${FAKE_NPM_OMITS:+throw Error('$FAKE_NPM_OMITS')} }" > "${this.at('node_modules/esbuild/index.js')}"
       /bin/cp "${this.at('package-lock.json')}" "${this.at('node_modules/.package-lock.json')}"`,
    );
    this.command(
      'python3',
      `case "$2" in
         import\\ moto*) [ -z "$FAKE_IMPORT_FAILS" ] || { echo "$FAKE_IMPORT_FAILS" >&2; exit 1; };;
         import*) echo "\${FAKE_PYTHON_IS:-3 11}";;
         venv) echo venv >> "${this.at('asked')}"
           [ -z "$FAKE_VENV_FAILS" ] || { echo "$FAKE_VENV_FAILS"; exit 1; }
           /bin/mkdir -p "$3/bin"; /bin/cp "$0" "$3/bin/python";;
         pip) if [ "$3" = config ]; then
             [ -z "$FAKE_PIP_CONFIG_FAILS" ] || { echo "$FAKE_PIP_CONFIG_FAILS" >&2; exit 1; }
             /usr/bin/env > "${this.at('pip-config-environment')}"; echo "$FAKE_PIP_CONFIG"; exit 0
           fi
           echo pip >> "${this.at('asked')}"
           echo "$@" > "${this.at('pip-arguments')}"; /usr/bin/env > "${this.at('pip-environment')}"
           [ -z "$FAKE_PIP_FAILS" ] || { echo "$FAKE_PIP_FAILS" >&2; exit 1; };;
       esac`,
    );
  }

  at(path: string): string {
    return join(this.root, path);
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(this.at(path)), { recursive: true });
    writeFileSync(this.at(path), text);
  }

  private command(name: string, body: string): void {
    this.write(`bin/${name}`, `#!/bin/sh\n${body}\n`);
    chmodSync(this.at(`bin/${name}`), 0o755);
  }

  private env(more: Record<string, string>): NodeJS.ProcessEnv {
    return { PATH: this.at('bin'), ...this.environment, ...more };
  }

  /** The recorded calls of npm and Python, over all runs. */
  get asked(): readonly string[] {
    return existsSync(this.at('asked')) ? readFileSync(this.at('asked'), 'utf8').trim().split('\n') : [];
  }

  prepare(more: Record<string, string> = {}, ...args: string[]) {
    const options = { encoding: 'utf8', env: this.env(more) } as const;
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [this.at('src/setup/prepare.mjs'), ...args],
      options,
    );
    return { status, stdout, stderr };
  }

  begin(more: Record<string, string> = {}): ChildProcess {
    return spawn(process.execPath, [this.at('src/setup/prepare.mjs')], { env: this.env(more), stdio: 'ignore' });
  }
}

const clones: Clone[] = [];
const clone = (environment?: Record<string, string>): Clone => {
  const made = new Clone(environment);
  clones.push(made);
  return made;
};
afterAll(() => {
  for (const { root } of clones) rmSync(root, { recursive: true, force: true });
});

const ended = (child: ChildProcess) => new Promise<number | null>((resolve) => child.on('close', resolve));
async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 10_000; !holds(); ) {
    if (Date.now() > end) throw new Error('The condition did not become true within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('a fresh clone is prepared once, and only standard error is written', () => {
  const fresh = clone();
  const first = fresh.prepare();
  expect(first).toMatchObject({ status: 0, stdout: '' });
  expect(first.stderr).toContain('Installing the Node packages');
  expect(fresh.asked).toEqual(['npm', 'venv', 'pip']);
  expect(fresh.prepare()).toEqual({ status: 0, stdout: '', stderr: '' });
  expect(fresh.asked).toHaveLength(3);
  expect(existsSync(fresh.at('.checkvalve-setup.lock'))).toBe(false);
});

test('--quiet prints nothing', () => {
  expect(clone().prepare({}, '--quiet')).toEqual({ status: 0, stdout: '', stderr: '' });
});

test('only what has changed is installed again', () => {
  const old = clone();
  old.prepare();
  old.write('src/emulator/requirements.txt', 'moto==2');
  old.prepare();
  expect(old.asked.slice(3)).toEqual(['venv', 'pip']);
  old.write('package-lock.json', JSON.stringify({ packages: { 'node_modules/a': { version: '2.0.0' } } }));
  old.prepare();
  expect(old.asked.slice(5)).toEqual(['npm']);
});

test('an environment whose Python was removed is created again', () => {
  const old = clone();
  old.prepare();
  rmSync(old.at('.emulator/bin/python'));
  expect(old.prepare().status).toBe(0);
  expect(old.asked.slice(3)).toEqual(['venv', 'pip']);
});

test.each([
  ['the same version', '1.0.0', ['venv', 'pip']],
  ['another version', '0.9.0', ['npm', 'venv', 'pip']],
])('packages that npm installed before in %s', (_, version, asked) => {
  const installed = clone();
  installed.write('node_modules/.package-lock.json', JSON.stringify({ packages: { 'node_modules/a': { version } } }));
  installed.write('node_modules/esbuild/index.js', 'exports.transformSync = () => {};');
  expect(installed.prepare().status).toBe(0);
  expect(installed.asked).toEqual(asked);
});

test('packages that npm installed before for another platform are installed again', () => {
  const moved = clone();
  moved.write(
    'node_modules/.package-lock.json',
    JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } }),
  );
  moved.write('node_modules/esbuild/index.js', 'throw new Error("for another platform");');
  expect(moved.prepare().status).toBe(0);
  expect(moved.asked).toEqual(['npm', 'venv', 'pip']);
});

test.each([
  ['npm does not reach its registry', { FAKE_NPM_FAILS: 'ENOTFOUND' }, ['ENOTFOUND', 'npm reaches its registry']],
  ['Python is too old', { FAKE_PYTHON_IS: '3 9' }, ['Python is too old: python3 is 3.9', 'Install Python 3.10']],
  [
    'Python lacks venv',
    { FAKE_VENV_FAILS: 'ensurepip is not available' },
    ['ensurepip', 'apt-get install python3-venv'],
  ],
  ['pip does not reach its index', { FAKE_PIP_FAILS: 'no route' }, ['no route', 'pip reaches its index']],
  ['npm installs elsewhere', { FAKE_NPM_LOSES: '1' }, ['node_modules does not hold', 'npm config list']],
  [
    'npm omits a required package',
    { FAKE_NPM_OMITS: 'no binary for this platform' },
    ['esbuild does not run', 'no binary for this platform', 'npm config list'],
  ],
  [
    'pip cannot read its configuration',
    { FAKE_PIP_CONFIG_FAILS: 'no section headers in pip.conf' },
    ['pip cannot read its configuration', 'no section headers in pip.conf', 'Correct the file'],
  ],
  [
    'pip installs elsewhere',
    { FAKE_IMPORT_FAILS: 'No module named moto' },
    ['No module named moto', 'pip config list'],
  ],
  [
    'the temporary folder does not exist',
    { TMPDIR: '/nonexistent' },
    ['/nonexistent cannot be written: ENOENT', 'Set TMPDIR'],
  ],
])('%s: one message with a remedy, exit code 1, no stack trace; the next run succeeds', (_, fault, words) => {
  const broken = clone();
  const { status, stdout, stderr } = broken.prepare(fault);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  for (const word of words) expect(stderr).toContain(word);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(existsSync(broken.at('.checkvalve-setup.lock'))).toBe(false);
  expect(broken.prepare().status).toBe(0);
});

/** Variables with which installers install elsewhere, omit packages, or do not start. */
const ASTRAY = {
  ...{ PIP_TARGET: '/tmp/x', PIP_USER: '1', PIP_PREFIX: '/tmp/x', PIP_REQUIRE_VIRTUALENV: '1', PIP_DRY_RUN: '1' },
  ...{ PYTHONPATH: '/tmp/x', PYTHONHOME: '/tmp/x', PYTHONSTARTUP: '/tmp/x', PYTHONDONTWRITEBYTECODE: '1' },
  ...{ VIRTUAL_ENV: '/tmp/x', CONDA_PREFIX: '/tmp/x', NODE_ENV: 'production', LC_ALL: 'tr_TR.UTF-8', TZ: 'Asia/Tokyo' },
  ...{ npm_config_prefix: '/tmp/x', npm_config_global: 'true', NPM_CONFIG_OMIT: 'dev', npm_config_dry_run: 'true' },
};
/** Variables that name the mirror of a company, and by which it is reached. */
const MIRROR = {
  ...{ PIP_INDEX_URL: 'https://mirror/pip', PIP_CERT: '/c.pem', PIP_CONFIG_FILE: '/pip.conf', HTTPS_PROXY: 'http://p' },
  ...{ npm_config_registry: 'https://mirror/npm', NPM_TOKEN: 'token' },
  ...{ SSL_CERT_FILE: '/c.pem', NODE_EXTRA_CA_CERTS: '/c.pem' },
};

/** The settings of a pip.conf for a mirror, and for where packages go. */
const LISTED = "global.timeout='60'\nglobal.prefix='/tmp/x'\ninstall.root='/tmp/x'\ninstall.user='true'";

test('npm and pip get the settings of a mirror, and none that change where packages go', () => {
  const fresh = clone();
  const options = '--no-warnings --use-openssl-ca --require=/dev/null';
  const env = { ...ASTRAY, ...MIRROR, NODE_OPTIONS: options, FAKE_PIP_CONFIG: LISTED };
  expect(fresh.prepare(env)).toMatchObject({ status: 0 });
  const got = (of: string): Readonly<Record<string, string>> => {
    const lines = readFileSync(fresh.at(`${of}-environment`), 'utf8').split('\n');
    return Object.fromEntries(lines.map((line) => /^([^=]+)=(.*)$/.exec(line)?.slice(1) ?? []));
  };
  const common = { ...MIRROR, NODE_OPTIONS: '--use-openssl-ca', LC_ALL: 'C.UTF-8', TZ: 'UTC' };
  expect(got('npm')).toMatchObject(common);
  expect(got('pip-config')).toMatchObject({ ...common, PIP_USER: '0' });
  expect(got('pip')).toMatchObject({ ...common, PIP_CONFIG_FILE: '/dev/null', PIP_TIMEOUT: '60' });
  const astray = [...Object.keys(ASTRAY), 'PIP_ROOT'].filter((name) => !['LC_ALL', 'TZ'].includes(name));
  for (const installer of ['npm', 'pip']) expect(astray.filter((name) => name in got(installer))).toEqual([]);
  const npm = readFileSync(fresh.at('npm-arguments'), 'utf8');
  for (const option of ['--include=dev --include=optional', '--no-global', '--bin-links', `--prefix=${fresh.root}`])
    expect(npm).toContain(option);
});

test('no package runs an install script, and pip installs no package without its hash', () => {
  const fresh = clone();
  fresh.prepare({ npm_config_ignore_scripts: 'false' });
  expect(readFileSync(fresh.at('npm-arguments'), 'utf8')).toMatch(/^ci .*--ignore-scripts/);
  expect(readFileSync(fresh.at('pip-arguments'), 'utf8')).toContain('--require-hashes --only-binary=:all: -r');
});

const WRONG = 'sha512-wanted==';
test('a Node package with another hash: one line with its name, and a remedy', () => {
  const broken = clone();
  const locked = { 'node_modules/x/node_modules/@a/b': { version: '1.2.3', integrity: WRONG } };
  broken.write('package-lock.json', JSON.stringify({ packages: locked }));
  const message = `npm error code EINTEGRITY\nnpm error Integrity checksum failed when using sha512: wanted ${WRONG} but got x`;
  const { status, stderr } = broken.prepare({ FAKE_NPM_FAILS: message }, '--quiet');
  expect({ status, lines: stderr.trim().split('\n') }).toEqual({
    status: 1,
    lines: [
      'The set-up stops: @a/b@1.2.3 does not match its hash in package-lock.json',
      expect.stringContaining('Do not install it another way'),
    ],
  });
});

/** A script that writes the wheel of an empty package. */
const WHEEL = `import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as wheel:
    info = 'nothing-1.0.dist-info/'
    wheel.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: nothing\\nVersion: 1.0\\n')
    wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    wheel.writestr(info + 'RECORD', '')`;

test('pip refuses a Python package with another hash: one line with its name, and a remedy', () => {
  const broken = clone();
  rmSync(broken.at('bin/python3'));
  mkdirSync(broken.at('wheels'));
  spawnSync('python3', ['-c', WHEEL, broken.at('wheels/nothing-1.0-py3-none-any.whl')]);
  broken.write('src/emulator/requirements.txt', `nothing==1.0 --hash=sha256:${'0'.repeat(64)}\n`);
  const offline = { PIP_NO_INDEX: '1', PIP_FIND_LINKS: broken.at('wheels') };
  const path = `${broken.at('bin')}:${process.env.PATH}`;
  const { status, stderr } = broken.prepare({ ...offline, PATH: path }, '--quiet');
  expect({ status, lines: stderr.trim().split('\n') }).toEqual({
    status: 1,
    lines: [
      'The set-up stops: nothing==1.0 does not match its hash in src/emulator/requirements.txt',
      expect.stringContaining('Do not install it another way'),
    ],
  });
  expect(existsSync(broken.at('.emulator/.checkvalve-setup'))).toBe(false);
});

test('without Python, without npm, and in an incomplete clone, the set-up fails with a message', () => {
  const noPython = clone();
  rmSync(noPython.at('bin/python3'));
  expect(noPython.prepare()).toMatchObject({ status: 1, stderr: expect.stringContaining('Python was not found') });
  const noNpm = clone();
  rmSync(noNpm.at('bin/npm'));
  expect(noNpm.prepare()).toMatchObject({ status: 1, stderr: expect.stringContaining('could not be installed') });
  const torn = clone();
  rmSync(torn.at('package-lock.json'));
  const { status, stderr } = torn.prepare();
  expect({ status, stack: /^\s+at /m.test(stderr) }).toEqual({ status: 1, stack: false });
  expect(stderr).toContain('this folder is complete');
});

test('several set-ups at once install once', async () => {
  const shared = clone();
  const both = [shared.begin({ FAKE_NPM_SLEEPS: '1' }), shared.begin({ FAKE_NPM_SLEEPS: '1' }), shared.begin()];
  expect(await Promise.all(both.map(ended))).toEqual([0, 0, 0]);
  expect(shared.asked).toEqual(['npm', 'venv', 'pip']);
});

test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
  'after %s during an installation the next run succeeds',
  async (signal) => {
    const torn = clone();
    const first = torn.begin({ FAKE_NPM_SLEEPS: '2' });
    const end = ended(first);
    await until(() => torn.asked.includes('npm'));
    first.kill(signal);
    await end;
    const began = Date.now();
    expect(torn.prepare().status).toBe(0);
    expect(Date.now() - began).toBeLessThan(5000);
    expect(torn.asked).toEqual(['npm', 'npm', 'venv', 'pip']);
  },
);

test('the set-up imports no package', () => {
  const imports = readFileSync('src/setup/prepare.mjs', 'utf8').match(/from '([^']+)'/g) ?? [];
  expect(imports.length).toBeGreaterThan(3);
  expect(imports.filter((one) => !/^from '(node:|\.\/)/.test(one))).toEqual([]);
});
