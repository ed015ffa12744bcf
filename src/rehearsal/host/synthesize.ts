import { cpSync } from 'node:fs';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { cachedFolder } from '../../cache/cached-folder';
import { digestOf } from '../../cache/fingerprint';
import type { CheckvalveConfig } from '../../config/checkvalve-config';

/**
 * Synthesizes the stacks of a configuration into a folder, as `cdk synth` would; what this program has synthesized
 * before is copied.
 */
export function synthesize(config: CheckvalveConfig, outdir: string): CloudAssembly {
  const validated = process.env.CDK_VALIDATION === 'false' ? 'unvalidated' : 'validated';
  const made = cachedFolder(`assembly-${validated}-${digestOf(config)}`, (folder) => {
    // Loaded only here: the CDK takes a second.
    const { buildAssembly } = require('./build-assembly') as typeof import('./build-assembly');
    buildAssembly(config, folder);
  });
  cpSync(made, outdir, { recursive: true });
  return new CloudAssembly(outdir);
}
