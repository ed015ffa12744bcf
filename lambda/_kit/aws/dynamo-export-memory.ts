import { type AttributeValue, type DynamoDBClient, paginateScan, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { isSnapshotArn, type SnapshotArn } from '../../../src/contract/ids';
import { EXPORT_MEMORY as FIELDS } from '../../../src/contract/names';
import { currentItem } from '../../../src/contract/release-0-1-0';
import type { ExportMemory, Remembered } from '../ports/export-memory';

/** {@link ExportMemory} on a DynamoDB table with the key `snapshot`; DynamoDB deletes items after `expiresAt`. */
export class DynamoExportMemory implements ExportMemory {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
  ) {}

  async all(): Promise<ReadonlyMap<SnapshotArn, Remembered>> {
    const found = new Map<SnapshotArn, Remembered>();
    for await (const page of paginateScan({ client: this.client }, { TableName: this.table, ConsistentRead: true })) {
      for (const item of page.Items ?? []) {
        const arn = item[FIELDS.key]?.S ?? '';
        if (isSnapshotArn(arn)) found.set(arn, remembered(item));
      }
    }
    return found;
  }

  async remember(snapshot: SnapshotArn, { importedAt, held, expiresAt }: Remembered): Promise<void> {
    const sets = [
      ...(importedAt === undefined ? [] : [`${FIELDS.importedAt} = :importedAt`]),
      ...(held === undefined ? [] : [`${FIELDS.held} = :held`]),
      `${FIELDS.expiresAt} = :expiresAt`,
    ];
    await this.client.send(
      new UpdateItemCommand({
        TableName: this.table,
        Key: { [FIELDS.key]: { S: snapshot } },
        UpdateExpression: `SET ${sets.join(', ')}`,
        ExpressionAttributeValues: {
          ...(importedAt !== undefined && { ':importedAt': { S: importedAt } }),
          ...(held !== undefined && { ':held': { S: held } }),
          ':expiresAt': { N: String(Math.ceil(expiresAt.getTime() / 1000)) },
        },
      }),
    );
  }
}

function remembered(stored: Readonly<Record<string, AttributeValue>>): Remembered {
  const item = currentItem(stored);
  const [importedAt, held] = [item[FIELDS.importedAt]?.S, item[FIELDS.held]?.S];
  const expiresAt = new Date(Number(item[FIELDS.expiresAt]?.N ?? 0) * 1000);
  return { ...(importedAt && { importedAt }), ...(held && { held }), expiresAt };
}
