import { config } from '../../src/checkvalve.config';
import type { LandingZoneConfig } from '../../src/config/checkvalve-config';
import { readConfig } from '../../src/config/read-config';

const { vault, ...rest } = config;

/** The vault accounts of the two cells. */
export const [NORTH, SOUTH] = ['333300002222', '333300004444'] as const;

/** The example with two cells, `north` and `south`, as a file has it. */
export const TWO_CELLS_FILE: LandingZoneConfig = {
  ...rest,
  vaults: [
    { name: 'north', ...vault, account: NORTH },
    { name: 'south', ...vault, account: SOUTH, placement: 'outside' },
  ],
};

/** The same as it is read. */
export const TWO_CELLS = readConfig(TWO_CELLS_FILE);
