import { randomUUID } from 'node:crypto';
import {
  type AttributeValue,
  BatchGetItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { decisionKey } from '../../../src/contract/decisions';
import { type AccountId, accountId } from '../../../src/contract/ids';
import { COPY_INDEX as FIELDS } from '../../../src/contract/names';
import { laterThan, merged, packed, unpacked } from '../copy-records';
import type { CopyRecord, OwnCopies, OwnCopiesIndex, OwnCopiesReading } from '../ports/own-copies';
import { compressed, decompressed } from './compressed-records';

type Item = Record<string, AttributeValue>;

/** An item of DynamoDB has at most 400 KB.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const MAX_PART_BYTES = 380_000;
/** Parts that one call reads beside the changes: enough for 80,000 copies. A larger vault lists its copies in every run. */
const MAX_PARTS = 16;
/** Changes that one call writes: an expression has at most 4 KB. */
const CHANGES_PER_CALL = 100;
/** Accounts that one call reads: it has at most 100 keys. */
const MAX_ACCOUNTS = 40;
const TRIES = 4;

const partKey = (at: number): Item => ({ [FIELDS.key]: { S: `base-${at}` } });
const HEAD: Item = { [FIELDS.key]: { S: 'changes' } };

/**
 * {@link OwnCopies} on a table of DynamoDB. One item has all changes and names the generation of the listing; other items have the
 * listing in compressed parts. One call reads all of them, and the entries of accounts in the table of sources.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
 */
export class DynamoOwnCopies implements OwnCopies {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
    private readonly sourcesTable: string,
  ) {}

  async read(accounts: readonly AccountId[]): Promise<OwnCopiesReading> {
    const asked = accounts.slice(0, MAX_ACCOUNTS);
    const keys = asked.flatMap((account): Item[] => [
      { account: { S: account } },
      { account: { S: decisionKey({ kind: 'evicted', subject: account }) } },
    ]);
    const parts = Array.from({ length: MAX_PARTS }, (_, at) => partKey(at));
    const found = await this.get({
      [this.table]: [HEAD, ...parts],
      ...(keys.length > 0 && { [this.sourcesTable]: keys }),
    });
    const entries = new Map((found[this.sourcesTable] ?? []).map((item) => [item.account?.S ?? '', item]));
    const isFollowed = (account: AccountId) =>
      ['enrolled', 'leaving'].includes(entries.get(account)?.state?.S ?? '') &&
      !entries.has(decisionKey({ kind: 'evicted', subject: account }));
    const index = indexOf(found[this.table] ?? []);
    return { followed: new Set(asked.filter(isFollowed)), ...(index && { index }) };
  }

  async record(changes: readonly CopyRecord[], hasWaiting?: boolean): Promise<{ readonly hasWaiting: boolean }> {
    let waits = false;
    for (let at = 0; at === 0 || at < changes.length; at += CHANGES_PER_CALL) {
      waits = await this.change(changes.slice(at, at + CHANGES_PER_CALL), hasWaiting);
    }
    return { hasWaiting: waits };
  }

  async replace(
    { records, listedAt, followed }: Omit<OwnCopiesIndex, 'hasWaiting'>,
    hasWaiting: boolean,
  ): Promise<void> {
    const parts = compressed(records, MAX_PART_BYTES);
    if (parts.length > MAX_PARTS) throw new Error(`the index would have ${parts.length} parts, more than ${MAX_PARTS}`);
    const generation = randomUUID();
    // The parts first: a run that reads them before the head finds another generation, and lists the copies itself.
    for (const [at, data] of parts.entries()) {
      const Item = { ...partKey(at), [FIELDS.generation]: { S: generation }, [FIELDS.data]: { B: data } };
      await this.client.send(new PutItemCommand({ TableName: this.table, Item }));
    }
    await this.replaceHead({ listedAt, followed, hasWaiting, generation, parts: parts.length });
  }

  /** Makes the parts of a generation the index, with the changes that they may not have. */
  private async replaceHead({ listedAt, followed, hasWaiting, generation, parts }: Head): Promise<void> {
    for (let tried = 0; ; tried += 1) {
      const { Item: before } = await this.client.send(
        new GetItemCommand({ TableName: this.table, Key: HEAD, ConsistentRead: true }),
      );
      const kept = laterThan(changesOf(before), listedAt);
      const Item: Item = {
        ...HEAD,
        [FIELDS.generation]: { S: generation },
        [FIELDS.parts]: { N: String(parts) },
        [FIELDS.listedAt]: { S: listedAt.toISOString() },
        [FIELDS.followed]: { L: followed.map((S) => ({ S })) },
        [FIELDS.hasWaiting]: { BOOL: hasWaiting },
        [FIELDS.revision]: { N: String(Number(before?.[FIELDS.revision]?.N ?? 0) + 1) },
        [FIELDS.changes]: { M: Object.fromEntries(kept.map((one) => [nameOf(one), packedValue(one)])) },
      };
      try {
        await this.client.send(new PutItemCommand({ TableName: this.table, Item, ...unchangedSince(before) }));
        return;
      } catch (error) {
        // Another run has recorded a change in between: it must not be lost.
        if (!isConditionFailed(error) || tried === TRIES) throw error;
      }
    }
  }

  private async change(changes: readonly CopyRecord[], hasWaiting: boolean | undefined): Promise<boolean> {
    const sets = changes.map((_, at) => `${FIELDS.changes}.#${at} = :${at}`);
    const waiting = hasWaiting === undefined ? FIELDS.hasWaiting : ':waiting';
    const command = new UpdateItemCommand({
      TableName: this.table,
      Key: HEAD,
      UpdateExpression: `SET ${[...sets, `${FIELDS.hasWaiting} = ${waiting}`, `${FIELDS.revision} = ${FIELDS.revision} + :one`].join(', ')}`,
      ConditionExpression: `attribute_exists(${FIELDS.changes})`,
      ...(changes.length > 0 && {
        ExpressionAttributeNames: Object.fromEntries(changes.map((one, at) => [`#${at}`, nameOf(one)])),
      }),
      ExpressionAttributeValues: {
        ':one': { N: '1' },
        ...(hasWaiting !== undefined && { ':waiting': { BOOL: hasWaiting } }),
        ...Object.fromEntries(changes.map((one, at) => [`:${at}`, packedValue(one)])),
      },
      // AWS does not say whether an attribute that keeps its value counts as updated.
      ReturnValues: 'ALL_NEW',
    });
    try {
      const { Attributes } = await this.client.send(command);
      return Attributes?.[FIELDS.hasWaiting]?.BOOL ?? false;
    } catch (error) {
      // Without an index there is nothing to keep up to date: the next run writes one.
      if (isConditionFailed(error)) return true;
      throw error;
    }
  }

  /** Reads items of both tables. DynamoDB may leave some for another call. */
  private async get(wanted: Readonly<Record<string, Item[]>>): Promise<Readonly<Record<string, readonly Item[]>>> {
    const found: Record<string, Item[]> = {};
    let left: Readonly<Record<string, { readonly Keys: Item[] | undefined; readonly ConsistentRead: boolean }>> =
      Object.fromEntries(Object.entries(wanted).map(([table, Keys]) => [table, { Keys, ConsistentRead: true }]));
    for (let tried = 0; Object.keys(left).length > 0; tried += 1) {
      if (tried > TRIES) throw new Error('DynamoDB left items of the index unread');
      const { Responses = {}, UnprocessedKeys = {} } = await this.client.send(
        new BatchGetItemCommand({ RequestItems: { ...left } }),
      );
      for (const [table, items] of Object.entries(Responses)) found[table] = [...(found[table] ?? []), ...items];
      left = Object.fromEntries(
        Object.entries(UnprocessedKeys).map(([table, { Keys }]) => [table, { Keys, ConsistentRead: true }]),
      );
    }
    return found;
  }
}

interface Head extends Omit<OwnCopiesIndex, 'records'> {
  readonly generation: string;
  readonly parts: number;
}

/** Writes only over what was read. */
function unchangedSince(before: Item | undefined) {
  const seen = before?.[FIELDS.revision]?.N;
  if (seen === undefined) return { ConditionExpression: `attribute_not_exists(${FIELDS.revision})` };
  return { ConditionExpression: `${FIELDS.revision} = :seen`, ExpressionAttributeValues: { ':seen': { N: seen } } };
}

const nameOf = ({ copy }: CopyRecord): string => `${copy.kind}/${copy.name}`;
const packedValue = (record: CopyRecord): AttributeValue => ({ S: JSON.stringify(packed(record)) });

const isConditionFailed = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ConditionalCheckFailedException';

function changesOf(head: Item | undefined): readonly CopyRecord[] {
  return Object.values(head?.[FIELDS.changes]?.M ?? {}).flatMap(({ S }) => unpacked(JSON.parse(S ?? 'null')) ?? []);
}

/** The index; undefined where it is missing, not whole, or damaged. */
function indexOf(items: readonly Item[]): OwnCopiesIndex | undefined {
  const of = new Map(items.map((item) => [item[FIELDS.key]?.S ?? '', item]));
  const head = of.get('changes');
  if (!head) return undefined;
  try {
    const listing = Array.from({ length: Number(head[FIELDS.parts]?.N) }, (_, at) => {
      const part = of.get(`base-${at}`);
      const data = part?.[FIELDS.data]?.B;
      if (!data || part[FIELDS.generation]?.S !== head[FIELDS.generation]?.S) throw new Error('a part is missing');
      return decompressed(data);
    });
    const listedAt = new Date(head[FIELDS.listedAt]?.S ?? '');
    if (Number.isNaN(listedAt.getTime())) return undefined;
    return {
      records: merged(listing.flat(), changesOf(head)),
      listedAt,
      followed: (head[FIELDS.followed]?.L ?? []).map(({ S }) => accountId(S)),
      hasWaiting: head[FIELDS.hasWaiting]?.BOOL ?? true,
    };
  } catch {
    return undefined;
  }
}
