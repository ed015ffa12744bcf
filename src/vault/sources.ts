import type { Construct } from 'constructs';
import { AccountsTable } from '../constructs/accounts-table';
import { NAMES } from '../contract/names';

/** The table of accounts that the vault accepted, and of decisions of operators. The steps of the vault trust this table, not the
 * registry that `follow-sources` read. */
export class VaultSourcesTable extends AccountsTable {
  constructor(scope: Construct, id: string) {
    super(scope, id, NAMES.sourcesTable);
  }
}
