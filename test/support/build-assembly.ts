import type { CheckvalveConfig } from '../../src/config/checkvalve-config';
import { CheckvalveError } from '../../src/contract/errors';
import { worker } from './worker';

/** Takes the place of `src/rehearsal/host/build-assembly` in tests: the same, by a CDK that is loaded once a worker. */
export function buildAssembly(config: CheckvalveConfig, outdir: string): void {
  try {
    worker().assemble(config, outdir);
  } catch (error) {
    // An error of another realm is no instance of this one's classes.
    const { code, message, remedy } = error as CheckvalveError;
    throw code ? new CheckvalveError(code, message, remedy, { cause: error }) : new Error(message, { cause: error });
  }
}
