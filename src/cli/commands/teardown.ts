import { Command } from 'commander';
import { loadConfig } from '../../config/load-config';
import type { TeardownReport } from '../../operations/teardown/teardown-log';
import { teardownRehearsalReport, teardownReport } from '../print-teardown';
import { dim } from '../styles';

interface Options {
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly rehearsal?: boolean;
}

const print = (text: string) => process.stdout.write(`${text}\n`);
const progress = (line: string) => process.stderr.write(`${dim(line, process.stderr)}\n`);
const wait = (seconds: number) => new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000));

/** `checkvalve teardown`: the way out, account by account. */
export const teardownCommand = (): Command =>
  new Command('teardown')
    .description('Take Checkvalve out of the organization: withdraw the tooling, then destroy the stacks.')
    .option('--yes', 'do it; without this it only shows what would happen')
    .option('--json', 'one JSON document on standard output, progress on standard error')
    .option('--rehearsal', 'play it in a rehearsal and show what is left; no AWS account is needed')
    .addHelpText(
      'after',
      `
One run does the part of the account whose credentials the AWS SDK finds, and
says what to run next elsewhere:
  management  enrollment is switched off, the tooling is withdrawn from every
              account, then the stacks Tooling and Management are destroyed
  vault       the stacks Vault-REGION are destroyed, unless they are protected
              against termination: the command that lifts it is printed, and
              left to a person

Keys, backup vaults, backup roles, tables, evidence and every copy stay; each is
listed with the reason. Exit code 1 when something was stopped: what was done
until then is told, and the next run goes on there.

Examples:
  checkvalve teardown
  checkvalve teardown --yes
  checkvalve teardown --rehearsal`,
    )
    .action(async ({ yes = false, json = false, rehearsal }: Options, command: Command) => {
      const config = loadConfig(command.optsWithGlobals().config);
      if (rehearsal) {
        const { rehearseTeardown } =
          require('../../rehearsal/phases/rehearse-teardown') as typeof import('../../rehearsal/phases/rehearse-teardown');
        const result = await rehearseTeardown(config, progress);
        print(json ? JSON.stringify(result, undefined, 2) : teardownRehearsalReport(result));
        if (!result.ok) process.exitCode = 1;
        return;
      }
      // Loaded only here: the SDK takes time that other commands need not wait for.
      const { tearDown } =
        require('../../operations/teardown/tear-down') as typeof import('../../operations/teardown/tear-down');
      const { clientsWith } =
        require('../../operations/teardown/clients') as typeof import('../../operations/teardown/clients');
      const clientsOf = (region: string) => clientsWith({ region });
      const report: TeardownReport = await tearDown({ config, clientsOf, yes, wait, progress });
      print(json ? JSON.stringify(report, undefined, 2) : teardownReport(report));
      if (!report.ok) process.exitCode = 1;
    });
