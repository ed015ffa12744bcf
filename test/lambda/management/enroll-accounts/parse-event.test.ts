import * as fc from 'fast-check';
import { parseEvent } from '../../../../lambda/management/enroll-accounts/parse-event';
import { ORGANIZATION_EVENTS } from '../../../../src/contract/organization-events';
import { called, SOURCE } from '../../../support/enrollment';
import { holds } from '../../../support/holds';

const ADMIN = 'arn:aws:sts::444400003333:assumed-role/admin/a';
const serviceEvent = (eventName: string, serviceEventDetails: object) => ({
  source: 'aws.organizations',
  'detail-type': 'AWS Service Event via CloudTrail',
  detail: {
    eventName,
    eventType: 'AwsServiceEvent',
    userIdentity: { accountId: '444400003333', invokedBy: 'AWS Internal' },
    serviceEventDetails,
  },
});
const party = (id: string, type: string) => ({ id, type });

const SHAPES: readonly (readonly [string, unknown, readonly string[]])[] = [
  [
    'CreateAccountResult',
    serviceEvent('CreateAccountResult', {
      createAccountStatus: { id: 'car-1', state: 'SUCCEEDED', accountId: SOURCE },
    }),
    [SOURCE],
  ],
  [
    'CreateAccountResult that failed',
    serviceEvent('CreateAccountResult', {
      createAccountStatus: { id: 'car-1', state: 'FAILED', failureReason: 'EMAIL_ALREADY_EXISTS' },
    }),
    [],
  ],
  [
    'CloseAccountResult',
    serviceEvent('CloseAccountResult', { closeAccountStatus: { accountId: SOURCE, state: 'SUCCEEDED' } }),
    [SOURCE],
  ],
  [
    'AccountJoinedOrganization',
    serviceEvent('AccountJoinedOrganization', { accountId: SOURCE, joinedMethod: 'Invited' }),
    [SOURCE],
  ],
  [
    'AccountJoinedOrganization, nested',
    serviceEvent('AccountJoinedOrganization', { account: { id: SOURCE }, joinedMethod: 'INVITED' }),
    [SOURCE],
  ],
  [
    'AccountDepartedOrganization',
    serviceEvent('AccountDepartedOrganization', { accountId: SOURCE, departedMethod: 'Left' }),
    [SOURCE],
  ],
  [
    'MoveAccount',
    called('MoveAccount', { accountId: SOURCE, sourceParentId: 'r-ex01', destinationParentId: 'ou-ex01-workload' }),
    [SOURCE],
  ],
  // Case 57.
  [
    'TagResource',
    {
      source: 'aws.organizations',
      region: 'us-east-1',
      detail: {
        eventName: 'TagResource',
        requestParameters: { resourceId: '222200009999', tags: [{ key: 'environment', value: 'production' }] },
      },
    },
    ['222200009999'],
  ],
  ['UntagResource', called('UntagResource', { resourceId: SOURCE, tagKeys: ['environment'] }), [SOURCE]],
  ['TagResource of a unit', called('TagResource', { resourceId: 'ou-ex01-workload', tags: [] }), []],
  ['TagResource of a policy', called('TagResource', { resourceId: 'p-examplepolicy', tags: [] }), []],
  ['CloseAccount', called('CloseAccount', { accountId: SOURCE }), [SOURCE]],
  ['RemoveAccountFromOrganization', called('RemoveAccountFromOrganization', { accountId: SOURCE }), [SOURCE]],
  [
    'AcceptHandshake',
    called(
      'AcceptHandshake',
      { handshakeId: 'h-1' },
      {
        responseElements: { handshake: { parties: [party('exampleorg1', 'ORGANIZATION'), party(SOURCE, 'ACCOUNT')] } },
      },
    ),
    [SOURCE],
  ],
  ['a call that was refused', called('MoveAccount', { accountId: SOURCE }, { errorCode: 'AccessDenied' }), []],
  [
    'a change of tags',
    {
      source: 'aws.tag',
      'detail-type': 'Tag Change on Resource',
      resources: [`arn:aws:organizations::444400003333:account/o-exampleorg1/${SOURCE}`],
      detail: { service: 'organizations', 'resource-type': 'account', 'changed-tag-keys': ['environment'], tags: {} },
    },
    [SOURCE],
  ],
];
test.each(SHAPES)('%s names the accounts to process', (_, event, accounts) => {
  expect(parseEvent(event)).toMatchObject({ scope: 'accounts', accounts });
});

test.each([
  ['the daily sweep', { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }],
  ['a new unit', called('CreateOrganizationalUnit', { parentId: 'r-ex01', name: 'new' })],
  ['a unit renamed', called('UpdateOrganizationalUnit', { organizationalUnitId: 'ou-ex01-workload' })],
  ['a unit deleted', called('DeleteOrganizationalUnit', { organizationalUnitId: 'ou-ex01-workload' })],
  ['an account joined, in an unknown shape', serviceEvent('AccountJoinedOrganization', { joined: SOURCE })],
  ['an account that is no account id', called('MoveAccount', { accountId: '12' })],
  ['tags of an unknown ARN', { source: 'aws.tag', resources: ['arn:aws:iam::1:role/x'], detail: {} }],
  [
    'an event of another service',
    { source: 'aws.ec2', detail: { eventName: 'MoveAccount', requestParameters: { accountId: SOURCE } } },
  ],
  ['a name that is on every object', { source: 'aws.organizations', detail: { eventName: 'constructor' } }],
  ['nothing', undefined],
  ['null', null],
  ['text', 'TagResource'],
])('%s triggers a sweep over all accounts', (_, event) => {
  expect(parseEvent(event).scope).toBe('all');
});

test('the calling principal, or the name of a service event, is kept as the cause', () => {
  expect(parseEvent(called('MoveAccount', { accountId: SOURCE })).by).toBe(ADMIN);
  expect(parseEvent(serviceEvent('CloseAccountResult', { closeAccountStatus: { accountId: SOURCE } })).by).toBe(
    'CloseAccountResult',
  );
});

test('every event that the EventBridge rule matches has a row in this table', () => {
  const listed = new Set(SHAPES.map(([name]) => name.split(/[ ,]/)[0]));
  const units = ['CreateOrganizationalUnit', 'DeleteOrganizationalUnit', 'UpdateOrganizationalUnit'];
  expect(ORGANIZATION_EVENTS.filter((name) => !units.includes(name) && !listed.has(name))).toEqual([]);
});

test('no event makes the parser throw, and every parsed account is an account id', () => {
  const anything = fc.anything({ withNullPrototype: true, maxDepth: 5 });
  const odd = fc.record({
    source: fc.constantFrom('aws.organizations', 'aws.tag', 'aws.events'),
    resources: anything,
    detail: fc.record(
      {
        eventName: fc.constantFrom(...ORGANIZATION_EVENTS),
        requestParameters: anything,
        serviceEventDetails: anything,
        responseElements: anything,
        userIdentity: anything,
      },
      { requiredKeys: ['eventName'] },
    ),
  });
  let events = 0;
  holds(
    fc.property(fc.oneof(anything, odd), (event) => {
      events += 1;
      const trigger = parseEvent(event);
      expect(trigger.scope === 'all' || trigger.accounts.every((id) => /^\d{12}$/.test(id))).toBe(true);
    }),
    { numRuns: 2000 },
  );
  expect(events).toBe(2000);
});
