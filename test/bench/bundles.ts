import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleHandlers } from '../../src/bundle';
import { deployedFunctions } from './deployed-functions';
import { median } from './measure';

/** A bundle: its size as it stands in a template, and what it adds to the import of the SDK clients that it uses. */
export interface BundleFigures {
  readonly name: string;
  readonly bytes: number;
  readonly initMs: number;
}

const RUNS = 5;
/** Milliseconds that a module takes to load in a fresh process, once the clients that it uses are there. */
function initMs(file: string, clients: readonly string[], variables: Readonly<Record<string, string>>): number {
  const script = `for (const client of ${JSON.stringify(clients)}) require(client);
    const started = performance.now(); require(${JSON.stringify(file)}); process.stdout.write(String(performance.now() - started));`;
  const times = Array.from({ length: RUNS }, () => {
    const { stdout, stderr } = spawnSync('node', ['-e', script], {
      encoding: 'utf8',
      env: { ...process.env, ...variables },
    });
    if (!stdout) throw new Error(stderr);
    return Number(stdout);
  });
  return median(times);
}

/** The figures of every step's bundle. */
export function benchBundles(): readonly BundleFigures[] {
  const functions = deployedFunctions();
  const folder = mkdtempSync(join(process.cwd(), 'build-bench-'));
  try {
    return Object.entries(bundleHandlers()).map(([name, code]) => {
      const file = join(folder, `${name.replace('/', '-')}.js`);
      writeFileSync(file, code);
      const deployed = functions.get(name.split('/')[1] ?? '');
      if (!deployed) throw new Error(`no template deploys ${name}`);
      const clients = [
        ...new Set([...code.matchAll(/require\("(@aws-sdk\/[^"]+)"\)/g)].map(([, client]) => client ?? '')),
      ];
      return { name, bytes: Buffer.byteLength(code), initMs: initMs(file, clients, deployed.variables) };
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
