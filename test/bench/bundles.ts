import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleHandlers } from '../../src/bundle';
import { config } from '../../src/checkvalve.config';
import { synthesizedTemplates } from '../../src/cli/synthesized-templates';
import { resolveTemplate } from '../../src/trust/templates/resolve-template';
import { median } from './measure';

/** A bundle: its size as it stands in a template, and what it adds to the import of the SDK clients that it uses. */
export interface BundleFigures {
  readonly name: string;
  readonly bytes: number;
  readonly initMs: number;
}

const RUNS = 5;
const SOURCE = '222200001111';

interface Variables {
  readonly Variables: Readonly<Record<string, string>>;
}

/** The variables of every step, as the synthesized templates set them, by the step's name. */
function variablesOfSteps(): ReadonlyMap<string, Readonly<Record<string, string>>> {
  const found = new Map<string, Readonly<Record<string, string>>>();
  for (const [stackName, { template, account = SOURCE, region }] of synthesizedTemplates(config)) {
    const place = { account, region: region || config.regions[0] || '', stackName };
    for (const { type, properties } of resolveTemplate(template, place).resources.values()) {
      if (type !== 'AWS::Lambda::Function') continue;
      const { FunctionName, Environment } = properties as { FunctionName?: string; Environment?: Variables };
      found.set(String(FunctionName).replace(/^checkvalve-/, ''), {
        ...Environment?.Variables,
        AWS_REGION: place.region,
      });
    }
  }
  return found;
}

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
  const variables = variablesOfSteps();
  const folder = mkdtempSync(join(process.cwd(), 'build-bench-'));
  try {
    return Object.entries(bundleHandlers()).map(([name, code]) => {
      const file = join(folder, `${name.replace('/', '-')}.js`);
      writeFileSync(file, code);
      const environment = variables.get(name.split('/')[1] ?? '');
      if (!environment) throw new Error(`no template deploys ${name}`);
      const clients = [
        ...new Set([...code.matchAll(/require\("(@aws-sdk\/[^"]+)"\)/g)].map(([, client]) => client ?? '')),
      ];
      return { name, bytes: Buffer.byteLength(code), initMs: initMs(file, clients, environment) };
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
