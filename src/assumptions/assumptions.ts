import { ACCOUNTS_AND_MESSAGES } from './accounts-and-messages';
import type { Assumption } from './assumption';
import { AWS_BACKUP } from './aws-backup';
import { DEFENSES_AND_EMULATOR } from './defenses-and-emulator';
import { PERMISSIONS_AND_STATES } from './permissions-and-states';
import { RDS } from './rds';

/** The chapters of the ledger, in their order on the page. */
export const CHAPTERS: Readonly<Record<string, readonly Assumption[]>> = {
  'AWS Backup': AWS_BACKUP,
  'RDS and its keys': RDS,
  'Permissions and states': PERMISSIONS_AND_STATES,
  'Accounts, messages and prices': ACCOUNTS_AND_MESSAGES,
  'Defenses of the vault, and the emulator': DEFENSES_AND_EMULATOR,
};

/** All assumptions about AWS that no test of Checkvalve can prove. */
export const ASSUMPTIONS: readonly Assumption[] = Object.values(CHAPTERS).flat();
