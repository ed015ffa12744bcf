import { inboxRecords, parseNotifications } from '../../../../lambda/vault/import-copies/parse-notifications';
import { type AccountId, accountId, snapshotArn } from '../../../../src/contract/ids';
import { notify } from '../../../../src/contract/message';
import { copiesTopicArn, NAMES } from '../../../../src/contract/names';
import { HERE, OTHER, SOURCE, VAULT } from '../../../support/pipeline';

const STRANGER = accountId('444400003333');
const INBOX = `arn:aws:sqs:${HERE}:${VAULT}:${NAMES.inbox}`;
const copyIn = (account: AccountId) => snapshotArn(`arn:aws:rds:${HERE}:${account}:snapshot:checkvalve-orders`);
const record = (messageId: string, body: string, eventSourceARN = INBOX) => ({ messageId, body, eventSourceARN });
const sent = (account: AccountId, message = notify(copyIn(account))) =>
  JSON.stringify({ Type: 'Notification', TopicArn: copiesTopicArn(account, HERE), Message: message });
const newer = (account: AccountId) => sent(account, JSON.stringify({ version: 99, copy: copyIn(account) }));

/** What a batch with these bodies is parsed to, and what is logged. */
function parsed(...bodies: readonly string[]) {
  const logged: (readonly [string, unknown])[] = [];
  const event = { Records: bodies.map((body, at) => record(`m${at}`, body)) };
  const notifications = parseNotifications(
    event,
    new Set([SOURCE, OTHER]),
    (name, fields) => void logged.push([name, fields]),
  );
  return { ...notifications, received: Object.fromEntries(notifications.received), logged };
}

test('a notification of a followed account is counted, and no message returns to the inbox', () => {
  expect(parsed(sent(SOURCE), sent(OTHER), sent(SOURCE))).toEqual({
    returned: [],
    rejected: 0,
    received: { [SOURCE]: 2, [OTHER]: 1 },
    copies: [copyIn(SOURCE), copyIn(OTHER), copyIn(SOURCE)],
    isRejected: false,
    logged: [['notifications.received', { accounts: { [SOURCE]: 2, [OTHER]: 1 } }]],
  });
});

test('a message of an unknown version is counted, logged, and returns to the inbox', () => {
  expect(parsed(newer(SOURCE))).toEqual({
    returned: ['m0'],
    rejected: 0,
    received: { [SOURCE]: 1 },
    copies: [],
    isRejected: false,
    logged: [
      ['message.not-understood', { messageId: 'm0', account: SOURCE, because: 'message version 99' }],
      ['notifications.received', { accounts: { [SOURCE]: 1 } }],
    ],
  });
});

test.each<[what: string, body: string, because: string, topic: string | undefined]>([
  ['of an account that is not followed', sent(STRANGER), 'account-not-accepted', copiesTopicArn(STRANGER, HERE)],
  ['of such an account in an unknown version', newer(STRANGER), 'account-not-accepted', copiesTopicArn(STRANGER, HERE)],
  ['that SNS did not send', notify(copyIn(SOURCE)), 'it is not an SNS notification', undefined],
  [
    'about another account’s snapshot',
    sent(SOURCE, notify(copyIn(OTHER))),
    'the topic and the snapshot belong to different accounts',
    copiesTopicArn(SOURCE, HERE),
  ],
])('a message %s is rejected and logged, and does not return to the inbox', (_, body, because, topic) => {
  expect(parsed(body)).toEqual({
    returned: [],
    rejected: 1,
    received: {},
    copies: [],
    isRejected: true,
    logged: [['message.rejected', { messageId: 'm0', because, topic }]],
  });
});

test('a run is rejected when all of its messages are, and not when one of them is not', () => {
  expect(parsed(sent(STRANGER), newer(STRANGER))).toMatchObject({ rejected: 2, isRejected: true });
  expect(parsed(sent(STRANGER), sent(SOURCE))).toMatchObject({ rejected: 1, isRejected: false });
  expect(parsed()).toEqual({ returned: [], rejected: 0, received: {}, copies: [], isRejected: false, logged: [] });
});

test.each<[what: string, event: unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['a rule’s event', { source: 'aws.rds' }],
  ['records that are not a list', { Records: 'x' }],
  ['a record that is nothing', { Records: [null, undefined, 'x'] }],
  ['a record without an id', { Records: [{ ...record('m', 'b'), messageId: undefined }] }],
  ['a record without a body', { Records: [{ ...record('m', 'b'), body: 7 }] }],
  ['a record of no queue', { Records: [{ messageId: 'm', body: 'b' }] }],
  ['a record of another queue', { Records: [record('m', 'b', INBOX.replace(NAMES.inbox, NAMES.wakeups))] }],
  [
    'a record of a queue whose name ends alike',
    { Records: [record('m', 'b', INBOX.replace(NAMES.inbox, `x-${NAMES.inbox}`))] },
  ],
  ['a record of a queue whose name begins alike', { Records: [record('m', 'b', `${INBOX}-2`)] }],
])('%s wakes the step without messages', (_, event) => expect(inboxRecords(event)).toEqual([]));

test('of several records, those of the inbox are read', () => {
  const [one, two] = [record('one', 'b'), record('two', 'c')];
  expect(inboxRecords({ Records: [one, null, record('x', 'b', 'arn:aws:sqs:x:y:z'), two] })).toEqual([one, two]);
});
