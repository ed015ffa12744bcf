import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import type { RegistryDoor, RegistryEntry, RegistryReading } from '../ports/registry';
import { followableOf, isEntry, sweptAtOf } from './registry-item';

/** {@link RegistryDoor} on the registry's table, with credentials of the door. */
export class DynamoRegistryDoor implements RegistryDoor {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
  ) {}

  async read(): Promise<RegistryReading> {
    const entries: RegistryEntry[] = [];
    const unreadable: string[] = [];
    let sweptAt: Date | undefined;
    for await (const page of paginateScan({ client: this.client }, { TableName: this.table, ConsistentRead: true })) {
      for (const item of page.Items ?? []) {
        sweptAt ??= sweptAtOf(item);
        if (!isEntry(item)) continue;
        try {
          entries.push(followableOf(item));
        } catch (error) {
          unreadable.push(error instanceof Error ? error.message : String(error));
        }
      }
    }
    return { entries, unreadable, ...(sweptAt && { sweptAt }) };
  }
}
