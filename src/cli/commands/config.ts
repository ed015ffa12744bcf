import { Command } from 'commander';
import { loadConfig } from '../../config/load-config';
import { warningsOf } from '../../config/warnings';
import { green, yellow } from '../styles';

const check = (): Command =>
  new Command('check')
    .description('Check the configuration: print every fault with its path, its value and its remedy, then warnings.')
    .action((_options: unknown, command: Command) => {
      const config = loadConfig(command.optsWithGlobals().config);
      const { organization, vault, regions } = config;
      process.stdout.write(`${green('The configuration is valid.')}\n`);
      process.stdout.write(
        `Management ${organization.managementAccount}, vault ${vault.account} (${vault.placement} the organization), Regions ${regions.join(', ')}.\n`,
      );
      for (const warning of warningsOf(config, new Date())) process.stdout.write(`${yellow('Warning:')} ${warning}\n`);
    });

/** `checkvalve config`: checks the configuration. */
export const configCommand = (): Command =>
  new Command('config').description('Check the configuration.').addCommand(check());
