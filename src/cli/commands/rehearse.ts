import { Command } from 'commander';
import { loadConfig } from '../../config/load-config';
import { dim, rehearsalReport } from '../print';

/** `checkvalve rehearse`: the whole landing zone on this machine. */
export const rehearseCommand = (): Command =>
  new Command('rehearse')
    .description(
      'Play the landing zone on this machine: real handlers, real SDK, synthesized templates, an emulated AWS.',
    )
    .option('--json', 'one JSON document on standard output, progress on standard error')
    .addHelpText(
      'after',
      `
Makes an invented organization in an emulator on 127.0.0.1, deploys the synthesized templates into it, lets AWS Backup
take a snapshot of an RDS instance and of an Aurora cluster, and follows both into the vault. No AWS account is needed.
Exit code 1 when a beat fails; the beat is named with its cause.`,
    )
    .action(async (options: { readonly json?: boolean }, command: Command) => {
      const config = loadConfig(command.optsWithGlobals().config);
      // Loaded only here: the emulator and the CDK take a second that other commands need not wait for.
      const { rehearse } = require('../../rehearsal/rehearse') as typeof import('../../rehearsal/rehearse');
      const progress = (line: string) => process.stderr.write(`${dim(line, process.stderr)}\n`);
      const result = await rehearse({ config, progress });
      process.stdout.write(`${options.json ? JSON.stringify(result, undefined, 2) : rehearsalReport(result)}\n`);
      if (!result.ok) process.exitCode = 1;
    });
