import { Command } from 'commander';
import { type ConfiguredCell, cellsOf } from '../../config/cells';
import { loadConfig } from '../../config/load-config';
import { warningsOf } from '../../config/warnings';
import { green, yellow } from '../styles';

const vaultText = ({ config: { vault, cell } }: ConfiguredCell): string =>
  `vault ${vault.account} (${cell === undefined ? '' : `cell ${cell}, `}${vault.placement} the organization)`;

const check = (): Command =>
  new Command('check')
    .description('Check the configuration: print every fault with its path, its value and its remedy, then warnings.')
    .action((_options: unknown, command: Command) => {
      const config = loadConfig(command.optsWithGlobals().config);
      const { organization, regions } = config;
      const cells = cellsOf(config);
      process.stdout.write(`${green('The configuration is valid.')}\n`);
      process.stdout.write(
        `Management ${organization.managementAccount}, ${cells.map(vaultText).join(', ')}, Regions ${regions.join(', ')}.\n`,
      );
      for (const { config: view } of cells) {
        const of = view.cell === undefined ? '' : `cell ${view.cell}: `;
        for (const warning of warningsOf(view, new Date()))
          process.stdout.write(`${yellow('Warning:')} ${of}${warning}\n`);
      }
    });

/** `checkvalve config`: checks the configuration. */
export const configCommand = (): Command =>
  new Command('config').description('Check the configuration.').addCommand(check());
