// Longer than most: all tests share one emulator, whose start takes longer than any of them.
import {
  AttachPolicyCommand,
  CloseAccountCommand,
  CreateOrganizationalUnitCommand,
  CreatePolicyCommand,
  DescribeAccountCommand,
  DescribeOrganizationalUnitCommand,
  DescribeOrganizationCommand,
  ListAccountsCommand,
  ListAccountsForParentCommand,
  ListChildrenCommand,
  ListOrganizationalUnitsForParentCommand,
  ListParentsCommand,
  ListPoliciesForTargetCommand,
  ListRootsCommand,
  ListTagsForResourceCommand,
  MoveAccountCommand,
  RemoveAccountFromOrganizationCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-organizations';
import {
  type Clients,
  clients,
  deploy,
  errorOf,
  inlineFunction,
  MANAGEMENT,
  MISSING_TAG,
  ORGANIZATION,
  OTHER_SOURCE,
  role,
  ruleFor,
  SOURCE,
  useEmulator,
  VAULT,
} from './emulator-world';

const emulator = useEmulator();
const PROD = 'ou-ab12-22222222';
const OTHER = 'ou-ab12-33333333';
let management: Clients;
let organizations: Clients['organizations'];

beforeEach(async () => {
  management = clients(emulator(), MANAGEMENT, 'us-east-1');
  organizations = management.organizations;
});

describe('an organization', () => {
  beforeEach(() => emulator().buildOrganization(ORGANIZATION));

  test('is built with the given ids, OUs, states and tags', async () => {
    expect((await organizations.send(new DescribeOrganizationCommand({}))).Organization).toMatchObject({
      Id: 'o-abcde12345',
      MasterAccountId: MANAGEMENT,
    });
    expect((await organizations.send(new ListRootsCommand({}))).Roots).toMatchObject([{ Id: 'r-ab12' }]);
    const { Accounts } = await organizations.send(new ListAccountsCommand({}));
    expect(Accounts?.map(({ Id, State, Paths }) => ({ Id, State, Paths }))).toEqual([
      { Id: MANAGEMENT, State: 'ACTIVE', Paths: [`o-abcde12345/r-ab12/${MANAGEMENT}/`] },
      { Id: SOURCE, State: 'ACTIVE', Paths: [`o-abcde12345/r-ab12/ou-ab12-11111111/${PROD}/${SOURCE}/`] },
      { Id: OTHER_SOURCE, State: 'SUSPENDED', Paths: [`o-abcde12345/r-ab12/ou-ab12-11111111/${OTHER_SOURCE}/`] },
      { Id: MISSING_TAG, State: 'ACTIVE', Paths: [`o-abcde12345/r-ab12/${OTHER}/${MISSING_TAG}/`] },
    ]);
    const { Tags } = await organizations.send(new ListTagsForResourceCommand({ ResourceId: SOURCE }));
    expect(Tags).toEqual([{ Key: 'environment', Value: 'production' }]);
  });

  test('can be listed from the root down and from an account up', async () => {
    const children = async (ParentId: string, ChildType: 'ACCOUNT' | 'ORGANIZATIONAL_UNIT') =>
      (await organizations.send(new ListChildrenCommand({ ParentId, ChildType }))).Children?.map(({ Id }) => Id);
    expect(await children('r-ab12', 'ORGANIZATIONAL_UNIT')).toEqual(['ou-ab12-11111111', OTHER]);
    expect(await children('ou-ab12-11111111', 'ACCOUNT')).toEqual([OTHER_SOURCE]);
    const units = await organizations.send(
      new ListOrganizationalUnitsForParentCommand({ ParentId: 'ou-ab12-11111111' }),
    );
    expect(units.OrganizationalUnits).toMatchObject([{ Id: PROD, Name: 'Prod' }]);
    expect(
      (await organizations.send(new DescribeOrganizationalUnitCommand({ OrganizationalUnitId: PROD })))
        .OrganizationalUnit?.Name,
    ).toBe('Prod');
    expect((await organizations.send(new ListParentsCommand({ ChildId: SOURCE }))).Parents).toEqual([
      { Id: PROD, Type: 'ORGANIZATIONAL_UNIT' },
    ]);
    const inside = await organizations.send(new ListAccountsForParentCommand({ ParentId: PROD }));
    expect(inside.Accounts).toMatchObject([{ Id: SOURCE, Paths: [expect.stringContaining(SOURCE)] }]);
  });

  test('can be read only by its management account', async () => {
    const list = (account: string) =>
      errorOf(clients(emulator(), account).organizations.send(new ListAccountsCommand({})));
    expect([await list(SOURCE), await list(VAULT)]).toEqual([
      'AccessDeniedException',
      'AWSOrganizationsNotInUseException',
    ]);
    expect(await errorOf(clients(emulator(), SOURCE).organizations.send(new DescribeOrganizationCommand({})))).toBe(
      'none',
    );
  });

  test('has policies, listed for the targets they are attached to', async () => {
    const policy = {
      Name: 'guard',
      Description: 'd',
      Type: 'SERVICE_CONTROL_POLICY' as const,
      Content: '{"Version":"2012-10-17","Statement":[]}',
    };
    const { Policy } = await organizations.send(new CreatePolicyCommand(policy));
    const PolicyId = Policy?.PolicySummary?.Id ?? '';
    await organizations.send(new AttachPolicyCommand({ PolicyId, TargetId: PROD }));
    const attached = await organizations.send(
      new ListPoliciesForTargetCommand({ TargetId: PROD, Filter: 'SERVICE_CONTROL_POLICY' }),
    );
    expect(attached.Policies?.map(({ Id }) => Id)).toContain(PolicyId);
  });

  test('has policies from a template', async () => {
    const guard = {
      Type: 'AWS::Organizations::Policy',
      Properties: {
        Name: 'guard',
        Type: 'SERVICE_CONTROL_POLICY',
        Content: { Version: '2012-10-17', Statement: [] },
        TargetIds: [PROD],
      },
    };
    expect((await deploy(management, 'guard', { Guard: guard })).status).toBe('CREATE_COMPLETE');
    const attached = await organizations.send(
      new ListPoliciesForTargetCommand({ TargetId: PROD, Filter: 'SERVICE_CONTROL_POLICY' }),
    );
    expect(attached.Policies?.map(({ Name }) => Name)).toContain('guard');
  });

  test('refuses a second OU of a name in one parent, and a move from a parent without the account', async () => {
    const unit = new CreateOrganizationalUnitCommand({ ParentId: 'r-ab12', Name: 'Other' });
    expect(await errorOf(organizations.send(unit))).toBe('DuplicateOrganizationalUnitException');
    const move = new MoveAccountCommand({ AccountId: SOURCE, SourceParentId: OTHER, DestinationParentId: 'r-ab12' });
    expect(await errorOf(organizations.send(move))).toBe('SourceParentNotFoundException');
  });
});

test('accounts are listed in pages of twenty', async () => {
  const accounts = Array.from({ length: 45 }, (_, index) => ({ id: String(500000000000 + index) }));
  await emulator().buildOrganization({ management: MANAGEMENT, accounts });
  const sizes: number[] = [];
  let NextToken: string | undefined;
  do {
    const page = await organizations.send(new ListAccountsCommand({ NextToken }));
    sizes.push(page.Accounts?.length ?? 0);
    NextToken = page.NextToken;
  } while (NextToken);
  expect(sizes).toEqual([20, 20, 6]);
});

describe('a change in an organization', () => {
  const received = async () =>
    (await emulator().wakeups()).map(
      ({ event }) =>
        event as { 'detail-type': string; region: string; resources: string[]; detail: Record<string, unknown> },
    );

  beforeEach(async () => {
    await emulator().buildOrganization(ORGANIZATION);
    const resources = {
      Role: role('lambda.amazonaws.com'),
      Function: inlineFunction('x'),
      Rule: ruleFor({ source: ['aws.organizations', 'aws.tag'] }),
    };
    await deploy(management, 'listener', resources);
  });

  test.each([
    [
      'TagResource',
      new TagResourceCommand({ ResourceId: MISSING_TAG, Tags: [{ Key: 'environment', Value: 'production' }] }),
      { resourceId: MISSING_TAG, tags: [{ key: 'environment', value: 'production' }] },
    ],
    [
      'UntagResource',
      new UntagResourceCommand({ ResourceId: SOURCE, TagKeys: ['environment'] }),
      { resourceId: SOURCE, tagKeys: ['environment'] },
    ],
    [
      'MoveAccount',
      new MoveAccountCommand({ AccountId: SOURCE, SourceParentId: PROD, DestinationParentId: OTHER }),
      { accountId: SOURCE, sourceParentId: PROD, destinationParentId: OTHER },
    ],
    ['CloseAccount', new CloseAccountCommand({ AccountId: SOURCE }), { accountId: SOURCE }],
    [
      'RemoveAccountFromOrganization',
      new RemoveAccountFromOrganizationCommand({ AccountId: SOURCE }),
      { accountId: SOURCE },
    ],
  ])('%s is an event of CloudTrail in us-east-1', async (eventName, command, requestParameters) => {
    await organizations.send(command as TagResourceCommand);
    expect((await received())[0]).toMatchObject({
      'detail-type': 'AWS API Call via CloudTrail',
      region: 'us-east-1',
      detail: { eventSource: 'organizations.amazonaws.com', eventName, requestParameters },
    });
  });

  test('of tags is also an event of tag changes', async () => {
    await organizations.send(
      new TagResourceCommand({ ResourceId: MISSING_TAG, Tags: [{ Key: 'environment', Value: 'production' }] }),
    );
    expect((await received())[1]).toMatchObject({
      'detail-type': 'Tag Change on Resource',
      resources: [`arn:aws:organizations::${MANAGEMENT}:account/o-abcde12345/${MISSING_TAG}`],
      detail: {
        service: 'organizations',
        'resource-type': 'account',
        'changed-tag-keys': ['environment'],
        tags: { environment: 'production' },
      },
    });
  });

  test('that closes an account suspends it later, with an event', async () => {
    await organizations.send(new CloseAccountCommand({ AccountId: SOURCE }));
    const state = async () =>
      (await organizations.send(new DescribeAccountCommand({ AccountId: SOURCE }))).Account?.State;
    expect(await state()).toBe('PENDING_CLOSURE');
    await emulator().advance(60);
    expect(await state()).toBe('SUSPENDED');
    const suspended = (await received())[1];
    expect(suspended).toMatchObject({
      'detail-type': 'AWS Service Event via CloudTrail',
      detail: { serviceEventDetails: { closeAccountStatus: { accountId: SOURCE } } },
    });
  });

  test('that removes an account deletes its tags, with an event', async () => {
    await organizations.send(new RemoveAccountFromOrganizationCommand({ AccountId: SOURCE }));
    expect((await received())[1]?.detail).toMatchObject({
      eventName: 'AccountDepartedOrganization',
      serviceEventDetails: { accountId: SOURCE },
    });
    expect(await errorOf(organizations.send(new DescribeAccountCommand({ AccountId: SOURCE })))).toBe(
      'AccountNotFoundException',
    );
    expect(await errorOf(clients(emulator(), SOURCE).organizations.send(new DescribeOrganizationCommand({})))).toBe(
      'AWSOrganizationsNotInUseException',
    );
  });
});
