import { Command } from 'commander';
import { loadConfig } from '../../config/load-config';
import type { Examination } from '../../operations/doctor/examine';
import { examinationReport } from '../print-examination';
import { dim } from '../styles';

interface DoctorOptions {
  readonly json?: boolean;
  readonly rehearsal?: boolean;
}

const print = (text: string) => process.stdout.write(`${text}\n`);
const progress = (line: string) => process.stderr.write(`${dim(line, process.stderr)}\n`);

/** `checkvalve doctor`: what is wrong with a landing zone beside its databases. */
export const doctorCommand = (): Command =>
  new Command('doctor')
    .description(
      'What is wrong with the landing zone, as seen from the management or the vault account. Changes nothing.',
    )
    .option('--rehearsal', 'examine the world with which a rehearsal ends; no AWS account is needed')
    .option('--json', 'where one stood and the findings, as one JSON document')
    .addHelpText(
      'after',
      `
Looks with the credentials that the AWS SDK finds (AWS_PROFILE, SSO,
environment), which may be of the management account or of the vault;
ReadOnlyAccess is enough, and what they may not see is a finding, too. From the
management account: trusted access and delegated administrators (of StackSets;
where the vault stands inside, of root access and of Identity Center too),
CloudTrail, the StackSet, its instances against the registry, placement of the
vault. From the vault: its placement, roles that let others in, analyzer, import
key, quotas, and through the newest report of coverage, whose age it looks at,
opt-ins, access roles and the keys of copies and databases; subscriptions against the
followed accounts. Exit code 1 when there is a finding; when all is well it
prints nothing on standard output (with --json: no findings), and ends with 0.

{ "from": [{ "kind", "account" }],
  "findings": [{ "severity", "check", "what", "where", "remedy" }] }

Examples:
  checkvalve doctor
  AWS_PROFILE=vault checkvalve doctor --json |
    jq '.findings[] | select(.severity == "critical")'
  checkvalve doctor --rehearsal`,
    )
    .action(async ({ json, rehearsal }: DoctorOptions, command: Command) => {
      const config = loadConfig(command.optsWithGlobals().config);
      // Loaded only here: the SDK takes time that other commands need not wait for.
      const live = () =>
        (require('../../operations/doctor/examine') as typeof import('../../operations/doctor/examine')).examineLive(
          config,
        );
      const played = () =>
        (
          require('../../rehearsal/phases/examine-rehearsal') as typeof import('../../rehearsal/phases/examine-rehearsal')
        ).examineRehearsal(config, progress);
      const examination: Examination = await (rehearsal ? played() : live());
      for (const { kind, account } of examination.from) progress(`Standing in the ${kind} account ${account}.`);
      if (json) print(JSON.stringify(examination, null, 2));
      else if (examination.findings.length > 0) print(examinationReport(examination));
      if (examination.findings.length > 0) process.exitCode = 1;
    });
