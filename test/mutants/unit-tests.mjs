// Stryker's test runner for this project: a plug-in. Stryker's own runner for Jest loads every test file anew for each
// mutant, which takes a second or more. This one loads them once, and runs of them the tests that reach the mutant.
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
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

/** A test with the blocks that it lies in, outermost first. */
function testsIn(block, file, outer = []) {
  const blocks = [...outer, block];
  return block.children.flatMap((child) => {
    if (child.type === 'describeBlock') return testsIn(child, file, blocks);
    const names = [...blocks.slice(1).map(({ name }) => name), child.name];
    return child.mode === 'skip' || child.mode === 'todo'
      ? []
      : [{ file, name: names.join(' '), fn: child.fn, blocks }];
  });
}

const hooks = (blocks, type) => blocks.flatMap((block) => block.hooks.filter((hook) => hook.type === type));

async function runHooks(blocks, type) {
  for (const { fn } of hooks(blocks, type)) await fn.call({});
}

/** Runs one test by itself, with the hooks around it. Returns what it threw. */
async function runTest(test) {
  const { blocks, fn } = test;
  const inside = [...blocks].reverse();
  const began = performance.now();
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
    test.time = performance.now() - began;
  }
}

class UnitTests {
  static inject = [];
  tests = new Map();
  /** A mutant that was active while its file was loaded leaves its mark on everything loaded since. */
  stale = false;

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

  load() {
    // Where Stryker has copied the project to, with the mutants in its source files.
    const root = process.cwd();
    for (const file of Object.keys(require.cache)) {
      const path = relative(root, file);
      if (!path.startsWith('..') && !path.startsWith('node_modules')) delete require.cache[file];
    }
    require(join(root, 'test', 'setup-env.ts'));
    const found = testFiles().flatMap((file) => {
      circus.resetState();
      require(join(root, file));
      return testsIn(circus.getState().rootDescribeBlock, file);
    });
    const times = new Map([...this.tests].map(([id, { time }]) => [id, time]));
    this.tests = new Map();
    for (const test of found) {
      let id = `${test.file} ${test.name}`;
      while (this.tests.has(id)) id += ' (again)';
      this.tests.set(id, { ...test, time: times.get(id) ?? 0 });
    }
    this.stale = false;
  }

  async dryRun() {
    context.mutantCoverage = { static: {}, perTest: {} };
    context.activeMutant = undefined;
    this.load();
    const results = [];
    for (const [id, test] of this.tests) {
      context.currentTestId = id;
      const error = await runTest(test);
      context.currentTestId = undefined;
      const result = { id, name: id, fileName: test.file, timeSpentMs: test.time };
      if (error) results.push({ ...result, status: TestStatus.Failed, failureMessage: error.message });
      else results.push({ ...result, status: TestStatus.Success });
    }
    return { status: DryRunStatus.Complete, tests: results, mutantCoverage: context.mutantCoverage };
  }

  /** The quickest first: the first one that fails ends the run. */
  chosen(filter) {
    const ids = filter ?? [...this.tests.keys()];
    return ids.filter((id) => this.tests.has(id)).sort((a, b) => this.tests.get(a).time - this.tests.get(b).time);
  }

  async mutantRun({ activeMutant, testFilter, hitLimit, reloadEnvironment }) {
    // Only one of the workers makes the dry run.
    if (this.tests.size === 0) this.load();
    if (this.stale) this.load();
    if (reloadEnvironment) return (await this.runStatic(activeMutant.id, testFilter, hitLimit)).result;
    const { result, id } = await this.runMutant(activeMutant.id, testFilter, hitLimit);
    if (id === undefined || !(await runTest(this.tests.get(id)))) return result;
    // The test fails without the mutant too: an earlier mutant has left something behind.
    this.load();
    return (await this.runMutant(activeMutant.id, testFilter, hitLimit)).result;
  }

  /** For a mutant that its file evaluates when it is loaded. */
  async runStatic(mutant, filter, hitLimit) {
    context.activeMutant = mutant;
    try {
      this.load();
      return await this.runMutant(mutant, filter, hitLimit);
    } catch (error) {
      const failureMessage = String(error);
      return { result: { status: MutantRunStatus.Killed, killedBy: [], failureMessage, nrOfTests: 0 } };
    } finally {
      context.activeMutant = undefined;
      this.stale = true;
    }
  }

  async runMutant(mutant, filter, hitLimit) {
    const hitCount = hitLimit === undefined ? undefined : 0;
    Object.assign(context, { activeMutant: mutant, hitCount, hitLimit, mutantCoverage: undefined });
    try {
      return await this.firstFailure(this.chosen(filter));
    } finally {
      Object.assign(context, { activeMutant: undefined, hitCount: undefined, hitLimit: undefined });
    }
  }

  async firstFailure(ids) {
    let nrOfTests = 0;
    for (const id of ids) {
      nrOfTests += 1;
      const error = await runTest(this.tests.get(id));
      const endless = determineHitLimitReached(context.hitCount, context.hitLimit);
      if (endless) return { result: endless };
      if (error) {
        const result = { status: MutantRunStatus.Killed, killedBy: [id], failureMessage: error.message, nrOfTests };
        return { result, id };
      }
    }
    return { result: { status: MutantRunStatus.Survived, nrOfTests } };
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'unit-tests', UnitTests)];
