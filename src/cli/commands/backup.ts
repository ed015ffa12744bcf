import { Command } from 'commander';
import type { CheckvalveConfig } from '../../config/checkvalve-config';
import { loadConfig } from '../../config/load-config';
import { plansOf } from '../../config/plans-of';
import { parseBackupRequest } from '../../operations/backup/parse-request';
import type { BackupRequest, StartedBackup } from '../../operations/backup/start-backup';
import { dim, green, red } from '../styles';
import { wholeNumber } from '../whole-number';

interface BackupOptions {
  readonly region?: string;
  readonly retentionDays?: number;
  readonly vault?: string;
  readonly role?: string;
  readonly rehearsal?: boolean;
  readonly json?: boolean;
}

const MOST_DAYS = 36_500;
const print = (text: string) => process.stdout.write(`${text}\n`);
const progress = (line: string) => process.stderr.write(`${dim(line, process.stderr)}\n`);

/** `checkvalve backup`: a backup out of turn, which crosses like any other. */
export const backupCommand = (): Command =>
  new Command('backup')
    .description('Start a backup of one database, out of turn, that crosses into the vault.')
    .argument('<database>', 'name or ARN of an instance or a cluster')
    .option(
      '--region <region>',
      'where a name is looked for; by default in every Region of the configuration, and an ARN says it itself',
    )
    .option(
      '--retention-days <n>',
      'how long AWS Backup keeps it; by default as long as the daily plan, where the tooling brings one',
      wholeNumber('--retention-days', 1, MOST_DAYS, 35),
    )
    .option('--vault <name>', 'another backup vault than the tooling has')
    .option('--role <arn>', 'another role for AWS Backup than the tooling has')
    .option('--rehearsal', 'do it in an invented world, and follow it into the vault; no AWS account is needed')
    .option('--json', 'one JSON document on standard output')
    .addHelpText(
      'after',
      `
Run it with credentials of the source account, as for any AWS command
(AWS_PROFILE, AWS_ACCESS_KEY_ID, …). It asks AWS Backup for a job with the tags
that make a snapshot cross, and ends: the tooling carries the snapshot across
once it is there. Where the tooling brings no plans (backup.plans is 'off'),
name the vault, the role and the retention.

The credentials need rds:DescribeDBInstances, rds:DescribeDBClusters,
cloudformation:DescribeStacks, backup:StartBackupJob, backup:TagResource and
iam:PassRole.

Without --rehearsal it starts a job in AWS, which costs what a backup costs.
What is written is judged before AWS is asked.

Examples:
  checkvalve backup orders
  checkvalve backup --retention-days 90 \\
    arn:aws:rds:eu-central-1:222200001111:cluster:ledger
  checkvalve backup orders --rehearsal     no AWS account is needed`,
    )
    .action(async (database: string, options: BackupOptions, command: Command) => {
      const config = loadConfig(command.optsWithGlobals().config);
      const order = orderOf(database, options, config);
      if (options.rehearsal) return rehearsed(order, options, config);
      // Loaded only here: the clients take a while that other commands need not wait for.
      const { startBackup } =
        require('../../operations/backup/start-backup') as typeof import('../../operations/backup/start-backup');
      const started = await startBackup(order, (region) => ({ region }));
      print(options.json ? JSON.stringify(started, undefined, 2) : told(started));
    });

const orderOf = (database: string, options: BackupOptions, config: CheckvalveConfig): BackupRequest =>
  parseBackupRequest(
    { ...options, database },
    { regions: config.regions, retentionDays: plansOf(config)?.daily.retentionDays },
  );

function told({ database, jobId, vault, retentionDays }: StartedBackup): string {
  return [
    green(`AWS Backup has started job ${jobId}.`),
    `It backs up ${database} into ${vault}, to be kept ${retentionDays} days.`,
    'Once the snapshot is there it crosses by itself: export-snapshots copies, shares and notifies the vault of it.',
  ].join('\n');
}

async function rehearsed(order: BackupRequest, options: BackupOptions, config: CheckvalveConfig): Promise<void> {
  const { rehearseBackup } =
    require('../../rehearsal/phases/rehearse-backup') as typeof import('../../rehearsal/phases/rehearse-backup');
  const result = await rehearseBackup(order, { config, progress });
  if (options.json) print(JSON.stringify(result, undefined, 2));
  else if (result.started && result.ok) {
    print(
      `${told(result.started)}\n${green('It has crossed')}: ${result.vaultCopies.map(({ arn }) => arn).join(', ')}`,
    );
  } else print(red(`${result.failure?.step} failed: ${result.failure?.cause}`));
  if (!result.ok) process.exitCode = 1;
}
