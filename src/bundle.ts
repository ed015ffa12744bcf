import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { CheckvalveError } from './contract/errors';
import { FLOW, folderOf } from './contract/flow';

/** Folder of a step, such as `management/enroll-accounts`. */
export type StepFolder = `${(typeof FLOW)[number]['account']}/${(typeof FLOW)[number]['name']}`;

/** The code of every step, as text for inline code in a template. */
export type Bundles = Readonly<Record<StepFolder, string>>;

/** KiB of a bundle at most, by kind of account. Those of sources are in the template of every account. CloudFormation allows 4 MB of
 * inline code in a function, and templates of 1 MB.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
export const MAX_BUNDLE_KIB = { source: 64, management: 80, vault: 104 } as const;

/** KiB that the bundle of a step may have at most; `step` such as `vault/import-copies`. */
export const maxBundleKiB = (step: string): number => MAX_BUNDLE_KIB[step.split('/')[0] as keyof typeof MAX_BUNDLE_KIB];

const root = join(__dirname, '..');
let made: Bundles | undefined;

/**
 * Bundles all steps in one call, once in each process. The AWS SDK is not bundled, because the Lambda runtime has it.
 * @throws CheckvalveError `STEP_FAILED` when the entry of a step is missing
 */
export function bundleHandlers(): Bundles {
  if (made) return made;
  const entryPoints = Object.fromEntries(
    FLOW.map((step) => [folderOf(step), join(root, 'lambda', folderOf(step), `${step.name}.lambda.ts`)]),
  );
  for (const [folder, entry] of Object.entries(entryPoints)) {
    if (!existsSync(entry)) {
      throw new CheckvalveError('STEP_FAILED', `lambda/${folder} has no entry`, `Write lambda/${folder}/*.lambda.ts.`);
    }
  }
  const { outputFiles } = buildSync({
    entryPoints,
    absWorkingDir: root,
    outdir: 'build',
    write: false,
    bundle: true,
    minify: true,
    keepNames: false,
    legalComments: 'none',
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    external: ['@aws-sdk/*', '@smithy/*'],
    // A switch for the tests of the logger, which a deployed function does not need.
    define: { 'process.env.AWS_LAMBDA_BENCHMARK_MODE': 'undefined' },
  });
  const outdir = join(root, 'build');
  const text = outputFiles.map(({ path, text: code }) => [path.slice(outdir.length + 1, -'.js'.length), code] as const);
  made = Object.fromEntries(text) as Bundles;
  return made;
}
