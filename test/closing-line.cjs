const { appendFileSync, writeSync } = require('node:fs');

/**
 * Ends a Jest run with one plain line of counts, for people and for whatever reads the log of a build. Where a build has
 * several runs, CHECKVALVE_COUNTS names the file that the counts go into instead.
 */
module.exports = class ClosingLine {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const counts = [results.numPassedTests, failed, results.numPendingTests];
    const [passed, , skipped] = counts;
    if (process.env.CHECKVALVE_COUNTS) appendFileSync(process.env.CHECKVALVE_COUNTS, `${counts.join(' ')}\n`);
    // Jest's own summary comes after the reporters: ours comes when the process ends.
    else process.once('exit', () => writeSync(1, `${passed} passed, ${failed} failed, ${skipped} skipped\n`));
  }
};
