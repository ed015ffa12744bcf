const { writeSync } = require('node:fs');

/** Ends a Jest run with one plain line of counts, for people and for whatever reads the log of a build. */
module.exports = class ClosingLine {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const line = `${results.numPassedTests} passed, ${failed} failed, ${results.numPendingTests} skipped\n`;
    // Jest's own summary comes after the reporters: ours comes when the process ends.
    process.once('exit', () => writeSync(1, line));
  }
};
