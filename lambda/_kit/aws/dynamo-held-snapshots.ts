import { type AttributeValue, type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { isSnapshotArn, type SnapshotArn } from '../../../src/contract/ids';
import { EXPORT_MEMORY as FIELDS } from '../../../src/contract/names';
import { type Hold, parseHold } from '../../../src/contract/verdicts';
import type { HeldSnapshots } from '../ports/coverage-access';

/** Pages that are read of one account. A page is 1 MB of the table before the filter: some 80,000 snapshots in all.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html */
const MAX_PAGES = 20;
/** Verdicts that are kept of one account. */
const MAX_HOLDS = 5000;
/** A verdict is two instants, a code and a number. A tag has at most as many characters. */
const MAX_LENGTH = 256;

/**
 * The verdicts in a source's table of exports, as the vault reads them. A principal of the source may have written the items:
 * what `formatHold` would not have written is left out, and so are items beyond the number that an account needs. The filter
 * does not use `size()`: AWS does not document what it does with a number, and one item must not fail the scan.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
 *
 * `snapshot` is a reserved word of DynamoDB.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html
 */
export async function heldSnapshots(client: DynamoDBClient, table: string): Promise<HeldSnapshots> {
  const holds = new Map<SnapshotArn, Hold>();
  const asked = {
    TableName: table,
    ProjectionExpression: '#key, #held',
    FilterExpression: 'attribute_type(#held, :text)',
    ExpressionAttributeNames: { '#key': FIELDS.key, '#held': FIELDS.held },
    ExpressionAttributeValues: { ':text': { S: 'S' } },
  };
  let pages = 0;
  for await (const { Items = [], LastEvaluatedKey } of paginateScan({ client }, asked)) {
    for (const item of Items) {
      const found = heldIn(item);
      if (found && holds.size >= MAX_HOLDS) return { holds, isWhole: false };
      if (found) holds.set(found.arn, found.hold);
    }
    pages += 1;
    if (pages >= MAX_PAGES && LastEvaluatedKey) return { holds, isWhole: false };
  }
  return { holds, isWhole: true };
}

function heldIn(item: Readonly<Record<string, AttributeValue>>): { arn: SnapshotArn; hold: Hold } | undefined {
  const [arn = '', held = ''] = [item[FIELDS.key]?.S, item[FIELDS.held]?.S];
  const hold = held.length <= MAX_LENGTH ? parseHold(held) : undefined;
  return hold && isSnapshotArn(arn) ? { arn, hold } : undefined;
}
