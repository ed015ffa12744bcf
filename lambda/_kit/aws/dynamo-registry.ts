import { type DynamoDBClient, PutItemCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import type { Registry, RegistryEntry } from '../ports/registry';
import { entryOf, isEntry, itemOf } from './registry-item';

/** {@link Registry} on a DynamoDB table with the key `account`. */
export class DynamoRegistry implements Registry {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
    /** Entries that are left out do not count. */
    private readonly counts: (entry: RegistryEntry) => boolean = () => true,
  ) {}

  async entries(): Promise<readonly RegistryEntry[]> {
    const found: RegistryEntry[] = [];
    for await (const page of paginateScan({ client: this.client }, { TableName: this.table, ConsistentRead: true })) {
      for (const one of (page.Items ?? []).filter(isEntry).map(entryOf)) {
        if (this.counts(one)) found.push(one);
      }
    }
    return found;
  }

  async put(entry: RegistryEntry): Promise<void> {
    await this.client.send(new PutItemCommand({ TableName: this.table, Item: itemOf(entry) }));
  }
}
