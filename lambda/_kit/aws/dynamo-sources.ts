import { type DynamoDBClient, PutItemCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import { type Decision, decisionOfKey } from '../../../src/contract/decisions';
import { SOURCE_NOTES } from '../../../src/contract/names';
import type { RegistryEntry } from '../ports/registry';
import type { Sources, SourcesKnown } from '../ports/sources';
import { entryOf, type Item, isEntry, itemOf } from './registry-item';

/** A decision of a person, as a list of one; empty for any other item. */
function decisionOf({ account, by, at, because }: Item): readonly Decision[] {
  const key = decisionOfKey(account?.S ?? '');
  return key ? [{ ...key, by: by?.S ?? '', at: at?.S ?? '', ...(because?.S && { because: because.S }) }] : [];
}

/** {@link Sources} on the vault's table. What people decided, and when the registry was read, stand beside the entries. */
export class DynamoSources implements Sources {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
  ) {}

  async known(): Promise<SourcesKnown> {
    const items: Item[] = [];
    for await (const page of paginateScan({ client: this.client }, { TableName: this.table, ConsistentRead: true })) {
      for (const one of page.Items ?? []) items.push(one);
    }
    return {
      entries: items.filter(isEntry).map(entryOf),
      decisions: items.flatMap(decisionOf),
      lastRead: items.find(({ account }) => account?.S === SOURCE_NOTES.reading)?.readAt?.S,
    };
  }

  async put(entry: RegistryEntry): Promise<void> {
    await this.client.send(new PutItemCommand({ TableName: this.table, Item: itemOf(entry) }));
  }

  async noteReading(at: Date, entries: number): Promise<void> {
    const Item = {
      account: { S: SOURCE_NOTES.reading },
      readAt: { S: at.toISOString() },
      entries: { N: String(entries) },
    };
    await this.client.send(new PutItemCommand({ TableName: this.table, Item }));
  }
}
