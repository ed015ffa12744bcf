import { rmSync } from 'node:fs';
import type { CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import type { CheckvalveConfig } from '../../config/checkvalve-config';
import { temporaryFolder } from '../../files/temporary-folder';
import { type Alter, alterTemplates, inOrder } from './deploy';
import { synthesize } from './synthesize';

/** Does something with every synthesized stack of a configuration, in the order of deployment; `alter` changes them first. */
export async function eachStack(
  config: CheckvalveConfig,
  alter: Alter | undefined,
  work: (stack: CloudFormationStackArtifact) => Promise<void>,
): Promise<void> {
  const outdir = temporaryFolder('checkvalve-stacks-');
  try {
    const assembly = synthesize(config, outdir);
    if (alter) alterTemplates(assembly, alter);
    for (const stack of inOrder(assembly)) await work(stack);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
