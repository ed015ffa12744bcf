import type { AccountId, Region } from '../../../src/contract/ids';
import type { Alert } from '../../../src/contract/management-alerts';
import type { RegistryEntry } from '../../_kit/ports/registry';

/** One action of enroll-accounts. Entries of accounts that get the tooling are written before the operation, so that the coverage
 * report shows these accounts even if it fails. All other entries are written last: the vault follows the registry. */
export type EnrollmentAction =
  | {
      readonly do: 'create-instances';
      /** Name of the cell whose StackSet is used. */
      readonly cell: string;
      readonly accounts: readonly AccountId[];
      readonly regions: readonly Region[];
      readonly entries: readonly RegistryEntry[];
    }
  | {
      readonly do: 'withdraw-instances';
      readonly cell: string;
      readonly accounts: readonly AccountId[];
      readonly regions: readonly Region[];
      readonly retain: boolean;
      readonly entries: readonly RegistryEntry[];
      readonly alert?: Alert;
    }
  | { readonly do: 'record'; readonly entries: readonly RegistryEntry[]; readonly alert?: Alert }
  /** Sends an alert, unless the last alert with this key had the same text. */
  | { readonly do: 'alert-once'; readonly key: string; readonly alert: Alert };
