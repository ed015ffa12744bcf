// What test files of one worker share: Jest gives each file a world of its own, but loads this file once a worker.
const { spawn } = require('node:child_process');
const { join } = require('node:path');
const { createInterface } = require('node:readline');
const { TestEnvironment } = require('jest-environment-node');
const { cleanEnvironment, leaveCallersEnvironment } = require('../src/setup/clean-environment.js');

const root = join(__dirname, '..');
// Tests, and what they start, find the same environment whatever the shell has set.
leaveCallersEnvironment();
let emulator;
let buildAssembly;

/** The port of the worker's emulator, which is started when first asked for and ends with the worker. */
function emulatorPort() {
  emulator ??= new Promise((resolve, reject) => {
    const script = join(root, 'src', 'rehearsal', 'emulator', 'emulator.py');
    const child = spawn(join(root, '.emulator', 'bin', 'python'), [script], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: cleanEnvironment(),
    });
    child.on('error', reject);
    child.on('exit', (code) => {
      emulator = undefined;
      reject(new Error(`The emulator of this worker ended with ${code}`));
    });
    createInterface(child.stdout).once('line', (line) => resolve(JSON.parse(line).port));
    for (const kept of [child, child.stdin, child.stdout]) kept.unref();
  });
  return emulator;
}

/** Synthesizes a configuration into a folder. What is thrown is of the worker's own realm. */
function assemble(config, outdir) {
  if (!buildAssembly) {
    require('tsx/cjs/api').register();
    ({ buildAssembly } = require('../src/rehearsal/build-assembly.ts'));
  }
  const { CDK_VALIDATION } = process.env;
  process.env.CDK_VALIDATION ??= 'false';
  try {
    buildAssembly(config, outdir);
  } finally {
    if (CDK_VALIDATION === undefined) delete process.env.CDK_VALIDATION;
  }
}

module.exports = class WorkerEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    this.global.checkvalveWorker = { emulatorPort, assemble };
  }
};
