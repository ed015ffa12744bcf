// What test files of one worker share: Jest gives each file a world of its own, but loads this file once a worker.
const { spawn } = require('node:child_process');
const { join, relative } = require('node:path');
const { createInterface } = require('node:readline');
const { TestEnvironment } = require('jest-environment-node');
const { cleanEnvironment, leaveCallersEnvironment } = require('../src/setup/clean-environment.js');

const root = join(__dirname, '..');
const SOURCES = /^(src|lambda|stacksets)\//;
// Tests, and what they start, find the same environment whatever the shell has set.
leaveCallersEnvironment();
// What a test starts without an environment of its own has this one, and not that of Jest's sandbox.
process.env.COLUMNS = '80';
// Libraries do other things in production. Jest says `test` itself where the shell says nothing.
process.env.NODE_ENV = 'test';
for (const name of ['FORCE_COLOR', 'NO_COLOR', 'NODE_DISABLE_COLORS']) delete process.env[name];
require('tsx/cjs/api').register();
const { fingerprintOf } = require('../src/cache/fingerprint.ts');
let emulator;
let running;
let buildAssembly;
/** The fingerprint of the sources that `buildAssembly` was loaded from. */
let assembler;
let program;

function forgetSources() {
  for (const file of Object.keys(require.cache)) if (SOURCES.test(relative(root, file))) delete require.cache[file];
}

/** Reloads the program when its sources have changed since it was loaded, because a developer edited them while tests run. */
function renew() {
  const now = fingerprintOf(root);
  if (program !== undefined && program !== now) {
    forgetSources();
    running?.kill();
    [emulator, running, buildAssembly] = [];
  }
  program = now;
}

/** The port of the worker's emulator, which is started when first asked for and ends with the worker. */
function emulatorPort() {
  emulator ??= new Promise((resolve, reject) => {
    const script = join(root, 'src', 'emulator', 'emulator.py');
    const child = spawn(join(root, '.emulator', 'bin', 'python'), [script], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: cleanEnvironment(),
    });
    running = child;
    child.on('error', reject);
    child.on('exit', (code) => {
      if (running === child) emulator = undefined;
      reject(new Error(`The emulator of this worker ended with ${code}`));
    });
    createInterface(child.stdout).once('line', (line) => resolve(JSON.parse(line).port));
    for (const kept of [child, child.stdin, child.stdout]) kept.unref();
  });
  return emulator;
}

/** Synthesizes a configuration into a folder. What is thrown is of the worker's own realm. */
function assemble(config, outdir) {
  const now = fingerprintOf(root);
  // Edited while a test file runs: what is made must not be kept under the fingerprint of sources that it was not made from.
  if (assembler !== now) {
    forgetSources();
    buildAssembly = require('../src/rehearsal/host/build-assembly.ts').buildAssembly;
    assembler = now;
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
    renew();
    this.global.checkvalveWorker = { emulatorPort, assemble };
  }
};
