import { spawnSync } from 'node:child_process';

/** Seconds that `checkvalve trust` takes, by the clock: from the command to its verdict, synthesis and start included.
 * @throws Error when the proof fails: how long that took is no figure */
export function benchTrust(): { readonly seconds: number } {
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ['src/cli/checkvalve.js', 'trust'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`checkvalve trust ended with ${status}: ${stderr}`);
  return { seconds: (performance.now() - started) / 1000 };
}
