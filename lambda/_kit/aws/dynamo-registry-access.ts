import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { CheckvalveError } from '../../../src/contract/errors';
import type { RegistryAccess, RegistryEntry, RegistryReading } from '../ports/registry';
import { followableOf, isEntry, sweptAtOf } from './registry-item';

/** Entries that one reading accepts: more than any organization has accounts. It bounds the memory of a run. */
export const MAX_ENTRIES = 50_000;
/** Unreadable items that one reading names. */
const MAX_UNREADABLE = 100;

/** {@link RegistryAccess} on the registry's table, with credentials of the access role. */
export class DynamoRegistryAccess implements RegistryAccess {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
    private readonly maxEntries = MAX_ENTRIES,
  ) {}

  /** @throws CheckvalveError `LIMIT_EXCEEDED` when the table has more items than any organization has accounts: every run would
   * end without memory or time */
  async read(): Promise<RegistryReading> {
    const entries: RegistryEntry[] = [];
    const unreadable: string[] = [];
    let sweptAt: Date | undefined;
    let items = 0;
    for await (const page of paginateScan({ client: this.client }, { TableName: this.table, ConsistentRead: true })) {
      for (const item of page.Items ?? []) {
        items += 1;
        if (items > this.maxEntries) throw tooLarge(this.table, this.maxEntries);
        sweptAt ??= sweptAtOf(item);
        if (!isEntry(item)) continue;
        try {
          entries.push(followableOf(item));
        } catch (error) {
          const why = error instanceof Error ? error.message : String(error);
          if (unreadable.length < MAX_UNREADABLE) unreadable.push(why.slice(0, 300));
        }
      }
    }
    return { entries, unreadable, ...(sweptAt && { sweptAt }) };
  }
}

const tooLarge = (table: string, max: number) =>
  new CheckvalveError(
    'LIMIT_EXCEEDED',
    `The table ${table} of the management account has more than ${max} items`,
    'The vault continues with the accounts that it has accepted. Find in CloudTrail which principal wrote the items, and delete those that are no accounts.',
  );
