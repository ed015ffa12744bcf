/** An attribute value or an item, as DynamoDB's JSON has them. */
type Item = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

interface Input {
  readonly TableName: string;
  readonly Item?: Item;
  readonly Key?: Item;
  readonly RequestItems?: Readonly<
    Record<
      string,
      readonly { readonly PutRequest?: { readonly Item: Item }; readonly DeleteRequest?: { readonly Key: Item } }[]
    >
  >;
  readonly ExclusiveStartKey?: { readonly at: { readonly N: string } };
  readonly KeyConditionExpression?: string;
  readonly ExpressionAttributeValues?: Item;
}

type BatchGet = Readonly<Record<string, { readonly Keys: readonly Item[] }>>;

interface Update {
  readonly UpdateExpression: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const batchGet = (wanted: BatchGet, tableOf: (name: string) => StubTable): object => ({
  Responses: Object.fromEntries(
    Object.entries(wanted).map(([name, { Keys }]) => [name, Keys.flatMap((key) => tableOf(name).get(key) ?? [])]),
  ),
});

/** A page of a scan or a query ends at 1 MB.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html */
const PAGE_BYTES = 1024 * 1024;
/** Attributes that are keys in Checkvalve's tables, in the order of partition and sort key. */
const KEYS = ['part', 'account', 'snapshot', 'partition', 'pk', 'id', 'sort', 'sk', 'entry'];

/** A table of DynamoDB as far as the steps of the vault need one to be measured: no conditions, no expressions but equality. */
export class StubTable {
  private readonly items = new Map<string, { readonly item: Item; readonly bytes: number }>();

  constructor(items: readonly Item[]) {
    for (const item of items) this.put(item);
  }

  put(item: Item): void {
    this.items.set(keyOf(item), { item, bytes: Buffer.byteLength(JSON.stringify(item)) });
  }

  /** Items from an offset on, up to a page; with the equalities of a query, only those that match. */
  page(from: number, values: readonly unknown[]): { readonly Items: readonly Item[]; readonly next?: number } {
    const Items: Item[] = [];
    let bytes = 0;
    let at = -1;
    for (const { item, bytes: size } of this.items.values()) {
      at += 1;
      if (at < from) continue;
      if (values.length > 0 && !matches(item, values)) continue;
      if (bytes > 0 && bytes + size > PAGE_BYTES) return { Items, next: at };
      bytes += size;
      Items.push(item);
    }
    return { Items };
  }

  delete(key: Item): void {
    this.items.delete(keyOf(key));
  }

  get(key: Item): Item | undefined {
    return this.items.get(keyOf(key))?.item;
  }

  /** Sets attributes, entries of maps and sums; an item that does not exist fails as the condition of Checkvalve's updates does. */
  update(
    key: Item,
    { UpdateExpression, ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values = {} }: Update,
  ): object {
    const before = this.get(key);
    if (!before) return { __type: 'ConditionalCheckFailedException' };
    const after = structuredClone(before) as Record<string, Record<string, unknown>>;
    for (const set of UpdateExpression.replace(/^SET /, '').split(', ')) {
      const [path = '', value = ''] = set.split(' = ');
      const [attribute = '', entry] = path.split('.');
      const sum = / \+ (:\w+)$/.exec(value)?.[1];
      const result = sum ? { N: String(Number(after[attribute]?.N ?? 0) + Number(values[sum]?.N)) } : values[value];
      if (entry) (after[attribute]?.M as Record<string, unknown>)[names[entry] ?? entry] = result;
      else if (result) after[attribute] = result as Record<string, unknown>;
    }
    this.put(after);
    return { Attributes: after };
  }

  /** The answer to a call. */
  static answer(
    operation: string,
    input: Readonly<Record<string, unknown>>,
    tableOf: (name: string) => StubTable,
  ): object {
    const {
      TableName,
      Item,
      Key,
      RequestItems = {},
      ExclusiveStartKey,
      KeyConditionExpression,
      ExpressionAttributeValues = {},
    } = input as unknown as Input;
    if (operation === 'PutItem' && Item) tableOf(TableName).put(Item);
    if (operation === 'DeleteItem' && Key) tableOf(TableName).delete(Key);
    if (operation === 'GetItem' && Key) return { Item: tableOf(TableName).get(Key) };
    if (operation === 'BatchGetItem') return batchGet(input.RequestItems as BatchGet, tableOf);
    if (operation === 'UpdateItem' && Key) return tableOf(TableName).update(Key, input as unknown as Update);
    for (const [table, requests] of Object.entries(RequestItems)) {
      for (const { PutRequest, DeleteRequest } of requests) {
        if (PutRequest) tableOf(table).put(PutRequest.Item);
        if (DeleteRequest) tableOf(table).delete(DeleteRequest.Key);
      }
    }
    if (operation !== 'Scan' && operation !== 'Query') return {};
    const values = KeyConditionExpression
      ? Object.values(ExpressionAttributeValues).map((value) => Object.values(value)[0])
      : [];
    const { Items, next } = tableOf(TableName).page(Number(ExclusiveStartKey?.at.N ?? 0), values);
    return { Items, Count: Items.length, ...(next !== undefined && { LastEvaluatedKey: { at: { N: String(next) } } }) };
  }
}

const keyOf = (item: Item): string => KEYS.flatMap((key) => Object.values(item[key] ?? {})).join(' ');

/** Whether an item has one of the values as its key. */
const matches = (item: Item, values: readonly unknown[]): boolean =>
  KEYS.some((key) => Object.values(item[key] ?? {}).some((value) => values.includes(value)));
