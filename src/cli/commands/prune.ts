import { Command } from 'commander';
import { loadConfig } from '../../config/load-config';
import { CheckvalveError } from '../../contract/errors';
import { previewReport } from '../print-prune-preview';
import { dim } from '../styles';

interface PruneOptions {
  readonly dryRun?: boolean;
  readonly rehearsal?: boolean;
  readonly json?: boolean;
}

const progress = (line: string) => process.stderr.write(`${dim(line, process.stderr)}\n`);

/** `checkvalve prune`: what the vault's step would delete. It deletes nothing itself. */
export const pruneCommand = (): Command =>
  new Command('prune')
    .description('Show which copies in the vault would be deleted next, and why; which stay, and why.')
    .option('--dry-run', 'look, and change nothing: the only way in which this command runs')
    .option('--rehearsal', 'look into the vault of a rehearsal on this machine, years later, instead of a real one')
    .option('--json', 'one JSON document on standard output, progress on standard error')
    .addHelpText(
      'after',
      `
Looks at the vault with the credentials that the AWS SDK finds (environment,
profile, SSO); they must be of the vault account and need
rds:DescribeDBSnapshots, rds:DescribeDBClusterSnapshots, dynamodb:Scan on
checkvalve-sources, s3:GetObject and s3:ListBucket on the evidence bucket. Plans
with the code of the step prune-copies and with vault.retention of the
configuration, so that a change of it can be looked at before it is deployed.
Deleting is done by that step alone, in the vault, every six hours: no role of a
person needs the permission.

A copy is deleted when its term has passed by the vault's clock, checked against
AWS's and against the last run; the first good copy of a week, month or year is
kept for longer. Never: the last good copy of a database, until the database has
been gone for vault.retention.sourceDeletedDays; a copy with the tag
checkvalve:legal-hold; a snapshot that Checkvalve did not make.

Examples:
  checkvalve prune --dry-run
  checkvalve prune --dry-run --rehearsal
  checkvalve --config stricter.config.ts prune --dry-run --json`,
    )
    .action(async ({ dryRun, rehearsal, json }: PruneOptions, command: Command) => {
      if (!dryRun) {
        throw new CheckvalveError(
          'UNSAFE_OPERATION',
          'This command deletes nothing: the step prune-copies does, in the vault, every six hours',
          'Look at what it would do with checkvalve prune --dry-run.',
        );
      }
      const config = loadConfig(command.optsWithGlobals().config);
      // Loaded only here: the SDK and the emulator take a second that other commands need not wait for.
      const previews = rehearsal
        ? await (
            require('../../rehearsal/phases/preview-pruning') as typeof import('../../rehearsal/phases/preview-pruning')
          ).previewRehearsal(config, progress)
        : await (
            require('../../operations/prune/prune-preview') as typeof import('../../operations/prune/prune-preview')
          ).previewVault(config);
      const text = json ? JSON.stringify(previews, undefined, 2) : previews.map(previewReport).join('\n\n');
      process.stdout.write(`${text}\n`);
    });
