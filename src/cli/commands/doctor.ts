import { Command } from 'commander';
import { loadConfig } from '../../config/load-config';
import type { Examination } from '../../operations/doctor/examine';
import { print, progress } from '../output';
import { examinationReport } from '../print-examination';
import { cellOption, selectedCells } from '../selected-cells';

interface DoctorOptions {
  readonly json?: boolean;
  readonly rehearsal?: boolean;
  readonly cell?: string;
}

const HELP = `
Reads with the credentials that the AWS SDK finds (AWS_PROFILE, SSO,
environment), of the management account or of the vault. ReadOnlyAccess is
enough; what the credentials may not read is a finding as well.

From the management account: trusted access, delegated administrators (of
StackSets; for a vault inside the organization also of root access, of account
management and of Identity Center), CloudTrail, the StackSet, its instances
compared with the registry, the placement of the vault.

From the vault: its placement, roles that trust other accounts, the analyzer,
the keys, the quotas, the subscriptions of the followed accounts, and in the
newest coverage report its age, the opt-ins, the access roles, and the keys of
copies and databases.

Exit code 1 when there is a finding. Without findings it prints nothing on
standard output (with --json: an empty list) and ends with exit code 0.

{ "accounts": [{ "kind", "account" }],
  "findings": [{ "severity", "check", "what", "where", "remedy" }] }

Examples:
  checkvalve doctor
  AWS_PROFILE=vault checkvalve doctor --json |
    jq '.findings[] | select(.severity == "critical")'
  checkvalve doctor --cell north
  checkvalve doctor --rehearsal`;

/** `checkvalve doctor`: checks the set-up of the management account or of the vault. */
export const doctorCommand = (): Command =>
  new Command('doctor')
    .description('Check the set-up of the landing zone from the management account or from the vault. Changes nothing.')
    .option('--rehearsal', 'check the world with which a rehearsal ends; no AWS account is needed')
    .addOption(cellOption())
    .option('--json', 'the checked accounts and the findings, as one JSON document')
    .addHelpText('after', HELP)
    .action(async ({ json, rehearsal, cell }: DoctorOptions, command: Command) => {
      const config = loadConfig(command.optsWithGlobals().config);
      // Loaded here, so that other commands do not wait for the SDK.
      const live = () =>
        (require('../../operations/doctor/examine') as typeof import('../../operations/doctor/examine')).examineLive(
          selectedCells(config, cell),
        );
      const rehearsed = () =>
        (
          require('../../rehearsal/phases/examine-rehearsal') as typeof import('../../rehearsal/phases/examine-rehearsal')
        ).examineRehearsal(config, progress);
      const examination: Examination = await (rehearsal ? rehearsed() : live());
      for (const { kind, account } of examination.accounts) progress(`Checking the ${kind} account ${account}.`);
      if (json) print(JSON.stringify(examination, null, 2));
      else if (examination.findings.length > 0) print(examinationReport(examination));
      if (examination.findings.length > 0) process.exitCode = 1;
    });
