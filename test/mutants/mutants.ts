// `npm run mutants -- FILE...`: Stryker changes the given files, one change at a time, and runs their unit tests on each.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { LogLevel } from '@stryker-mutator/api/core';
import { importsDirectly, nearbyTests } from './nearby-tests';
import { printScores, scoresOf } from './score';

/** Leaves out the test files that start an emulator or a process, or synthesize: plain JavaScript, since it is Jest's filter. */
const withoutSlowTests: (
  tests: readonly string[],
) => Promise<{ readonly filtered: readonly string[] }> = require('../fast.cjs');
/** Two tests at a time: a run shares its machine. */
const CONCURRENCY = Number(process.env.MUTANTS_CONCURRENCY ?? 2);

/** A test file that asks for more time than Jest gives. Each mutant that survives would run all of it. */
const asksForTime = (text: string): boolean => text.includes('jest.setTimeout(');

/** The unit tests of some source files: those nearby, and those elsewhere that import one of the files by themselves. */
async function unitTestsOf(files: readonly string[]): Promise<readonly string[]> {
  // Without a slash: beside rules/ there is rules-document.test.ts.
  const folders = files.map((file) => nearbyTests(file));
  const all = readdirSync('test', { recursive: true, encoding: 'utf8' }).map((path) => join('test', path));
  const tests = all
    .filter((path) => path.endsWith('.test.ts'))
    .filter((path) => {
      const text = readFileSync(path, 'utf8');
      const isNear = folders.some((folder) => path.startsWith(folder));
      return !asksForTime(text) && (isNear || files.some((file) => importsDirectly(path, text, file)));
    });
  const { filtered } = await withoutSlowTests(tests.map((path) => resolve(path)));
  return filtered.map((path) => relative(process.cwd(), path)).sort();
}

async function run(files: readonly string[]): Promise<void> {
  const missing = files.filter((file) => !existsSync(file));
  if (files.length === 0 || missing.length > 0) {
    const fault = missing.length > 0 ? `No such file: ${missing.join(', ')}` : 'No file given';
    throw new Error(`${fault}\nName one or more source files: npm run mutants -- lambda/_kit/copies.ts`);
  }
  const tests = await unitTestsOf(files);
  // The workers that run the tests inherit it.
  process.env.MUTANTS_TESTS = JSON.stringify(tests);
  process.stderr.write(
    `Changes ${files.length} file(s) and runs the ${tests.length} unit test files that may notice …\n`,
  );
  // An import of its own: Stryker is an ES module alone.
  const { Stryker } = await import('@stryker-mutator/core');
  const stryker = new Stryker({
    mutate: [...files],
    testRunner: 'unit-tests',
    plugins: [join(__dirname, 'unit-tests.mjs')],
    coverageAnalysis: 'perTest',
    concurrency: CONCURRENCY,
    reporters: process.stderr.isTTY ? ['progress'] : [],
    allowConsoleColors: false,
    logLevel: 'error' as LogLevel,
    // Stryker rewrites tsconfig.json with TypeScript's own parser, which TypeScript 7 does not have; tsx needs no rewriting.
    tsconfigFile: 'none',
    // A time-out counts as detected: on a busy machine a test may take long without an endless loop.
    timeoutMS: 30_000,
    tempDirName: 'build/mutants',
    ignorePatterns: ['.emulator', '.checkvalve', 'cdk.out', 'build', 'coverage'],
  });
  const mutants = await stryker.runMutationTest();
  const here = mutants.map((mutant) => ({ ...mutant, fileName: relative(process.cwd(), mutant.fileName) }));
  process.stdout.write(printScores(scoresOf(here)));
}

run(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
});
