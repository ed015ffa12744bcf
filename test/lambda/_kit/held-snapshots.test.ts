import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import * as fc from 'fast-check';
import { heldSnapshots } from '../../../lambda/_kit/aws/dynamo-held-snapshots';
import { formatHold } from '../../../src/contract/verdicts';
import { HERE, SOURCE } from '../../support/pipeline';

const AT = new Date('2026-11-25T01:00:00Z');
const HELD = formatHold({ code: 'copy-refused', count: 2, at: AT });
const arnOf = (at: number | string) => `arn:aws:rds:${HERE}:${SOURCE}:snapshot:awsbackup:job-${at}`;
const item = (at: number | string, held = HELD) => ({ snapshot: { S: arnOf(at) }, held: { S: held } });

const dynamo = mockClient(DynamoDBClient);
beforeEach(() => void dynamo.reset());
const read = () => heldSnapshots(new DynamoDBClient({ region: HERE }), 'checkvalve-export-memory');

test('the verdicts of all pages are read, and nothing else is asked for', async () => {
  const next = { snapshot: { S: arnOf(1) } };
  dynamo.on(ScanCommand).resolves({ Items: [item(1)], LastEvaluatedKey: next });
  dynamo.on(ScanCommand, { ExclusiveStartKey: next }).resolves({ Items: [item(2)] });
  const { holds, isWhole } = await read();
  expect([[...holds.keys()], isWhole]).toEqual([[arnOf(1), arnOf(2)], true]);
  expect(holds.get(arnOf(1) as never)).toEqual({ code: 'copy-refused', count: 2, at: AT });
  expect(dynamo.commandCalls(ScanCommand)[0]?.args[0].input).toMatchObject({
    ProjectionExpression: '#key, #held',
    FilterExpression: 'attribute_type(#held, :text)',
  });
});

test.each([
  ['a number as a verdict', { snapshot: { S: arnOf(1) }, held: { N: '7' } }],
  ['no verdict', { snapshot: { S: arnOf(1) } }],
  ['a verdict that there is not', item(1, `all-is-well 1 ${AT.toISOString()}`)],
  ['a name of a property', item(1, `constructor 1 ${AT.toISOString()}`)],
  ['a count that is none', item(1, `copy-refused 99999 ${AT.toISOString()}`)],
  ['a time that is none', item(1, 'copy-refused 1 tomorrow')],
  ['words after it', item(1, `${HELD} ${AT.toISOString()} <b>`)],
  ['a very long verdict', item(1, `${HELD} ${'9'.repeat(300_000)}`)],
  ['no snapshot', { snapshot: { S: '#note' }, held: { S: HELD } }],
  ['a snapshot in a map', { snapshot: { M: {} }, held: { S: HELD } }],
])('an item with %s is left out, and the next one counts', async (_, odd) => {
  dynamo.on(ScanCommand).resolves({ Items: [odd as never, item(2)] });
  const { holds, isWhole } = await read();
  expect([[...holds.keys()], isWhole]).toEqual([[arnOf(2)], true]);
});

test('whatever stands in an item, reading ends well', async () => {
  const value = fc.oneof(
    fc.record({ S: fc.string({ maxLength: 300 }) }),
    fc.record({ N: fc.string() }),
    fc.record({ S: fc.constantFrom(HELD, arnOf(1), '') }),
    fc.constant({ NULL: true }),
    fc.constant(undefined),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.record({ snapshot: value, held: value })), async (items) => {
      dynamo.on(ScanCommand).resolves({ Items: [...items, item('last')] as never });
      expect((await read()).holds.has(arnOf('last') as never)).toBe(true);
    }),
    { numRuns: 100 },
  );
});

test('a table without end is read for twenty pages', async () => {
  dynamo.on(ScanCommand).resolves({ Items: [item(1)], LastEvaluatedKey: { snapshot: { S: arnOf(1) } } });
  expect(await read()).toMatchObject({ isWhole: false });
  expect(dynamo.commandCalls(ScanCommand)).toHaveLength(20);
});

test('of very many verdicts five thousand are kept', async () => {
  dynamo.on(ScanCommand).resolves({ Items: Array.from({ length: 5001 }, (_, at) => item(at)) });
  const { holds, isWhole } = await read();
  expect([holds.size, isWhole]).toEqual([5000, false]);
});
