// Runs one bundle once, as Lambda does, and writes what it took: `node run-step.cjs BUNDLE RESULT`. What the bundle logs is dropped.
// With SPEED, its clock runs faster: it waits for a fraction of the time, and says that it was the whole.
const { writeFileSync } = require('node:fs');

const [, , bundle, result] = process.argv;
const speed = Number(process.env.SPEED ?? 1);
const [now, wait] = [performance.now.bind(performance), globalThis.setTimeout];
performance.now = () => now() * speed;
globalThis.setTimeout = Object.assign((work, ms, ...more) => wait(work, (ms ?? 0) / speed, ...more), wait);
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
