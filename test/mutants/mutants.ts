// `npm run mutants -- FILE...`: Stryker changes the given files, one change at a time, and runs their unit tests on each.
import { existsSync, readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { nearbyTests } from './nearby-tests';
import { printScores, scoresOf } from './score';

/** Leaves out the test files that start an emulator or a process, or synthesize: plain JavaScript, since it is Jest's filter. */
const withoutSlowTests: (
  tests: readonly string[],
) => Promise<{ readonly filtered: readonly string[] }> = require('../fast.cjs');
/** Two tests at a time: a run shares its machine. */
const CONCURRENCY = Number(process.env.MUTANTS_CONCURRENCY ?? 2);

/** The unit tests in some folders. */
async function unitTestsUnder(folders: readonly string[]): Promise<readonly string[]> {
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  );
  const tests = files.filter((file) => file.endsWith('.test.ts')).map((file) => resolve(file));
  const { filtered } = await withoutSlowTests(tests);
  return filtered.map((file) => relative(process.cwd(), file)).sort();
}

async function run(files: readonly string[]): Promise<void> {
  const missing = files.filter((file) => !existsSync(file));
  if (files.length === 0 || missing.length > 0) {
    const fault = missing.length > 0 ? `No such file: ${missing.join(', ')}` : 'No file given';
    throw new Error(`${fault}\nName one or more source files: npm run mutants -- lambda/_kit/copies.ts`);
  }
  const folders = [...new Set(files.flatMap((file) => nearbyTests(file)))];
  const tests = await unitTestsUnder(folders);
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
    // Stryker rewrites tsconfig.json with TypeScript's own parser, which TypeScript 7 does not have; swc does not read it.
    tsconfigFile: 'none',
    tempDirName: 'build/mutants',
    ignorePatterns: ['.emulator', '.checkvalve', 'cdk.out', 'build', 'coverage', 'docs'],
  });
  const mutants = await stryker.runMutationTest();
  const here = mutants.map((mutant) => ({ ...mutant, fileName: relative(process.cwd(), mutant.fileName) }));
  process.stdout.write(printScores(scoresOf(here)));
}

run(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
});
