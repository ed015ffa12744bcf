import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { buildApp } from '../app';
import type { CheckvalveConfig } from '../config/checkvalve-config';

/** Synthesizes the stacks of a configuration into a folder, as `cdk synth` would. */
export function synthesize(config: CheckvalveConfig, outdir: string): CloudAssembly {
  return buildApp(config, { outdir }).synth();
}
