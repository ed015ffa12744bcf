import type { Access } from '../../src/trust/implied/access';
import type { PolicyBook } from '../../src/trust/policy-book';
import type { Probe } from './must-be-refused';

const MANAGEMENT = '444400003333';
const OPERATOR = `arn:aws:iam::${MANAGEMENT}:role/operator`;
const ALARMS = { service: 'cloudwatch.amazonaws.com' } as const;
const TOPIC = `arn:aws:sns:us-east-1:${MANAGEMENT}:checkvalve-alerts`;
const TLS = { 'aws:SecureTransport': 'true' };
const NO_TLS = { 'aws:SecureTransport': 'false' };
const from = (account: string) => ({ 'aws:SourceAccount': account });

const access = (action: string, resource: string, context: Access['context'] = {}): Access => ({
  action,
  resource,
  resourceAccount: MANAGEMENT,
  context: { ...TLS, ...context },
  page: 'a probe',
});

const queuesOf = (book: PolicyBook): readonly string[] =>
  book.policies
    .filter(({ kind, ownerArn }) => kind === 'resource' && ownerArn.startsWith(`arn:aws:sqs:us-east-1:${MANAGEMENT}:`))
    .map(({ ownerArn }) => ownerArn);

const alertsKeyOf = (book: PolicyBook): string =>
  book.policies.find(({ ownerArn }) => ownerArn.startsWith(`arn:aws:kms:us-east-1:${MANAGEMENT}:`))?.ownerArn ?? '';

/** What an alarm of CloudWatch needs to send a message. */
const alarm = (book: PolicyBook, account: string): readonly Access[] => [
  access('sns:Publish', TOPIC, from(account)),
  access('kms:Decrypt', alertsKeyOf(book), from(account)),
  access('kms:GenerateDataKey', alertsKeyOf(book), from(account)),
];

/** What the conditions of the management account are there to prevent. */
export const refusedInManagement = (book: PolicyBook): readonly Probe[] => [
  ...queuesOf(book).map((queue) => ({
    name: `an operator reads ${queue} without TLS`,
    principal: OPERATOR,
    access: access('sqs:ReceiveMessage', queue, NO_TLS),
    allowsItselfAll: true,
  })),
  {
    name: 'a step sends an alert without TLS',
    principal: `arn:aws:iam::${MANAGEMENT}:role/checkvalve-enroll-accounts`,
    access: access('sns:Publish', TOPIC, NO_TLS),
  },
  ...alarm(book, '111122223333').map((one) => ({
    name: `an alarm of another account asks for ${one.action}`,
    principal: ALARMS,
    access: one,
  })),
];

/** What must go on working there, and no rehearsal of every day asks for. */
export const allowedInManagement = (book: PolicyBook): readonly Probe[] => [
  ...queuesOf(book).map((queue) => ({
    name: `an operator reads ${queue}`,
    principal: OPERATOR,
    access: access('sqs:ReceiveMessage', queue),
    allowsItselfAll: true,
  })),
  {
    name: 'an operator looks after the key of the alerts',
    principal: OPERATOR,
    access: access('kms:DescribeKey', alertsKeyOf(book)),
    allowsItselfAll: true,
  },
  ...['enroll-accounts', 'watch-rollout'].map((step) => ({
    name: `${step} sends an alert`,
    principal: `arn:aws:iam::${MANAGEMENT}:role/checkvalve-${step}`,
    access: access('sns:Publish', TOPIC),
  })),
  ...alarm(book, MANAGEMENT).map((one) => ({
    name: `an alarm asks for ${one.action}`,
    principal: ALARMS,
    access: one,
  })),
];
