import { Command } from 'commander';
import type { Cells, ConfiguredCell } from '../../config/cells';
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
import { region } from '../../contract/ids';
import { type MergedReport, mergeCells } from '../../operations/status/merge-cells';
import { staleCoverage } from '../../operations/status/stale-coverage';
import { paragraph } from '../layout';
import { print, progress } from '../output';
import { coverageReport } from '../print-coverage';
import { cellOption, selectedCells } from '../selected-cells';
import { red } from '../styles';

interface StatusOptions {
  readonly json?: boolean;
  readonly rehearsal?: boolean;
  readonly cell?: string;
}

/** A report, and with several cells the name of its cell. */
interface StatusReport {
  readonly cell?: string;
  readonly report: MergedReport;
}

/** The newest coverage report of each Region of each cell. With several cells, each database is in the cell of its account. */
async function live(cells: Cells): Promise<readonly StatusReport[]> {
  // Loaded here, so that other commands do not wait for the SDK.
  const { readCoverage } =
    require('../../operations/status/read-coverage') as typeof import('../../operations/status/read-coverage');
  const ofCell = ({ cell, config: { regions } }: ConfiguredCell) =>
    regions.map(async (at) => ({ cell: cell.name, report: await readCoverage(cell.vaultAccount, region(at)) }));
  const reports = await Promise.all(cells.flatMap(ofCell));
  return cells.length === 1 ? reports.map(({ report }) => ({ report })) : mergeCells(reports);
}

/** The coverage reports at the end of a rehearsal. */
async function rehearsed(config: CheckvalveConfig): Promise<readonly StatusReport[]> {
  const { rehearse } = require('../../rehearsal/rehearse') as typeof import('../../rehearsal/rehearse');
  const { coverage, failure } = await rehearse({ config, progress, from: 'end' });
  if (!failure) return coverage.map((report) => ({ report }));
  throw new CheckvalveError(
    'REHEARSAL_FAILED',
    `${failure.step} failed: ${failure.cause}`,
    'Run checkvalve rehearse to see the failing phase.',
  );
}

const cellHeading = (cell: string | undefined): string => (cell ? `Cell ${cell}\n\n` : '');

const HELP = `
Reads coverage/latest.json in the vault's evidence bucket of each configured
Region, with credentials of the vault account that the AWS SDK finds
(AWS_PROFILE, SSO, environment). It changes nothing.

Exit code 1 when
  - a database that should be protected is not,
  - an account denies the vault its coverage access role,
  - an account has production databases in a Region without a vault,
  - RDS contradicts the tags of a source,
  - an export key has a fault,
  - a part of the report could not be read, or
  - a report is more than three hours old.

With several cells, a database of an account that moved is in the report of its
new cell, and the newest copy of either vault counts; copyIn names the cell that
has it. The credentials must be able to read the evidence of every cell: with
those of one vault account, give --cell.

A rehearsal ends with databases that are not protected, to show how they are
reported: --rehearsal ends with exit code 1 as well.

Examples:
  checkvalve status
  checkvalve status --json | jq '.[].databases[] | select(.status == "late")'
  checkvalve status --cell north
  checkvalve status --rehearsal`;

/** `checkvalve status`: the age of every database's newest copy. */
export const statusCommand = (): Command =>
  new Command('status')
    .description('Show the age of every database’s newest vault copy against its RPO, from the newest coverage report.')
    .option('--rehearsal', 'show the report at the end of a rehearsal; no AWS account is needed')
    .addOption(cellOption())
    .option('--json', 'the reports as one JSON document: a list with one report per Region')
    .addHelpText('after', HELP)
    .action(async ({ json, rehearsal, cell }: StatusOptions, command: Command) => {
      const config = loadConfig(command.optsWithGlobals().config);
      const cells = selectedCells(config, cell);
      const all = await (rehearsal ? rehearsed(config) : live(cells));
      const reports = all.map(({ report }) => report);
      // The clock of a rehearsal ends years from now.
      const stale = reports.map((report) => (rehearsal ? undefined : staleCoverage(report, new Date())));
      if (json) {
        print(
          JSON.stringify(
            all.map(({ report, cell: of }) => (of ? { cell: of, ...report } : report)),
            null,
            2,
          ),
        );
        for (const line of stale) if (line) process.stderr.write(`${red(paragraph(line), process.stderr)}\n`);
      } else {
        print(all.map(({ report, cell: of }, at) => cellHeading(of) + coverageReport(report, stale[at])).join('\n\n'));
      }
      const isBad = (report: CoverageEvidence) =>
        report.databases.some(({ status }) => NOT_PROTECTED.includes(status)) ||
        report.accounts.some(({ access }) => access === 'denied') ||
        elsewhereIn(report).length > 0 ||
        (report.disputed ?? []).length > 0 ||
        exportKeyFaults(report).length > 0 ||
        unreadParts(report).length > 0;
      if (reports.some(isBad) || stale.some(Boolean)) process.exitCode = 1;
    });
