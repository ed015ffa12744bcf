import type { Construct } from 'constructs';
import { AccountsTable } from '../constructs/accounts-table';
import { NAMES } from '../contract/names';

/** The table of enrolled accounts, with one item for each. It is retained, because the vault follows the accounts in it. */
export class RegistryTable extends AccountsTable {
  constructor(scope: Construct, id: string) {
    super(scope, id, NAMES.registryTable);
  }
}
