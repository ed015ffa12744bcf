import { Command } from 'commander';
import { loadConfig } from '../../config/load-config';
import { CheckvalveError } from '../../contract/errors';
import { progress } from '../output';
import { previewReport } from '../print-prune-preview';
import { selectedCell } from '../selected-cells';

interface PruneOptions {
  readonly dryRun?: boolean;
  readonly rehearsal?: boolean;
  readonly json?: boolean;
  readonly cell?: string;
}

const HELP = `
Reads the vault with the credentials that the AWS SDK finds (environment,
profile, SSO). They must belong to the vault account and need
rds:DescribeDBSnapshots, rds:DescribeDBClusterSnapshots, dynamodb:Scan on
checkvalve-sources, s3:GetObject and s3:ListBucket on the evidence bucket. The
command decides with the code of the step prune-copies and with vault.retention
of the configuration, so that it shows the effect of a change before you deploy
it. Only that step deletes, in the vault, every six hours: no other role needs
the permission.

A copy is deleted when its retention has ended by the vault's clock, which is
compared with AWS's clock and with the last run. The first good copy of a week,
month or year is kept longer. Never deleted are the last good copy of a
database, until the database has been deleted for
vault.retention.sourceDeletedDays; a copy with the tag checkvalve:legal-hold; a
snapshot that Checkvalve did not make.

Examples:
  checkvalve prune --dry-run
  checkvalve prune --dry-run --rehearsal
  checkvalve --config stricter.config.ts prune --dry-run --json`;

/** `checkvalve prune`: what the step `prune-copies` would delete. The command deletes nothing. */
export const pruneCommand = (): Command =>
  new Command('prune')
    .description('Show which copies the vault would delete next, which it would keep, and why. Changes nothing.')
    .option('--dry-run', 'required, because the command only shows: the step prune-copies deletes')
    .option('--cell <name>', 'the cell whose vault is shown, of a configuration with vaults')
    .option('--rehearsal', 'show the vault of a rehearsal after years; no AWS account is needed')
    .option('--json', 'one JSON document on standard output, progress on standard error')
    .addHelpText('after', HELP)
    .action(async ({ dryRun, rehearsal, json, cell }: PruneOptions, command: Command) => {
      if (!dryRun) {
        throw new CheckvalveError(
          'UNSAFE_OPERATION',
          'This command deletes nothing; the step prune-copies deletes, in the vault, every six hours',
          'Run checkvalve prune --dry-run to see what it would delete.',
        );
      }
      const config = loadConfig(command.optsWithGlobals().config);
      // Loaded here, so that other commands do not wait a second for the SDK and the emulator.
      const previews = rehearsal
        ? await (
            require('../../rehearsal/phases/preview-pruning') as typeof import('../../rehearsal/phases/preview-pruning')
          ).previewRehearsal(config, progress)
        : await (
            require('../../operations/prune/prune-preview') as typeof import('../../operations/prune/prune-preview')
          ).previewVault(selectedCell(config, cell).config);
      const text = json ? JSON.stringify(previews, undefined, 2) : previews.map(previewReport).join('\n\n');
      process.stdout.write(`${text}\n`);
    });
