import {
  BatchGetItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  paginateScan,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { HOUR } from '../../../src/contract/durations';
import { CheckvalveError } from '../../../src/contract/errors';
import type { AccountId } from '../../../src/contract/ids';
import { earlierAlertNote } from '../../../src/contract/release-0-1-0';
import type { Page } from '../ports/organization';
import { type EnrollmentRegistry, REFUSAL_PAUSE_HOURS, type RegistryEntry, type SweepState } from '../ports/registry';
import { entryOf, type Item, isEntry, itemOf, NOTE, SWEEP } from './registry-item';

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const MAX_KEYS = 100;
const MAX_ENTRIES = 100;
const MAX_TRIES = 5;

const isRefused = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ConditionalCheckFailedException';

/** {@link EnrollmentRegistry} on the registry's table. Notes of the sweep stand beside the entries. */
export class DynamoEnrollment implements EnrollmentRegistry {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
  ) {}

  async of(accounts: readonly AccountId[]): Promise<ReadonlyMap<AccountId, RegistryEntry>> {
    const items = await this.read(accounts);
    return new Map(items.map(entryOf).map((entry) => [entry.account, entry]));
  }

  async page(from?: string): Promise<Page<RegistryEntry>> {
    const { Items = [], LastEvaluatedKey } = await this.client.send(
      new ScanCommand({
        TableName: this.table,
        ConsistentRead: true,
        Limit: MAX_ENTRIES,
        ExclusiveStartKey: from ? { account: { S: from } } : undefined,
      }),
    );
    return { items: Items.filter(isEntry).map(entryOf), next: LastEvaluatedKey?.account?.S };
  }

  /** One scan. It reads three attributes of each entry and keeps only the counts, so that its memory is bounded. */
  async cellLoad(): Promise<ReadonlyMap<string | undefined, number>> {
    const load = new Map<string | undefined, number>();
    const scan = {
      TableName: this.table,
      ConsistentRead: true,
      ProjectionExpression: 'account, #state, departed, cell, moving',
      ExpressionAttributeNames: { '#state': 'state' },
    };
    for await (const { Items = [] } of paginateScan({ client: this.client }, scan)) {
      for (const item of Items.filter(isEntry)) {
        const { state, departed, cell, moving } = entryOf(item);
        if (state === 'left' && !departed) continue;
        const counted = moving?.to ?? cell;
        load.set(counted, (load.get(counted) ?? 0) + 1);
      }
    }
    return load;
  }

  async change(entry: RegistryEntry): Promise<void> {
    const { revision: seen } = entry;
    const item = itemOf({ ...entry, revision: (seen ?? 0) + 1 });
    const written =
      seen === undefined
        ? await this.write(item, 'attribute_not_exists(revision)')
        : await this.write(item, 'revision = :seen', { ':seen': { N: String(seen) } });
    if (written) return;
    const message = `The registry entry of ${entry.account} was changed by another run meanwhile`;
    throw new CheckvalveError('STEP_FAILED', message, 'Nothing is lost: the account is looked at again.');
  }

  async recordAlert(about: string, text: string): Promise<boolean> {
    const [key, earlier] = [`${NOTE}alerted:${about}`, earlierAlertNote(about)];
    const notes = await this.read([key, `${NOTE}${earlier.key}`]);
    const isRecorded = notes.length === 1 && notes[0]?.[earlier.attribute]?.S === text;
    const item = { account: { S: key }, alerted: { S: text } };
    const isNew = 'attribute_not_exists(alerted) OR alerted <> :alerted';
    return (await this.write(item, isNew, { ':alerted': { S: text } })) && !isRecorded;
  }

  async recordRefusal(call: string, now: Date): Promise<Date> {
    const note = `${NOTE}refused:${call}`;
    const [item] = await this.read([note]);
    const last = new Date(item?.last?.S ?? '');
    const goesOn = now.getTime() - last.getTime() < REFUSAL_PAUSE_HOURS * HOUR;
    const since = goesOn ? new Date(item?.since?.S ?? '') : now;
    const noted = { account: { S: note }, since: { S: since.toISOString() }, last: { S: now.toISOString() } };
    await this.client.send(new PutItemCommand({ TableName: this.table, Item: noted }));
    return since;
  }

  async sweep(): Promise<SweepState | undefined> {
    const [item] = await this.read([SWEEP]);
    return item?.sweep?.S ? (JSON.parse(item.sweep.S) as SweepState) : undefined;
  }

  replaceSweep(seen: SweepState | undefined, next: SweepState): Promise<boolean> {
    const item = { account: { S: SWEEP }, sweep: { S: JSON.stringify(next) } };
    if (!seen) return this.write(item, 'attribute_not_exists(sweep)');
    return this.write(item, 'sweep = :seen', { ':seen': { S: JSON.stringify(seen) } });
  }

  private async write(Item: Item, ConditionExpression: string, values?: Item): Promise<boolean> {
    try {
      await this.client.send(
        new PutItemCommand({
          TableName: this.table,
          Item,
          ConditionExpression,
          ExpressionAttributeValues: values,
        }),
      );
      return true;
    } catch (error) {
      if (isRefused(error)) return false;
      throw error;
    }
  }

  /** All of the items that are there. What DynamoDB leaves over is asked for again. */
  private async read(keys: readonly string[]): Promise<readonly Item[]> {
    const found: Item[] = [];
    for (let at = 0; at < keys.length; at += MAX_KEYS) {
      let left = [...new Set(keys.slice(at, at + MAX_KEYS))].map((S): Item => ({ account: { S } }));
      for (let asked = 0; left.length > 0; asked += 1) {
        if (asked >= MAX_TRIES) {
          const message = `DynamoDB left ${left.length} entries of ${this.table} unread`;
          throw new CheckvalveError('INCOMPLETE_LISTING', message, 'Nothing was decided; the next run tries again.');
        }
        const request = { [this.table]: { Keys: left, ConsistentRead: true } };
        const { Responses, UnprocessedKeys } = await this.client.send(
          new BatchGetItemCommand({ RequestItems: request }),
        );
        for (const one of Responses?.[this.table] ?? []) found.push(one);
        left = UnprocessedKeys?.[this.table]?.Keys ?? [];
      }
    }
    return found;
  }
}
