import { snapshotArn } from '../../../src/contract/ids';
import { announce, hear, MESSAGE_VERSION } from '../../../src/contract/message';

const COPY = snapshotArn('arn:aws:rds:eu-central-1:222200001111:snapshot:checkvalve-orders-1');
const TOPIC = 'arn:aws:sns:eu-central-1:222200001111:checkvalve-copies';
const OTHER = 'arn:aws:sns:eu-central-1:222200002222:checkvalve-copies';
const notification = (Message: unknown, more: object = {}) =>
  JSON.stringify({ Type: 'Notification', TopicArn: TOPIC, Message, ...more });

test('what a source announces is heard', () => {
  expect(hear(notification(announce(COPY)))).toEqual({
    kind: 'announced',
    copy: COPY,
    topic: TOPIC,
    from: '222200001111',
  });
});

test('a message carries a version, an ARN and nothing else', () => {
  expect(Object.keys(JSON.parse(announce(COPY)) as object)).toEqual(['version', 'copy']);
});

test.each([
  [
    'fields that nobody knows',
    { version: 1, copy: COPY, delete: true, key: 'x', retention: 0, url: 'http://127.0.0.1/' },
  ],
])('%s are ignored', (_, message) => {
  expect(hear(notification(JSON.stringify(message)))).toMatchObject({ kind: 'announced', copy: COPY });
});

test.each([
  ['another account’s snapshot', notification(announce(COPY), { TopicArn: OTHER })],
  ['no topic', notification(announce(COPY), { TopicArn: undefined })],
  [
    'a subscription to be confirmed',
    JSON.stringify({ Type: 'SubscriptionConfirmation', TopicArn: TOPIC, SubscribeURL: 'http://127.0.0.1/' }),
  ],
  ['no envelope', announce(COPY)],
  ['no JSON', 'hello'],
  ['a list', '[]'],
  ['null', 'null'],
  ['a message that is no JSON', notification('hello')],
  ['a message that is no text', notification({ version: 1, copy: COPY })],
  ['no snapshot', notification(JSON.stringify({ version: 1 }))],
  ['a snapshot that is none', notification(JSON.stringify({ version: 1, copy: 'checkvalve-orders-1' }))],
  ['a very long one', notification(JSON.stringify({ version: 1, copy: `${COPY}${'x'.repeat(200_000)}` }))],
])('%s is rejected', (_, body) => {
  expect(hear(body)).toMatchObject({ kind: 'rejected', because: expect.any(String) });
});

test.each([[MESSAGE_VERSION + 1], [0], ['1'], [undefined], [Number.NaN]])(
  'version %p is not understood, and goes back',
  (version) => {
    expect(hear(notification(JSON.stringify({ version, copy: COPY })))).toMatchObject({ kind: 'not-understood' });
  },
);
