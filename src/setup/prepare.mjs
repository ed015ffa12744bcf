// Makes a fresh clone ready: Node packages, and the emulator's Python in a virtual environment of its own.
// Needs nothing but Node and Python, writes to standard error alone, and does nothing when all is there.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const at = (...parts) => join(root, ...parts);
const quiet = process.argv.includes('--quiet');
const say = (text) => quiet || process.stderr.write(`${text}\n`);

const NODE = [20, 19];
const PYTHON = [3, 10];
const VENV = at('.emulator');
const LOCK = at('.checkvalve-setup.lock');
const STALE_LOCK_MS = 15 * 60_000;

/** A fault in setting up: what is wrong, and what helps. */
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

/** The first Python on the path that is new enough. */
function findPython() {
  const seen = [];
  for (const command of ['python3', 'python', 'python3.13', 'python3.12', 'python3.11', 'python3.10']) {
    const asked = spawnSync(command, ['-c', 'import sys; print(*sys.version_info[:2])'], { encoding: 'utf8' });
    if (asked.status !== 0) continue;
    const version = asked.stdout.trim().split(' ').map(Number);
    if (atLeast(version, PYTHON)) return command;
    seen.push(`${command} is ${version.join('.')}`);
  }
  throw new SetupFault(
    seen.length > 0 ? `Python is too old: ${seen.join(', ')}` : 'Python was not found',
    `Install Python ${PYTHON.join('.')} or newer, so that python3 is on the path.`,
  );
}

/** Runs a command; what it prints is shown only when it fails. */
function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    const keep = (chunk) => {
      printed = (printed + chunk).slice(-4000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(printed.trim() || `exit code ${code}`))));
  });
}

async function packages() {
  const marker = at('node_modules', '.checkvalve-setup');
  const wanted = digest(at('package-lock.json'));
  if (isDone(marker, wanted)) return;
  say('Installing the Node packages (once, about half a minute) …');
  try {
    await run(process.platform === 'win32' ? 'npm.cmd' : 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  } catch (cause) {
    throw new SetupFault(
      `The Node packages could not be installed:\n${cause.message}`,
      'Check that npm reaches its registry and that the disk has 1 GB free, then run the same command again.',
    );
  }
  writeFileSync(marker, wanted);
}

async function emulator() {
  const requirements = at('src', 'rehearsal', 'emulator', 'requirements.txt');
  const marker = join(VENV, '.checkvalve-setup');
  const python = join(VENV, 'bin', 'python');
  const wanted = digest(requirements);
  if (existsSync(python) && isDone(marker, wanted)) return;
  const command = findPython();
  say('Making the emulator’s Python environment (once, about half a minute) …');
  // One that was begun and not finished is worth nothing.
  rmSync(VENV, { recursive: true, force: true });
  try {
    await run(command, ['-m', 'venv', VENV]);
  } catch (cause) {
    throw new SetupFault(
      `Python could not make a virtual environment:\n${cause.message}`,
      'Install the venv module (on Debian and Ubuntu: apt-get install python3-venv), then run the same command again.',
    );
  }
  try {
    await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
  } catch (cause) {
    throw new SetupFault(
      `The emulator’s packages could not be installed:\n${cause.message}`,
      'Check that pip reaches its index, then run the same command again.',
    );
  }
  writeFileSync(marker, wanted);
}

/** One set-up at a time: a second one waits, and takes over from one that died. */
async function alone(work) {
  for (let told = false; ; told = true) {
    try {
      mkdirSync(LOCK);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (Date.now() - (statSync(LOCK, { throwIfNoEntry: false })?.mtimeMs ?? 0) > STALE_LOCK_MS) {
        rmSync(LOCK, { recursive: true, force: true });
      }
      if (!told) say('Another set-up is running: waiting for it …');
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
  const release = () => rmSync(LOCK, { recursive: true, force: true });
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      release();
      process.exit(130);
    });
  }
  try {
    await work();
  } finally {
    release();
  }
}

const isReady = () =>
  isDone(at('node_modules', '.checkvalve-setup'), digest(at('package-lock.json'))) &&
  isDone(join(VENV, '.checkvalve-setup'), digest(at('src', 'rehearsal', 'emulator', 'requirements.txt')));

try {
  checkNode();
  if (!isReady()) {
    findPython();
    await alone(async () => {
      await packages();
      await emulator();
    });
  }
} catch (error) {
  if (!(error instanceof SetupFault)) throw error;
  process.stderr.write(`\n${error.message}\n${error.remedy}\n`);
  process.exitCode = 1;
}
