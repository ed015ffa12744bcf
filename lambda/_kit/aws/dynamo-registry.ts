import { type DynamoDBClient, PutItemCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import type { Registry, RegistryDoor, RegistryEntry, RegistryReading } from '../ports/registry';
import { entryOf, isEntry, itemOf, sweptAtOf } from './registry-item';

/** {@link Registry} and {@link RegistryDoor} on a DynamoDB table with the key `account`. */
export class DynamoRegistry implements Registry, RegistryDoor {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
  ) {}

  async read(): Promise<RegistryReading> {
    const entries: RegistryEntry[] = [];
    let sweptAt: Date | undefined;
    for await (const page of paginateScan({ client: this.client }, { TableName: this.table, ConsistentRead: true })) {
      const items = page.Items ?? [];
      entries.push(...items.filter(isEntry).map(entryOf));
      sweptAt ??= items.map(sweptAtOf).find(Boolean);
    }
    return { entries, ...(sweptAt && { sweptAt }) };
  }

  async entries(): Promise<readonly RegistryEntry[]> {
    return (await this.read()).entries;
  }

  async put(entry: RegistryEntry): Promise<void> {
    await this.client.send(new PutItemCommand({ TableName: this.table, Item: itemOf(entry) }));
  }
}
