// `npm run sbom`: lists what is installed, with the tools that installed it: Node packages as CycloneDX, Python packages as
// pip’s report of an environment.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installerEnvironment } from './clean-environment.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const FOLDER = join('build', 'sbom');
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const python = join(root, '.emulator', 'bin', 'python');
const BILLS = [
  ['node.cdx.json', npm, ['sbom', '--sbom-format=cyclonedx', '--sbom-type=application']],
  ['python.json', python, ['-m', 'pip', 'inspect', '--local', '--disable-pip-version-check']],
];

mkdirSync(join(root, FOLDER), { recursive: true });
for (const [file, command, args] of BILLS) {
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 };
  const { status, stdout, stderr, error } = spawnSync(command, args, { ...options, env: installerEnvironment() });
  if (status === 0) {
    writeFileSync(join(root, FOLDER, file), stdout);
    process.stdout.write(`${join(FOLDER, file)}\n`);
  } else {
    process.stderr.write(`${file} could not be written: ${(error?.message ?? stderr).trim()}\n`);
    process.exitCode = 1;
  }
}
