import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleHandlers } from '../src/bundle';
import * as ENV from '../src/contract/env';
import { median } from './measure';

/** A bundle: its size as it stands in a template, and what it adds to the import of the SDK clients that it uses. */
export interface BundleFigures {
  readonly name: string;
  readonly bytes: number;
  readonly initMs: number;
}

const RUNS = 5;
/** What every variable of the contract may be; those that are parsed have the shape that they need. */
const SETTINGS = {
  ...Object.fromEntries(Object.values(ENV).flatMap((step) => Object.values(step).map((name) => [name, 'x']))),
  AWS_REGION: 'eu-central-1',
  CHECKVALVE_LIMITS: '{}',
  CHECKVALVE_SETTINGS: '{}',
  CHECKVALVE_RETENTION: '{}',
  CHECKVALVE_DATABASE_TAG: '{}',
  CHECKVALVE_REGISTRY_REGION: 'us-east-1',
  CHECKVALVE_VAULT_ACCOUNT: '333300002222',
  CHECKVALVE_EXPORT_KEY_ARN: 'arn:aws:kms:eu-central-1:222200001111:key/00000000-0000-4000-8000-000000000001',
  CHECKVALVE_IMPORT_KEY_ARN: 'arn:aws:kms:eu-central-1:333300002222:key/00000000-0000-4000-8000-000000000001',
};

/** Milliseconds that a module takes to load in a fresh process, once the clients that it uses are there. */
function initMs(file: string, clients: readonly string[]): number {
  const script = `for (const client of ${JSON.stringify(clients)}) require(client);
    const started = performance.now(); require(${JSON.stringify(file)}); process.stdout.write(String(performance.now() - started));`;
  const times = Array.from({ length: RUNS }, () => {
    const { stdout, stderr } = spawnSync('node', ['-e', script], {
      encoding: 'utf8',
      env: { ...process.env, ...SETTINGS },
    });
    if (!stdout) throw new Error(stderr);
    return Number(stdout);
  });
  return median(times);
}

/** The figures of every step's bundle. */
export function benchBundles(): readonly BundleFigures[] {
  const folder = mkdtempSync(join(process.cwd(), 'build-bench-'));
  try {
    return Object.entries(bundleHandlers()).map(([name, code]) => {
      const file = join(folder, `${name.replace('/', '-')}.js`);
      writeFileSync(file, code);
      const clients = [
        ...new Set([...code.matchAll(/require\("(@aws-sdk\/[^"]+)"\)/g)].map(([, client]) => client ?? '')),
      ];
      return { name, bytes: Buffer.byteLength(code), initMs: initMs(file, clients) };
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
