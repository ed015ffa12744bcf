import { Command } from 'commander';
import { loadConfig } from '../../config/load-config';
import type { TeardownReport } from '../../operations/teardown/teardown-log';
import { print, progress } from '../output';
import { teardownRehearsalReport, teardownReport } from '../print-teardown';
import { cellOption, selectedCells } from '../selected-cells';

interface Options {
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly rehearsal?: boolean;
  readonly cell?: string;
}

const wait = (seconds: number) => new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000));

const HELP = `
One run does the part of the account whose credentials the AWS SDK finds, and
prints what to run next in the other account:
  management  disables enrollment, withdraws the tooling from every account,
              then deletes the stacks Tooling and Management
  vault       deletes the stacks Vault-REGION. A stack with termination
              protection is not deleted; the command that disables the
              protection is printed for an operator to run

With --cell, only the stacks Tooling-CELL and Vault-CELL-REGION are deleted, and
only when no account has the tooling of the cell: move its accounts first.

Keys, backup vaults, backup roles, tables, evidence and every copy are retained;
each is listed with the reason. Exit code 1 when a part stopped: what was done
until then is printed, and the next run continues there.

Examples:
  checkvalve teardown
  checkvalve teardown --yes
  checkvalve teardown --rehearsal`;

/** `checkvalve teardown`: removes Checkvalve, account by account. */
export const teardownCommand = (): Command =>
  new Command('teardown')
    .description('Remove Checkvalve from the organization: withdraw the tooling, then delete the stacks.')
    .option('--yes', 'do it; without this option the command only shows what it would do')
    .addOption(cellOption())
    .option('--json', 'one JSON document on standard output, progress on standard error')
    .option('--rehearsal', 'do it in a rehearsal, and show what is retained; no AWS account is needed')
    .addHelpText('after', HELP)
    .action(async ({ yes = false, json = false, rehearsal, cell }: Options, command: Command) => {
      const config = loadConfig(command.optsWithGlobals().config);
      if (rehearsal) {
        const { rehearseTeardown } =
          require('../../rehearsal/phases/rehearse-teardown') as typeof import('../../rehearsal/phases/rehearse-teardown');
        const result = await rehearseTeardown(config, progress);
        print(json ? JSON.stringify(result, undefined, 2) : teardownRehearsalReport(result));
        if (!result.ok) process.exitCode = 1;
        return;
      }
      // Loaded here, so that other commands do not wait for the SDK.
      const { tearDown } =
        require('../../operations/teardown/tear-down') as typeof import('../../operations/teardown/tear-down');
      const { clientsWith } =
        require('../../operations/teardown/clients') as typeof import('../../operations/teardown/clients');
      selectedCells(config, cell);
      const clientsOf = (region: string) => clientsWith({ region });
      const report: TeardownReport = await tearDown({ config, cell, clientsOf, yes, wait, progress });
      print(json ? JSON.stringify(report, undefined, 2) : teardownReport(report));
      if (!report.ok) process.exitCode = 1;
    });
