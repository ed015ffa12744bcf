import { Command } from 'commander';
import { loadConfig } from '../../config/load-config';
import { warningsOf } from '../../config/warnings';
import { green, yellow } from '../styles';

const check = (): Command =>
  new Command('check')
    .description(
      'Judge the configuration: every fault at once, each with its place, its value and a remedy. Warns of what is none.',
    )
    .action((_options: unknown, command: Command) => {
      const config = loadConfig(command.optsWithGlobals().config);
      const { organization, vault, regions } = config;
      process.stdout.write(`${green('The configuration is good.')}\n`);
      process.stdout.write(
        `Management ${organization.managementAccount}, vault ${vault.account} (${vault.placement} the organization), Regions ${regions.join(', ')}.\n`,
      );
      for (const warning of warningsOf(config, new Date())) process.stdout.write(`${yellow('Warning:')} ${warning}\n`);
    });

/** `checkvalve config`: the one configuration. */
export const configCommand = (): Command => new Command('config').description('The configuration.').addCommand(check());
