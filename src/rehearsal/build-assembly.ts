import { buildApp } from '../app';
import type { CheckvalveConfig } from '../config/checkvalve-config';

/** Synthesizes the stacks of a configuration into a folder. */
export function buildAssembly(config: CheckvalveConfig, outdir: string): void {
  buildApp(config, { outdir }).synth();
}
