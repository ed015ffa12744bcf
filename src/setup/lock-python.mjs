// `npm run lock:python`: writes each requirements.txt from the requirements.in beside it, with the hashes of all files that
// the index has for each version. Versions stay unless asked for: `npm run lock:python -- --upgrade-package moto`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installerEnvironment } from './clean-environment.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** The folders with a requirements.in: the emulator, and the resolver that this script runs. */
const LOCKED = ['src/emulator', 'src/setup/resolver'];
/**
 * One lock for all platforms and all Python versions from 3.10 on. The lock does not name the index; its header names
 * this command.
 */
const OPTIONS = [
  ...['--universal', '--python-version=3.10', '--generate-hashes', '--no-annotate', '--no-emit-index-url'],
  ...['--no-emit-find-links', '--custom-compile-command=npm run lock:python', '--quiet'],
];

const resolver = mkdtempSync(join(tmpdir(), 'checkvalve-resolver-'));
// Only the index: a folder of wheels has other files, with other hashes.
const { PIP_FIND_LINKS: _, PIP_INDEX_URL: mirror, ...rest } = process.env;
const caller = { ...rest, ...(mirror && { PIP_INDEX_URL: mirror, UV_DEFAULT_INDEX: mirror }) };

function run(command, ...args) {
  const options = { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] };
  const { status, error } = spawnSync(command, args, { ...options, env: installerEnvironment(caller) });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? `exit code ${status}`}`);
}

try {
  const python = join(resolver, 'bin', 'python');
  run('python3', '-m', 'venv', resolver);
  const itself = join('src', 'setup', 'resolver', 'requirements.txt');
  run(
    python,
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--require-hashes',
    '--only-binary=:all:',
    '-r',
    itself,
  );
  for (const folder of LOCKED) {
    const [from, to] = ['requirements.in', 'requirements.txt'].map((file) => join(folder, file));
    run(join(resolver, 'bin', 'uv'), 'pip', 'compile', ...OPTIONS, from, '--output-file', to, ...process.argv.slice(2));
    process.stderr.write(`${to} written\n`);
  }
} catch (error) {
  process.stderr.write(`${error.message}\nCheck that pip reaches its index, then run the command again.\n`);
  process.exitCode = 1;
} finally {
  rmSync(resolver, { recursive: true, force: true });
}
