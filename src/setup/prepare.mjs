// Prepares a fresh clone: installs the Node packages, and the emulator’s Python packages in a virtual environment.
// Needs only Node and Python, writes only to standard error, and has no effect when all is installed.
// Longer than most: it runs before there is a package to import.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installerEnvironment, pipEnvironment, pipListEnvironment } from './clean-environment.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const at = (...parts) => join(root, ...parts);
const quiet = process.argv.includes('--quiet');
// A reader that closes the pipe early, such as head, does not stop the installation.
process.stderr.on('error', () => undefined);
const say = (text) => quiet || process.stderr.write(`${text}\n`);

const NODE = [20, 19];
const PYTHON = [3, 10];
const VENV = at('.emulator');
const LOCK = at('.checkvalve-setup.lock');
/** How long a lock may lack the process id of its owner, which is written right after. */
const UNSIGNED_MS = 5000;
const PACKAGES_DONE = at('node_modules', '.checkvalve-setup');
const REQUIREMENTS = at('src', 'emulator', 'requirements.txt');
const PYTHON_HERE = join(VENV, 'bin', 'python');
const EMULATOR_DONE = join(VENV, '.checkvalve-setup');

/** A fault of the set-up: what is wrong, and the remedy. */
class SetupFault extends Error {
  constructor(message, remedy) {
    super(message);
    this.remedy = remedy;
  }
}

const atLeast = (have, [major, minor]) => have[0] > major || (have[0] === major && have[1] >= minor);
const digest = (file) => createHash('sha256').update(readFileSync(file)).digest('hex');
const isDone = (marker, value) => existsSync(marker) && readFileSync(marker, 'utf8') === value;

function checkNode() {
  const have = process.versions.node.split('.').map(Number);
  if (atLeast(have, NODE)) return;
  throw new SetupFault(`Node ${process.versions.node} is too old`, `Install Node ${NODE.join('.')} or newer.`);
}

/** npm, Python and pip write into the temporary folder; their messages do not name it when they cannot. */
function checkTemporaryFolder() {
  try {
    rmSync(mkdtempSync(join(tmpdir(), 'checkvalve-setup-')), { recursive: true });
  } catch (cause) {
    throw new SetupFault(
      `The temporary folder ${tmpdir()} cannot be written: ${cause.message}`,
      'Set TMPDIR to a writable folder, then run the command again.',
    );
  }
}

/** The first Python on the path that is new enough. */
function findPython() {
  const tooOld = [];
  for (const command of ['python3', 'python', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10']) {
    const asked = spawnSync(command, ['-c', 'import sys; print(*sys.version_info[:2])'], {
      encoding: 'utf8',
      env: installerEnvironment(),
    });
    if (asked.status !== 0) continue;
    const version = asked.stdout.trim().split(' ').map(Number);
    if (atLeast(version, PYTHON)) return command;
    tooOld.push(`${command} is ${version.join('.')}`);
  }
  throw new SetupFault(
    tooOld.length > 0 ? `Python is too old: ${tooOld.join(', ')}` : 'Python was not found',
    `Install Python ${PYTHON.join('.')} or newer, with python3 on the path.`,
  );
}

/** The running child processes, which end with this process. */
const children = new Set();

/** Runs a command and resolves to its standard output; its output is shown only when it fails. */
function run(command, args, more = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...{ cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
      env: installerEnvironment(process.env, more),
    });
    children.add(child);
    let [printed, out] = ['', ''];
    const keep = (chunk) => {
      printed = (printed + chunk).slice(-4000);
    };
    child.stdout.on('data', keep);
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', keep);
    child.on('error', reject);
    child.on('close', (code) => {
      children.delete(child);
      if (code === 0) resolve(out);
      else reject(new Error(printed.trim() || `exit code ${code}`));
    });
  });
}

/** Whether all packages are installed, by the list that npm writes at the end of an installation. */
function isInstalled() {
  try {
    const { packages: installed } = JSON.parse(readFileSync(at('node_modules', '.package-lock.json'), 'utf8'));
    const { packages: wanted } = JSON.parse(readFileSync(at('package-lock.json'), 'utf8'));
    return Object.entries(wanted).every(
      ([path, { version, optional, peer, link }]) =>
        !path || optional || peer || link || installed[path]?.version === version,
    );
  } catch {
    return false;
  }
}

/**
 * Options that a .npmrc could set otherwise: all packages, for this machine, with their commands, into this folder. No
 * package runs an install script: docs/supply-chain.md names those that have one, and why each works without it.
 */
const NPM_OPTIONS = [
  '--ignore-scripts',
  ...['--no-audit', '--no-fund', '--loglevel=error', '--include=dev', '--include=optional', '--location=project'],
  ...['--no-dry-run', '--package-lock', '--no-package-lock-only', '--install-strategy=hoisted', `--prefix=${root}`],
  ...['--no-global', '--no-workspaces', '--bin-links', `--os=${process.platform}`, `--cpu=${process.arch}`],
];
/** Fails when the compiler that every command needs does not run: it is a binary of an optional package. */
const COMPILES = `try { require('esbuild').transformSync('let a: number', { loader: 'ts' }) }
catch (error) { process.stderr.write(error.message); process.exitCode = 1 }`;

/** The reason why the installed packages cannot be used; undefined when they can. */
const unusable = () =>
  run(process.execPath, ['-e', COMPILES]).then(
    () => undefined,
    (cause) => cause,
  );

/** A package that does not match its hash: one line, without the output of the installer. */
function wrongHash(file, name) {
  return new SetupFault(
    `The set-up stops: ${name} does not match its hash in ${file}`,
    'Do not install it another way. Check what the index or its mirror serves, clear its cache, then run the command again.',
  );
}

/** npm names the expected hash, not the package. */
function nodePackageIn(printed) {
  const [, wanted] = printed.match(/wanted (\S+)/) ?? [];
  const { packages: locked } = JSON.parse(readFileSync(at('package-lock.json'), 'utf8'));
  const found = Object.entries(locked).find(([, { integrity }]) => integrity !== undefined && integrity === wanted);
  return found === undefined ? 'a Node package' : `${found[0].replace(/^.*node_modules\//, '')}@${found[1].version}`;
}

/** pip names the package in the line below its error. */
const pythonPackageIn = (printed) => printed.match(/^\s*(\S+==\S+) from /m)?.[1] ?? 'a Python package';

async function packages() {
  const wanted = digest(at('package-lock.json'));
  if (isDone(PACKAGES_DONE, wanted)) return;
  if (isInstalled() && !(await unusable())) {
    writeFileSync(PACKAGES_DONE, wanted);
    return;
  }
  say('Installing the Node packages (once, about a minute) …');
  try {
    await run(process.platform === 'win32' ? 'npm.cmd' : 'npm', ['ci', ...NPM_OPTIONS]);
  } catch (cause) {
    if (/\bEINTEGRITY\b/.test(cause.message)) throw wrongHash('package-lock.json', nodePackageIn(cause.message));
    throw new SetupFault(
      `The Node packages could not be installed:\n${cause.message}`,
      'Check that npm reaches its registry, that the disk has 1 GB free, and what `npm config list` sets, then run the command again.',
    );
  }
  if (!isInstalled()) {
    throw new SetupFault(
      'npm succeeded, but node_modules does not hold the packages of package-lock.json',
      'Remove the settings of `npm config list` that change where npm installs or what it omits, then run the command again.',
    );
  }
  const cause = await unusable();
  if (cause) {
    throw new SetupFault(
      `npm succeeded, but the compiler esbuild does not run:\n${cause.message}`,
      'Remove the settings of `npm config list` that change what npm omits or the system it installs for, then run the command again.',
    );
  }
  writeFileSync(PACKAGES_DONE, wanted);
}

const PIP_INSTALL = [
  ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'],
  // Only packages of the lock, and only wheels: the packages that would build another one are in no lock.
  ...['--require-hashes', '--only-binary=:all:'],
];
/** Fails when the emulator’s packages are missing, or are outside this environment. */
const IMPORTS = `import moto, boto3, cfnlint, sys; sys.exit(0 if moto.__file__.startswith(sys.prefix) else moto.__file__)`;

async function emulator() {
  const wanted = digest(REQUIREMENTS);
  if (existsSync(PYTHON_HERE) && isDone(EMULATOR_DONE, wanted)) return;
  const command = findPython();
  say('Creating the emulator’s Python environment (once, about a minute) …');
  // An unfinished environment cannot be used.
  rmSync(VENV, { recursive: true, force: true });
  try {
    await run(command, ['-m', 'venv', VENV]);
  } catch (cause) {
    throw new SetupFault(
      `Python could not create a virtual environment:\n${cause.message}`,
      'Install the venv module (on Debian and Ubuntu: apt-get install python3-venv), then run the command again.',
    );
  }
  let listed;
  try {
    listed = await run(PYTHON_HERE, ['-m', 'pip', 'config', 'list'], pipListEnvironment());
  } catch (cause) {
    throw new SetupFault(
      `pip cannot read its configuration:\n${cause.message}`,
      'Correct the file that it names, then run the command again.',
    );
  }
  try {
    await run(PYTHON_HERE, [...PIP_INSTALL, '-r', REQUIREMENTS], pipEnvironment(listed));
  } catch (cause) {
    if (/DO NOT MATCH THE HASHES/.test(cause.message)) {
      throw wrongHash('src/emulator/requirements.txt', pythonPackageIn(cause.message));
    }
    throw new SetupFault(
      `The emulator’s packages could not be installed:\n${cause.message}`,
      'Check that pip reaches its index and that the disk has 500 MB free, then run the command again.',
    );
  }
  try {
    await run(PYTHON_HERE, ['-c', IMPORTS]);
  } catch (cause) {
    throw new SetupFault(
      `pip succeeded, but Python in ${VENV} cannot import the emulator’s packages:\n${cause.message}`,
      'Remove the settings of `pip config list` that change where pip installs, then run the command again.',
    );
  }
  writeFileSync(EMULATOR_DONE, wanted);
}

/** The process that owns the lock: its id, 0 before it is written, undefined without a lock. */
function ownerOf(lock) {
  try {
    return Number(readFileSync(join(lock, 'pid'), 'utf8'));
  } catch {
    return existsSync(lock) ? 0 : undefined;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Removes the lock of a set-up that ended without releasing it; only one of several waiting set-ups can. */
function breakLock() {
  const owner = ownerOf(LOCK);
  if (owner === undefined) return;
  const age = Date.now() - (statSync(LOCK, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  if (owner > 0 ? isAlive(owner) : age < UNSIGNED_MS) return;
  const taken = join(LOCK, '..', `.checkvalve-setup.${process.pid}.lock`);
  try {
    renameSync(LOCK, taken);
    // Another set-up may have been faster: then this is already its lock.
    if (ownerOf(taken) !== owner) renameSync(taken, LOCK);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  rmSync(taken, { recursive: true, force: true });
}

/** Runs one set-up at a time: a second one waits, or takes over from one that has ended. */
async function alone(work) {
  for (let reported = false; ; reported = true) {
    try {
      mkdirSync(LOCK);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      breakLock();
      if (!reported) say('Another set-up is running: waiting for it …');
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  const release = () => rmSync(LOCK, { recursive: true, force: true });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => {
      for (const child of children) child.kill();
      release();
      process.exit(130);
    });
  }
  try {
    writeFileSync(join(LOCK, 'pid'), String(process.pid));
    await work();
  } finally {
    release();
  }
}

const COMMAND = at('node_modules', '.bin', 'checkvalve');
const isLinked = () => lstatSync(COMMAND, { throwIfNoEntry: false }) !== undefined;

/** Links the command into node_modules, where `npx checkvalve` looks first. */
function link() {
  if (isLinked()) return;
  mkdirSync(dirname(COMMAND), { recursive: true });
  symlinkSync(join('..', '..', 'src', 'cli', 'checkvalve.js'), COMMAND);
}

const isReady = () =>
  isLinked() &&
  isDone(PACKAGES_DONE, digest(at('package-lock.json'))) &&
  existsSync(PYTHON_HERE) &&
  isDone(EMULATOR_DONE, digest(REQUIREMENTS));

try {
  checkNode();
  if (process.argv.includes('--link')) link();
  else if (!isReady()) {
    checkTemporaryFolder();
    findPython();
    await alone(async () => {
      await packages();
      link();
      await emulator();
    });
  }
} catch (error) {
  const remedy = error.remedy ?? 'Check that this folder is complete and writable, and that the disk is not full.';
  process.stderr.write(`\n${error.message}\n${remedy}\n`);
  if (process.env.CHECKVALVE_DEBUG) process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
}
