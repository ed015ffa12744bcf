import { Command } from 'commander';
import { loadConfig } from '../../config/load-config';
import { green } from '../print';

const check = (): Command =>
  new Command('check')
    .description('Judge the configuration: every fault at once, each with its place, its value and a remedy.')
    .action((_options: unknown, command: Command) => {
      const { organization, vault, regions } = loadConfig(command.optsWithGlobals().config);
      process.stdout.write(`${green('The configuration is good.')}\n`);
      process.stdout.write(
        `Management ${organization.managementAccount}, vault ${vault.account} (${vault.placement} the organization), Regions ${regions.join(', ')}.\n`,
      );
    });

/** `checkvalve config`: the one configuration. */
export const configCommand = (): Command => new Command('config').description('The configuration.').addCommand(check());
