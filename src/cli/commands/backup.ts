import { Command } from 'commander';
import type { CheckvalveConfig } from '../../config/checkvalve-config';
import { loadConfig } from '../../config/load-config';
import { plansOf } from '../../config/plans-of';
import { parseBackupRequest } from '../../operations/backup/parse-request';
import type { BackupRequest, StartedBackup } from '../../operations/backup/start-backup';
import { print, progress } from '../output';
import { green, red } from '../styles';
import { wholeNumber } from '../whole-number';

interface BackupOptions {
  readonly region?: string;
  readonly retentionDays?: number;
  readonly vault?: string;
  readonly role?: string;
  readonly rehearsal?: boolean;
  readonly json?: boolean;
}

const MAX_DAYS = 36_500;

const HELP = `
Run it with credentials of the source account, as for any AWS command
(AWS_PROFILE, AWS_ACCESS_KEY_ID, …). It starts a job of AWS Backup with the tags
that the tooling requires, and ends. The tooling copies the snapshot to the
vault once it is available. If backup.plans is 'off', give the backup vault, the
role and the retention.

It needs rds:DescribeDBInstances, rds:DescribeDBClusters,
cloudformation:DescribeStacks, backup:StartBackupJob, backup:TagResource and
iam:PassRole.

Without --rehearsal it starts a job in AWS, at the price of a backup. The
arguments are checked before AWS is called.

Examples:
  checkvalve backup orders
  checkvalve backup --retention-days 90 \\
    arn:aws:rds:eu-central-1:222200001111:cluster:ledger
  checkvalve backup orders --rehearsal     no AWS account is needed`;

/** `checkvalve backup`: an on-demand backup, which is copied to the vault like any other. */
export const backupCommand = (): Command =>
  new Command('backup')
    .description('Start an on-demand backup of one database, which is copied to the vault.')
    .argument('<database>', 'name or ARN of an instance or a cluster')
    .option('--region <region>', 'Region in which to search a name; by default every Region of the configuration')
    .option(
      '--retention-days <n>',
      'days for which AWS Backup keeps it; by default as the daily plan of the configuration',
      wholeNumber('--retention-days', 1, MAX_DAYS, 35),
    )
    .option('--vault <name>', 'backup vault; by default that of the tooling')
    .option('--role <arn>', 'role for AWS Backup; by default that of the tooling')
    .option('--rehearsal', 'start it in a rehearsal, and follow it to the vault; no AWS account is needed')
    .option('--json', 'one JSON document on standard output')
    .addHelpText('after', HELP)
    .action(async (database: string, options: BackupOptions, command: Command) => {
      const config = loadConfig(command.optsWithGlobals().config);
      const request = requestOf(database, options, config);
      if (options.rehearsal) return rehearsed(request, options, config);
      // Loaded here, so that other commands do not wait for the clients.
      const { startBackup } =
        require('../../operations/backup/start-backup') as typeof import('../../operations/backup/start-backup');
      const started = await startBackup(request, (region) => ({ region }));
      print(options.json ? JSON.stringify(started, undefined, 2) : startedText(started));
    });

const requestOf = (database: string, options: BackupOptions, config: CheckvalveConfig): BackupRequest =>
  parseBackupRequest(
    { ...options, database },
    { regions: config.regions, retentionDays: plansOf(config)?.daily.retentionDays },
  );

function startedText({ database, jobId, vault, retentionDays }: StartedBackup): string {
  return [
    green(`AWS Backup started job ${jobId}.`),
    `It backs up ${database} to the backup vault ${vault}, which keeps it for ${retentionDays} days.`,
    'When the snapshot is available, export-snapshots copies it, shares the copy and notifies the vault.',
  ].join('\n');
}

async function rehearsed(request: BackupRequest, options: BackupOptions, config: CheckvalveConfig): Promise<void> {
  const { rehearseBackup } =
    require('../../rehearsal/phases/rehearse-backup') as typeof import('../../rehearsal/phases/rehearse-backup');
  const result = await rehearseBackup(request, { config, progress });
  if (options.json) print(JSON.stringify(result, undefined, 2));
  else if (result.started && result.ok) {
    print(
      `${startedText(result.started)}\n${green('Copied to the vault')}: ${result.vaultCopies.map(({ arn }) => arn).join(', ')}`,
    );
  } else print(red(`${result.failure?.step} failed: ${result.failure?.cause}`));
  if (!result.ok) process.exitCode = 1;
}
