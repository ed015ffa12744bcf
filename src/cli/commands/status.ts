import { Command } from 'commander';
import type { CheckvalveConfig } from '../../config/checkvalve-config';
import { loadConfig } from '../../config/load-config';
import {
  type CoverageEvidence,
  elsewhereIn,
  exportKeyFaults,
  NOT_PROTECTED,
  unreadParts,
} from '../../contract/coverage';
import { CheckvalveError } from '../../contract/errors';
import { accountId, region } from '../../contract/ids';
import { staleCoverage } from '../../operations/status/stale-coverage';
import { paragraph } from '../layout';
import { coverageReport } from '../print-coverage';
import { dim, red } from '../styles';

interface StatusOptions {
  readonly json?: boolean;
  readonly rehearsal?: boolean;
}

const print = (text: string) => process.stdout.write(`${text}\n`);

/** The newest report of each Region of the configuration. */
async function live({ vault, regions }: CheckvalveConfig): Promise<readonly CoverageEvidence[]> {
  // Loaded only here: the SDK takes time that other commands need not wait for.
  const { readCoverage } =
    require('../../operations/status/read-coverage') as typeof import('../../operations/status/read-coverage');
  return Promise.all(regions.map((at) => readCoverage(accountId(vault.account), region(at))));
}

/** The report with which a rehearsal ends. */
async function rehearsed(config: CheckvalveConfig): Promise<readonly CoverageEvidence[]> {
  const { rehearse } = require('../../rehearsal/rehearse') as typeof import('../../rehearsal/rehearse');
  const progress = (line: string) => process.stderr.write(`${dim(line, process.stderr)}\n`);
  const { coverage, failure } = await rehearse({ config, progress, from: 'end' });
  if (!failure) return coverage;
  throw new CheckvalveError('REHEARSAL_FAILED', `${failure.step} failed: ${failure.cause}`, 'Run checkvalve rehearse.');
}

/** `checkvalve status`: how old every database's newest copy is. */
export const statusCommand = (): Command =>
  new Command('status')
    .description('How old the newest vault copy of every database is, against its RPO: the newest report.')
    .option('--rehearsal', 'play a rehearsal, and show the report it ends with; no AWS account is needed')
    .option('--json', 'the reports as one JSON document: a list, one for each Region')
    .addHelpText(
      'after',
      `
Reads coverage/latest.json in the vault's evidence bucket of each configured
Region, with the credentials of the vault account that the AWS SDK finds
(AWS_PROFILE, SSO, environment). It changes nothing. Exit code 1 when a database
that should be protected is not, an account does not let the vault look in or
has production databases in a Region without a vault, RDS contradicts the tags
of a source, something could not be read, or a report is more than three hours
old.

A rehearsal ends with databases that are not protected, so that you see how it
is told: --rehearsal ends with 1 as well, as the real vault would.

Examples:
  checkvalve status
  checkvalve status --json | jq '.[].databases[] | select(.status == "late")'
  checkvalve status --rehearsal`,
    )
    .action(async ({ json, rehearsal }: StatusOptions, command: Command) => {
      const config = loadConfig(command.optsWithGlobals().config);
      const reports = await (rehearsal ? rehearsed(config) : live(config));
      // A rehearsal ends years from now, by its own clock.
      const stale = reports.map((report) => (rehearsal ? undefined : staleCoverage(report, new Date())));
      if (json) {
        print(JSON.stringify(reports, null, 2));
        for (const line of stale) if (line) process.stderr.write(`${red(paragraph(line), process.stderr)}\n`);
      } else print(reports.map((report, at) => coverageReport(report, stale[at])).join('\n\n'));
      const isBad = (report: CoverageEvidence) =>
        report.databases.some(({ status }) => NOT_PROTECTED.includes(status)) ||
        report.accounts.some(({ access }) => access === 'denied') ||
        elsewhereIn(report).length > 0 ||
        (report.disputed ?? []).length > 0 ||
        exportKeyFaults(report).length > 0 ||
        unreadParts(report).length > 0;
      if (reports.some(isBad) || stale.some(Boolean)) process.exitCode = 1;
    });
