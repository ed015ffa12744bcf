// Runs one bundle once, as Lambda does, and writes what it took: `node run-step.cjs BUNDLE RESULT`. What the bundle logs is dropped.
const { writeFileSync } = require('node:fs');

const [, , bundle, result] = process.argv;
process.stdout.write = () => true;
const started = process.cpuUsage();
const began = performance.now();
const written = (error) => {
  const { user, system } = process.cpuUsage(started);
  const figures = {
    seconds: (performance.now() - began) / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakMiB: process.resourceUsage().maxRSS / 1024,
    ...(error && { error: String(error?.message ?? error).slice(0, 500) }),
  };
  writeFileSync(result, JSON.stringify(figures));
  process.exit(0);
};
require(bundle)
  .handler(JSON.parse(process.env.STEP_EVENT ?? '{}'))
  .then(() => written(), written);
