import type { CheckvalveConfig } from '../../config/checkvalve-config';
import type { TeardownClients } from './clients';
import type { Wait } from './withdraw-all';

/** Options of a teardown. */
export interface TeardownOptions {
  readonly config: CheckvalveConfig;
  /** Name of the only cell to remove: its accounts must have moved to others, and enrollment continues. Absent: everything. */
  readonly cell?: string;
  readonly clientsOf: (region: string) => TeardownClients;
  /** Without it nothing is changed, and the report shows what would happen. */
  readonly yes: boolean;
  readonly wait: Wait;
  readonly progress: (line: string) => void;
}
