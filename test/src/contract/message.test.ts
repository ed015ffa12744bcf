import * as fc from 'fast-check';
import { snapshotArn } from '../../../src/contract/ids';
import { MESSAGE_VERSION, notify, parseInboxMessage } from '../../../src/contract/message';
import { holds } from '../../support/holds';

const COPY = snapshotArn('arn:aws:rds:eu-central-1:222200001111:snapshot:checkvalve-orders-1');
const TOPIC = 'arn:aws:sns:eu-central-1:222200001111:checkvalve-copies';
const OTHER = 'arn:aws:sns:eu-central-1:222200002222:checkvalve-copies';
const notification = (Message: unknown, more: object = {}) =>
  JSON.stringify({ Type: 'Notification', TopicArn: TOPIC, Message, ...more });

test('the vault parses the notification of a source', () => {
  expect(parseInboxMessage(notification(notify(COPY)))).toEqual({
    kind: 'notification',
    copy: COPY,
    topic: TOPIC,
    from: '222200001111',
  });
});

test('a message has a version, an ARN and nothing else', () => {
  expect(Object.keys(JSON.parse(notify(COPY)) as object)).toEqual(['version', 'copy']);
});

test.each([
  ['unknown fields', { version: 1, copy: COPY, delete: true, key: 'x', retention: 0, url: 'http://127.0.0.1/' }],
])('%s are ignored', (_, message) => {
  expect(parseInboxMessage(notification(JSON.stringify(message)))).toMatchObject({ kind: 'notification', copy: COPY });
});

test.each([
  ['another account’s snapshot', notification(notify(COPY), { TopicArn: OTHER })],
  [
    'a snapshot of another partition',
    notification(notify('arn:aws-us-gov:rds:us-gov-west-1:222200001111:snapshot:x' as never)),
  ],
  ['a list of snapshots', notification(JSON.stringify({ version: 1, copy: [COPY] }))],
  ['a message that is a list', notification(JSON.stringify([{ version: 1, copy: COPY }]))],
  ['a message that is null', notification('null')],
  ['a topic in a list', notification(notify(COPY), { TopicArn: [TOPIC] })],
  ['no topic', notification(notify(COPY), { TopicArn: undefined })],
  [
    'a confirmation of a subscription',
    JSON.stringify({ Type: 'SubscriptionConfirmation', TopicArn: TOPIC, SubscribeURL: 'http://127.0.0.1/' }),
  ],
  ['no envelope', notify(COPY)],
  ['no JSON', 'hello'],
  ['a list', '[]'],
  ['null', 'null'],
  ['a message that is no JSON', notification('hello')],
  ['a message that is no text', notification({ version: 1, copy: COPY })],
  ['no snapshot', notification(JSON.stringify({ version: 1 }))],
  ['a text that is not a snapshot', notification(JSON.stringify({ version: 1, copy: 'checkvalve-orders-1' }))],
  ['a very long one', notification(JSON.stringify({ version: 1, copy: `${COPY}${'x'.repeat(200_000)}` }))],
])('%s is rejected', (_, body) => {
  expect(parseInboxMessage(body)).toMatchObject({ kind: 'rejected', because: expect.any(String) });
});

test.each([[MESSAGE_VERSION + 1], [0], ['1'], [undefined], [Number.NaN]])(
  'a message of version %p is not understood',
  (version) => {
    expect(parseInboxMessage(notification(JSON.stringify({ version, copy: COPY })))).toMatchObject({
      kind: 'not-understood',
    });
  },
);

test('a vault understands the version of its release and the one before, and no other', () => {
  const received = (version: number, current: number) =>
    parseInboxMessage(notification(JSON.stringify({ version, copy: COPY })), current).kind;
  expect([1, 2, 3, 4].map((version) => received(version, 3))).toEqual([
    'not-understood',
    'notification',
    'notification',
    'not-understood',
  ]);
  expect([0, 1, 2, 3].map((version) => received(version, 2))).toEqual([
    'not-understood',
    'notification',
    'notification',
    'not-understood',
  ]);
});

test('every text is parsed, and only a snapshot of the account of the topic is a notification', () => {
  const piece = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom<unknown>(COPY, TOPIC, OTHER, 'Notification', 1, notify(COPY), undefined),
  );
  const envelope = fc
    .record({ Type: piece, TopicArn: piece, Message: piece }, { requiredKeys: [] })
    .map((value) => JSON.stringify(value));
  // Valid more often than not, so that every run of the test has notifications.
  const mostly = (right: unknown) =>
    fc.oneof({ weight: 2, arbitrary: fc.constant(right) }, { weight: 1, arbitrary: piece });
  const nearly = fc
    .record({ version: mostly(MESSAGE_VERSION), copy: mostly(COPY) })
    .map((message) => notification(JSON.stringify(message)));
  const notified: string[] = [];
  holds(
    fc.property(fc.oneof(fc.string(), fc.json(), envelope, nearly), (body) => {
      const received = parseInboxMessage(body);
      if (received.kind === 'notification') notified.push(`${received.from} ${received.copy}`);
    }),
    { numRuns: 2000 },
  );
  expect(notified.length).toBeGreaterThan(0);
  expect(new Set(notified)).toEqual(new Set([`222200001111 ${COPY}`]));
});
