import * as fc from 'fast-check';
import { wakeUp } from '../../../../lambda/management/enroll-accounts/wake-up';
import { ORGANIZATION_EVENTS } from '../../../../src/contract/organization-events';
import { called, SOURCE } from '../../../support/enrollment';

const ADMIN = 'arn:aws:sts::444400003333:assumed-role/admin/a';
const told = (eventName: string, serviceEventDetails: object) => ({
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
    told('CreateAccountResult', { createAccountStatus: { id: 'car-1', state: 'SUCCEEDED', accountId: SOURCE } }),
    [SOURCE],
  ],
  [
    'CreateAccountResult that failed',
    told('CreateAccountResult', {
      createAccountStatus: { id: 'car-1', state: 'FAILED', failureReason: 'EMAIL_ALREADY_EXISTS' },
    }),
    [],
  ],
  [
    'CloseAccountResult',
    told('CloseAccountResult', { closeAccountStatus: { accountId: SOURCE, state: 'SUCCEEDED' } }),
    [SOURCE],
  ],
  [
    'AccountJoinedOrganization',
    told('AccountJoinedOrganization', { accountId: SOURCE, joinedMethod: 'Invited' }),
    [SOURCE],
  ],
  [
    'AccountJoinedOrganization, nested',
    told('AccountJoinedOrganization', { account: { id: SOURCE }, joinedMethod: 'INVITED' }),
    [SOURCE],
  ],
  [
    'AccountDepartedOrganization',
    told('AccountDepartedOrganization', { accountId: SOURCE, departedMethod: 'Left' }),
    [SOURCE],
  ],
  [
    'MoveAccount',
    called('MoveAccount', { accountId: SOURCE, sourceParentId: 'r-ex01', destinationParentId: 'ou-ex01-workload' }),
    [SOURCE],
  ],
  [
    'case 57: TagResource',
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
test.each(SHAPES)('%s says which accounts to look at', (_, event, accounts) => {
  expect(wakeUp(event)).toMatchObject({ look: 'accounts', accounts });
});

test.each([
  ['the daily sweep', { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }],
  ['a new unit', called('CreateOrganizationalUnit', { parentId: 'r-ex01', name: 'new' })],
  ['a unit renamed', called('UpdateOrganizationalUnit', { organizationalUnitId: 'ou-ex01-workload' })],
  ['a unit deleted', called('DeleteOrganizationalUnit', { organizationalUnitId: 'ou-ex01-workload' })],
  ['an account joined, in a shape nobody knows', told('AccountJoinedOrganization', { who: SOURCE })],
  ['an account that is no account id', called('MoveAccount', { accountId: '12' })],
  ['tags of an ARN nobody knows', { source: 'aws.tag', resources: ['arn:aws:iam::1:role/x'], detail: {} }],
  [
    'an event of another service',
    { source: 'aws.ec2', detail: { eventName: 'MoveAccount', requestParameters: { accountId: SOURCE } } },
  ],
  ['a name that is on every object', { source: 'aws.organizations', detail: { eventName: 'constructor' } }],
  ['nothing', undefined],
  ['null', null],
  ['text', 'TagResource'],
])('%s is a reason to look at everything', (_, event) => {
  expect(wakeUp(event).look).toBe('everything');
});

test('whoever called is remembered', () => {
  expect(wakeUp(called('MoveAccount', { accountId: SOURCE })).by).toBe(ADMIN);
  expect(wakeUp(told('CloseAccountResult', { closeAccountStatus: { accountId: SOURCE } })).by).toBe(
    'CloseAccountResult',
  );
});

test('every event that the rule lets through has a shape here', () => {
  const shown = new Set(SHAPES.map(([name]) => name.split(/[ ,]/)[0]));
  const units = ['CreateOrganizationalUnit', 'DeleteOrganizationalUnit', 'UpdateOrganizationalUnit'];
  expect(ORGANIZATION_EVENTS.filter((name) => !units.includes(name) && !shown.has(name))).toEqual([]);
});

test('no event makes it throw, and no account comes out that is no account', () => {
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
  fc.assert(
    fc.property(fc.oneof(anything, odd), (event) => {
      events += 1;
      const woken = wakeUp(event);
      expect(woken.look === 'everything' || woken.accounts.every((id) => /^\d{12}$/.test(id))).toBe(true);
    }),
    { numRuns: 2000 },
  );
  expect(events).toBe(2000);
});
