import { buildApp } from '../../app';
import type { CheckvalveConfig } from '../../config/checkvalve-config';
import { leaveCallersEnvironment } from '../../setup/clean-environment';

/** Synthesizes the stacks of a configuration into a folder, whatever the CDK's variables in the environment say. */
export function buildAssembly(config: CheckvalveConfig, outdir: string): void {
  // The CDK reads its context, its folder and more from CDK_ variables: what comes of them would be kept for later runs.
  leaveCallersEnvironment();
  buildApp(config, { outdir }).synth();
}
