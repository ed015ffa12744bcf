// Stryker's test runner for this project: a plug-in. Stryker's own runner for Jest loads every test file again for
// each mutant, which takes a second or more. This one loads them once, and runs only the tests that reach the mutant.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import { DryRunStatus, determineHitLimitReached, MutantRunStatus, TestStatus } from '@stryker-mutator/api/test-runner';

const require = createRequire(import.meta.url);
const { leaveCallersEnvironment } = require('../../src/setup/clean-environment.js');
const circus = require('jest-circus');
const { ModuleMocker } = require('jest-mock');
const { expect } = require('expect');

const mocks = new ModuleMocker(globalThis);
/** What the mutants in the source files read and write: which of them is active, and which of them a test reaches. */
globalThis.__stryker__ ??= {};
const context = globalThis.__stryker__;

/** The test files that `mutants.ts` chose. */
const testFiles = () => JSON.parse(process.env.MUTANTS_TESTS ?? '[]');

/** What this runner does not have of Jest, such as fake timers. */
const MORE_OF_JEST = /\bjest\.(?!fn\b|spyOn\b)/;

/** Tests with the blocks that they lie in, outermost first; less those that use more of Jest, by themselves or in a hook. */
function testsIn(block, outer = []) {
  const blocks = [...outer, block];
  return block.children.flatMap((child) => {
    if (child.type === 'describeBlock') return testsIn(child, blocks);
    const names = [...blocks.slice(1).map(({ name }) => name), child.name];
    const functions = [child.fn, ...blocks.flatMap((one) => one.hooks.map(({ fn }) => fn))];
    if (functions.some((fn) => MORE_OF_JEST.test(String(fn)))) return [];
    return child.mode === 'skip' || child.mode === 'todo' ? [] : [{ name: names.join(' '), fn: child.fn, blocks }];
  });
}

/** What each test file has for itself: the project, and the clients of AWS, whose classes tests replace. */
const OWN_OF_A_FILE = /[\\/]node_modules[\\/](@aws-sdk|aws-sdk-client-mock)[\\/]/;
const SHARED = /[\\/]node_modules[\\/]/;
const isOwn = (path) => OWN_OF_A_FILE.test(path) || !SHARED.test(path);

const hooks = (blocks, type) => blocks.flatMap((block) => block.hooks.filter((hook) => hook.type === type));

async function runHooks(blocks, type) {
  for (const { fn } of hooks(blocks, type)) await fn.call({});
}

/** Runs one test by itself, with the hooks around it. Returns what it threw. */
async function runTest({ blocks, fn }) {
  const inside = [...blocks].reverse();
  try {
    await runHooks(blocks, 'beforeAll');
    await runHooks(blocks, 'beforeEach');
    await fn.call({});
    await runHooks(inside, 'afterEach');
    await runHooks(inside, 'afterAll');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    mocks.clearAllMocks();
  }
}

class UnitTests {
  static inject = [];
  /** The tests of the files that are loaded, by their ids. */
  loaded = new Map();
  /** How long each test took at last, in milliseconds. */
  times = new Map();

  capabilities() {
    return { reloadEnvironment: true };
  }

  init() {
    leaveCallersEnvironment();
    require('tsx/cjs/api').register();
    const { describe, test, it, beforeAll, beforeEach, afterAll, afterEach } = circus;
    const jest = { fn: mocks.fn.bind(mocks), spyOn: mocks.spyOn.bind(mocks) };
    Object.assign(globalThis, { describe, test, it, beforeAll, beforeEach, afterAll, afterEach, expect, jest });
    // A mutant may leave a promise behind that no test waits for any more.
    process.on('unhandledRejection', () => undefined);
  }

  /** The tests of a file, by their ids. */
  testsOf(file) {
    if (!this.loaded.has(file)) this.loaded.set(file, this.load(file));
    return this.loaded.get(file);
  }

  load(file) {
    for (const path of Object.keys(require.cache)) if (isOwn(path)) delete require.cache[path];
    circus.resetState();
    // Stryker has copied the project to the working directory, with the mutants in its source files.
    require(join(process.cwd(), 'test', 'setup-env.ts'));
    require(join(process.cwd(), file));
    const tests = new Map();
    for (const test of testsIn(circus.getState().rootDescribeBlock)) {
      let id = `${file} ${test.name}`;
      while (tests.has(id)) id += ' (again)';
      tests.set(id, test);
    }
    return tests;
  }

  /** Returns what the test threw. */
  async run(id) {
    const test = this.testsOf(id.slice(0, id.indexOf(' '))).get(id);
    const began = performance.now();
    const error = await runTest(test);
    this.times.set(id, performance.now() - began);
    return error;
  }

  async dryRun() {
    Object.assign(context, { mutantCoverage: { static: {}, perTest: {} }, activeMutant: undefined });
    const tests = [];
    for (const fileName of testFiles()) {
      for (const id of this.testsOf(fileName).keys()) {
        context.currentTestId = id;
        const error = await this.run(id);
        context.currentTestId = undefined;
        const result = { id, name: id, fileName, timeSpentMs: this.times.get(id) };
        if (error) tests.push({ ...result, status: TestStatus.Failed, failureMessage: error.message });
        else tests.push({ ...result, status: TestStatus.Success });
      }
    }
    return { status: DryRunStatus.Complete, tests, mutantCoverage: context.mutantCoverage };
  }

  /** The quickest first: the first one that fails ends the run. */
  chosen(filter) {
    const ids = filter ?? testFiles().flatMap((file) => [...this.testsOf(file).keys()]);
    const time = (id) => this.times.get(id) ?? 0;
    return [...ids].sort((a, b) => time(a) - time(b));
  }

  async mutantRun({ activeMutant, testFilter, hitLimit, reloadEnvironment }) {
    // A mutant that a file evaluates when it is loaded needs files of its own, and leaves its mark on them.
    if (reloadEnvironment) this.loaded.clear();
    const { result, failed } = await this.runMutant(activeMutant.id, testFilter, hitLimit);
    if (reloadEnvironment) this.loaded.clear();
    if (failed === undefined || reloadEnvironment || !(await this.run(failed))) return result;
    // The test fails without the mutant too: an earlier mutant has left something behind.
    this.loaded.clear();
    return (await this.runMutant(activeMutant.id, testFilter, hitLimit)).result;
  }

  async runMutant(mutant, filter, hitLimit) {
    const hitCount = hitLimit === undefined ? undefined : 0;
    Object.assign(context, { activeMutant: mutant, hitCount, hitLimit, mutantCoverage: undefined });
    try {
      return await this.firstFailure(this.chosen(filter));
    } catch (error) {
      // The file does not load any more.
      return { result: { status: MutantRunStatus.Killed, killedBy: [], failureMessage: String(error), nrOfTests: 0 } };
    } finally {
      Object.assign(context, { activeMutant: undefined, hitCount: undefined, hitLimit: undefined });
    }
  }

  async firstFailure(ids) {
    let nrOfTests = 0;
    for (const failed of ids) {
      nrOfTests += 1;
      const error = await this.run(failed);
      const endless = determineHitLimitReached(context.hitCount, context.hitLimit);
      if (endless) return { result: endless };
      if (error) {
        const failureMessage = error.message;
        return {
          result: { status: MutantRunStatus.Killed, killedBy: [failed], failureMessage, nrOfTests },
          failed,
        };
      }
    }
    return { result: { status: MutantRunStatus.Survived, nrOfTests } };
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'unit-tests', UnitTests)];
