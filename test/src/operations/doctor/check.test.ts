import fc from 'fast-check';
import { config } from '../../../../src/checkvalve.config';
import type { CheckvalveConfig } from '../../../../src/config/checkvalve-config';
import { type CoverageEvidence, readEvidence } from '../../../../src/contract/coverage';
import { accountId, region } from '../../../../src/contract/ids';
import { copiesTopicArn } from '../../../../src/contract/names';
import type { VerdictCode } from '../../../../src/contract/verdicts';
import { checkFacts } from '../../../../src/operations/doctor/check';
import { DELEGATED_POWERS } from '../../../../src/operations/doctor/delegated-powers';
import type {
  ArchiveRule,
  Facts,
  ManagementFacts,
  VaultFacts,
  VaultRegionFacts,
} from '../../../../src/operations/doctor/facts';
import { CHECKS, type Finding } from '../../../../src/operations/doctor/finding';
import { trustedBy } from '../../../../src/operations/doctor/trusted-by';
import { holds } from '../../../support/holds';

const [MANAGEMENT, VAULT, SOURCE] = ['444400003333', accountId('333300002222'), accountId('222200001111')];
const HERE = region('eu-central-1');
const STACKSETS = 'member.org.stacksets.cloudformation.amazonaws.com';
const NOW = new Date('2026-11-25T03:00:00Z');
const entry = {
  account: SOURCE,
  state: 'enrolled',
  regions: [HERE],
  since: '2026-11-01T00:00:00Z',
  reason: 'tag',
} as const;
const account = { account: SOURCE, state: 'enrolled', access: 'granted', optedOut: [], notImported: [], unread: [] };
const key = { keyId: 'k', otherPolicies: [], deniesAllPrincipals: false, lastRead: 'policy-names' };
const coverage = (more: object): CoverageEvidence =>
  readEvidence(
    JSON.stringify({
      ...{ version: 1, at: '2026-11-25T00:00:00Z', region: HERE, counts: {}, missedBackups: [] },
      ...{ databases: [], accounts: [account], ...more },
    }),
  );

const keyPolicy = (...statements: readonly object[]): string =>
  JSON.stringify({ Statement: statements.map((one) => ({ Principal: { AWS: '*' }, Action: 'kms:*', ...one })) });
const policies = (...held: readonly (readonly [key: string, policy: string])[]) => ({
  keyTexts: { observed: held.map(([key, policy]) => ({ key, isImportKey: key === 'import', policy })) },
});

const management: ManagementFacts = {
  stackSetsAccess: { observed: 'ENABLED' },
  delegated: { observed: [] },
  trails: { observed: [{ name: 'organization', logging: true, managementEvents: true }] },
  stackSet: { observed: { status: 'ACTIVE', autoDeployment: false, managedExecution: true } },
  instances: { observed: [{ account: SOURCE, region: HERE, standing: 'current' }] },
  operations: { observed: [{ id: 'done', action: 'UPDATE', ended: true }] },
  registry: { observed: [entry] },
  members: { observed: [MANAGEMENT, SOURCE] },
};
const inRegion: VaultRegionFacts = {
  region: HERE,
  analyzer: { observed: 'IN_SYNC' },
  externalAnalyzers: { observed: ['checkvalve'] },
  archiveRules: { observed: [] },
  importKey: { observed: 'Enabled' },
  keyPolicies: { observed: [{ key: 'import-key', names: ['default'] }] },
  keyTexts: { observed: [{ key: 'import', isImportKey: true, policy: keyPolicy({ Effect: 'Allow' }) }] },
  quotas: { observed: [{ name: 'manual snapshots of instances', used: 79, max: 100 }] },
  coverage: { observed: coverage({}) },
  sources: { observed: [entry] },
  subscriptions: { observed: [copiesTopicArn(SOURCE, HERE)] },
};
const vault: VaultFacts = {
  organization: { observed: {} },
  roles: {
    observed: [
      { name: 'checkvalve-import-copies-eu-central-1', trusts: ['lambda.amazonaws.com'] },
      { name: 'operator', trusts: [`arn:aws:iam::${VAULT}:root`] },
    ],
  },
  regions: [inRegion],
};
const well: Facts = { management, vault };
const managing = (more: Partial<ManagementFacts>): Facts => ({ ...well, management: { ...management, ...more } });
const vaulting = (more: Partial<VaultFacts>): Facts => ({ ...well, vault: { ...vault, ...more } });
const regional = (more: Partial<VaultRegionFacts>): Facts => vaulting({ regions: [{ ...inRegion, ...more }] });
const messages = (facts: Facts, of: CheckvalveConfig = config): readonly string[] =>
  checkFacts(facts, of, NOW).map(({ severity, check, where, what }) => `${severity} ${check} ${where}: ${what}`);

test('there is no finding without a fault', () => {
  expect(checkFacts(well, config, NOW)).toEqual([]);
  expect(checkFacts({ management }, config, NOW)).toEqual([]);
  expect(checkFacts({ vault }, config, NOW)).toEqual([]);
});

const PENDING = { account: SOURCE, region: HERE, standing: 'pending', detail: 'OUTDATED, PENDING' } as const;
const row = (id: string, code?: VerdictCode) => ({
  ...{ account: SOURCE, database: `arn:aws:rds:${HERE}:${SOURCE}:db:${id}`, status: 'late', wanted: true },
  ...{ since: '2026-11-25T00:00:00Z', ...(code && { code }) },
});
const role = (name: string, ...trusts: string[]) => ({ roles: { observed: [{ name, trusts }] } });
const FAULTS: ReadonlyArray<readonly [string, Facts, string]> = [
  ['trusted access is off', managing({ stackSetsAccess: { observed: 'DISABLED' } }), 'critical trusted-access 4444'],
  [
    'a member account can deploy StackSets',
    managing({ delegated: { observed: [{ account: SOURCE, service: STACKSETS }] } }),
    'warning delegated-administrators 4444',
  ],
  ['there is no trail', managing({ trails: { observed: [] } }), 'critical cloudtrail 444400003333, us-east-1'],
  [
    'the trail is stopped',
    managing({ trails: { observed: [{ name: 'old', logging: false, managementEvents: true }] } }),
    'critical cloudtrail',
  ],
  [
    'the trail records data events only',
    managing({ trails: { observed: [{ name: 'data', logging: true, managementEvents: false }] } }),
    'critical cloudtrail',
  ],
  [
    'an instance has failed',
    managing({ instances: { observed: [{ account: SOURCE, region: HERE, standing: 'failed', reason: 'an SCP' }] } }),
    'critical stack-instances 222200001111, eu-central-1: The tooling is failed: an SCP',
  ],
  [
    'an instance has drifted',
    managing({ instances: { observed: [{ account: SOURCE, region: HERE, standing: 'current', drifted: true }] } }),
    'warning stack-instances 222200001111',
  ],
  [
    'an instance waits, and no operation runs',
    managing({
      instances: { observed: [PENDING] },
      operations: { observed: [{ id: 'a', action: 'UPDATE', ended: true }] },
    }),
    'warning stack-instances 222200001111, eu-central-1: The tooling is not up to date (OUTDATED, PENDING), and no operation of the StackSet is running',
  ],
  [
    'an instance waits, and only drift is detected',
    managing({
      instances: { observed: [PENDING] },
      operations: { observed: [{ id: 'a', action: 'DETECT_DRIFT', ended: false }] },
    }),
    'warning stack-instances 222200001111, eu-central-1: The tooling is not up to date',
  ],
  [
    'operations cannot be read',
    managing({ operations: { unavailable: 'AccessDenied' } }),
    'unknown stack-instances 4444',
  ],
  ['an enrolled account has no instance', managing({ instances: { observed: [] } }), 'critical stack-instances 2222'],
  ['the vault is a member', managing({ members: { observed: [MANAGEMENT, VAULT] } }), 'critical placement 3333'],
  [
    'the vault is a member, by its own facts',
    vaulting({ organization: { observed: { id: config.organization.id } } }),
    'critical placement 3333',
  ],
  [
    'the vault is in another organization',
    vaulting({ organization: { observed: { id: 'o-other00000' } } }),
    'critical placement',
  ],
  [
    'the vault has the role of the organization',
    vaulting(role('OrganizationAccountAccessRole', `arn:aws:iam::${MANAGEMENT}:root`)),
    'critical ambient-roles 3333',
  ],
  [
    'StackSets have a role in the vault',
    vaulting(role('stacksets-exec-0123456789abcdef', `arn:aws:iam::${MANAGEMENT}:role/aws-service-role/stacksets`)),
    'critical ambient-roles 3333',
  ],
  [
    'Control Tower has a role in the vault',
    vaulting(role('AWSControlTowerExecution', `arn:aws:iam::${MANAGEMENT}:root`)),
    'critical ambient-roles 3333',
  ],
  [
    'bootstrapping trusts a pipeline',
    vaulting(role('cdk-hnb659fds-deploy-role', SOURCE)),
    'critical ambient-roles 3333',
  ],
  [
    'Identity Center has a role in the vault',
    vaulting(role('AWSReservedSSO_Admin_0', `arn:aws:iam::${VAULT}:saml-provider/AWSSSO_0_DO_NOT_DELETE`)),
    'critical ambient-roles 3333',
  ],
  ['a role trusts every principal', vaulting(role('open', '*')), 'critical ambient-roles 3333'],
  [
    'the analyzer is gone',
    regional({ analyzer: { observed: 'DELETED' } }),
    'warning analyzer 333300002222, eu-central-1',
  ],
  [
    'the import key is to be deleted',
    regional({ importKey: { observed: 'PendingDeletion' } }),
    'critical import-key 3333',
  ],
  [
    'the import key is shared through RAM',
    regional({ keyPolicies: { observed: [{ key: 'import-key', names: ['default', 'AWS_RAM'] }] } }),
    'critical key-policies 3333',
  ],
  [
    'another analyzer prevents the vault stack',
    regional({ externalAnalyzers: { observed: ['account-analyzer'] } }),
    'critical analyzer 333300002222, eu-central-1: The account has the analyzer account-analyzer',
  ],
  [
    'the import key denies something to all principals',
    regional(policies(['import', keyPolicy({ Effect: 'Allow' }, { Effect: 'Deny', Principal: '*' })])),
    'warning import-key 333300002222, eu-central-1: The policy of the import key denies',
  ],
  [
    'the import key denies something to all but some principals',
    regional(policies(['import', keyPolicy({ Effect: 'Deny', Principal: undefined, NotPrincipal: { AWS: VAULT } })])),
    'warning import-key 3333',
  ],
  [
    'a readable export key denies something to all principals',
    regional(policies([`arn:aws:kms:eu-central-1:${SOURCE}:key/1`, keyPolicy({ Effect: 'Deny' })])),
    'warning export-keys 3333',
  ],
  [
    'another key of the vault denies something to all principals',
    regional(
      policies([
        `arn:aws:kms:eu-central-1:${VAULT}:key/2`,
        keyPolicy({ Effect: 'Deny', Principal: { AWS: ['arn:aws:iam::1:root', '*'] } }),
      ]),
    ),
    'warning database-keys 3333',
  ],
  ['the import key is disabled', regional({ importKey: { observed: 'Disabled' } }), 'critical import-key 3333'],
  [
    'the coverage report is old',
    regional({ coverage: { observed: coverage({ at: '2026-11-24T22:00:00Z' }) } }),
    'warning coverage 333300002222, eu-central-1: The coverage report of eu-central-1 is 5 hours old',
  ],
  [
    'the StackSet deploys automatically',
    managing({ stackSet: { observed: { status: 'ACTIVE', autoDeployment: true, managedExecution: true } } }),
    'warning stack-set 444400003333, us-east-1: The StackSet source-tooling: automatic deployment is on',
  ],
  [
    'the StackSet runs one operation at a time',
    managing({ stackSet: { observed: { status: 'ACTIVE', autoDeployment: false, managedExecution: false } } }),
    'warning stack-set 444400003333, us-east-1: The StackSet source-tooling: managed execution is off',
  ],
  [
    'the StackSet is deleted',
    managing({ stackSet: { observed: { status: 'DELETED', autoDeployment: false, managedExecution: true } } }),
    'critical stack-set',
  ],
  [
    'an export key cannot be used',
    regional({
      coverage: { observed: coverage({ databases: [row('orders', 'checkvalve-key-not-accessible'), row('bills')] }) },
    }),
    'critical export-keys 222200001111, eu-central-1: The export key is disabled',
  ],
  [
    'a key of a team cannot be used',
    regional({ coverage: { observed: coverage({ databases: [row('orders', 'key-not-accessible')] }) } }),
    `critical database-keys arn:aws:rds:${HERE}:${SOURCE}:db:orders: The key of the database`,
  ],
  [
    'the quota is nearly used up',
    regional({ quotas: { observed: [{ name: 'manual snapshots of clusters', used: 80, max: 100 }] } }),
    'warning quotas 333300002222, eu-central-1: The quota of manual snapshots of clusters is nearly used up: 80 of 100',
  ],
  [
    'the quota is used up',
    regional({ quotas: { observed: [{ name: 'manual snapshots of clusters', used: 100, max: 100 }] } }),
    'critical quotas 3333',
  ],
  [
    'AWS Backup is not opted in',
    regional({ coverage: { observed: coverage({ accounts: [{ ...account, optedOut: ['RDS'] }] }) } }),
    'critical opt-ins 222200001111, eu-central-1',
  ],
  [
    'an access role is denied',
    regional({ coverage: { observed: coverage({ accounts: [{ ...account, access: 'denied', because: 'denied' }] }) } }),
    'critical access-roles 222200001111, eu-central-1',
  ],
  [
    'an account could not be read',
    regional({
      coverage: { observed: coverage({ accounts: [{ ...account, access: 'unknown', because: 'EMFILE' }] }) },
    }),
    'unknown access-roles 222200001111, eu-central-1: The vault could not read the account: EMFILE',
  ],
  [
    'an export key has a second policy',
    regional({
      coverage: {
        observed: coverage({ accounts: [{ ...account, exportKey: { ...key, otherPolicies: ['AWS_RAM'] } }] }),
      },
    }),
    'critical key-policies 222200001111, eu-central-1: The export key k has a second policy: AWS_RAM',
  ],
  [
    'an export key denies something to all principals',
    regional({
      coverage: {
        observed: coverage({ accounts: [{ ...account, exportKey: { ...key, deniesAllPrincipals: true } }] }),
      },
    }),
    'warning export-keys 222200001111, eu-central-1: The policy of the export key k denies something to all principals',
  ],
  [
    'the inbox is not subscribed to a followed account',
    regional({ subscriptions: { observed: [] } }),
    'warning subscriptions 222200001111',
  ],
];

test.each(FAULTS)('the only finding when %s', (_, facts, begins) => {
  const found = messages(facts);
  expect(found).toHaveLength(1);
  expect(found[0]?.startsWith(begins)).toBe(true);
});

test('an adopted analyzer must exist, and the stack then needs none', () => {
  const adopting = { ...config, vault: { ...config.vault, accessAnalyzer: { adopt: 'account-analyzer' } } };
  const found = (...names: readonly string[]) =>
    messages(regional({ analyzer: { observed: 'missing' }, externalAnalyzers: { observed: names } }), adopting);
  expect(found('account-analyzer')).toEqual([]);
  expect(found()).toEqual([
    expect.stringContaining('account-analyzer, which the configuration adopts, does not exist'),
  ]);
  expect(found('other')).toHaveLength(1);
});

const INBOX = { resource: { eq: [`arn:aws:sqs:${HERE}:${VAULT}:checkvalve-inbox`] } };
const QUEUE = { resourceType: { eq: ['AWS::SQS::Queue'] } };
const NOTIFICATIONS = { 'condition.aws:SourceArn': { eq: ['arn:aws:sns:*:*:checkvalve-copies'] } };
const ROLE = { resourceType: { eq: ['AWS::IAM::Role'] } };
const roleNamed = (name: string) => ({ resource: { eq: [`arn:aws:iam::${VAULT}:role/${name}`] } });
const rolesBeginning = (name: string) => ({ resource: { contains: [`arn:aws:iam::${VAULT}:role/${name}`] } });
const BY_STACKSETS = {
  'principal.AWS': {
    eq: [
      `arn:aws:iam::${MANAGEMENT}:role/aws-service-role/stacksets.cloudformation.amazonaws.com/AWSServiceRoleForCloudFormationStackSetsOrgAdmin`,
    ],
  },
};
const byRoot = { 'principal.AWS': { eq: [MANAGEMENT] } };

describe('archive rules of the analyzer that watches the vault', () => {
  const inside = { ...config.vault, placement: 'inside' as const };
  const accepting = (vaultConfig: CheckvalveConfig['vault']): CheckvalveConfig => ({
    ...config,
    vault: vaultConfig,
    trust: {
      accepted: [
        { allow: 'stacksets-exec', reason: 'a test' },
        { allow: 'OrganizationAccountAccessRole', reason: 'a test' },
      ],
    },
  });
  const adopting = { accessAnalyzer: { adopt: 'account-analyzer' } };
  const of = (analyzer: string, filter: ArchiveRule['filter'], judgedBy: CheckvalveConfig) =>
    checkFacts(
      {
        vault: {
          ...vault,
          organization: { observed: judgedBy.vault.placement === 'inside' ? { id: judgedBy.organization.id } : {} },
          regions: [
            {
              ...inRegion,
              externalAnalyzers: { observed: [analyzer] },
              archiveRules: { observed: [{ analyzer, name: 'rule-1', filter }] },
            },
          ],
        },
      },
      judgedBy,
      NOW,
    ).map(({ severity, check, what }) => `${severity} ${check}: ${what}`);
  const found = [
    'critical analyzer: The archive rule rule-1 of the analyzer account-analyzer archives findings that are not accepted, and archived findings send no alert',
  ];

  test.each<[string, ArchiveRule['filter'], boolean]>([
    ['the finding on the inbox', { ...INBOX, ...QUEUE, ...NOTIFICATIONS }, true],
    ['less than the finding on the inbox', { ...INBOX, ...QUEUE, ...NOTIFICATIONS, isPublic: { eq: ['false'] } }, true],
    ['the accepted role', { ...roleNamed('OrganizationAccountAccessRole'), ...ROLE, ...byRoot }, true],
    [
      'accepted roles by the start of their names',
      { ...rolesBeginning('stacksets-exec-'), ...ROLE, ...BY_STACKSETS },
      true,
    ],
    ['one of these roles', { ...roleNamed('stacksets-exec-1a2b'), ...ROLE, ...BY_STACKSETS }, true],
    ['some of these roles', { ...rolesBeginning('stacksets-exec-1'), ...ROLE, ...BY_STACKSETS }, true],
    ['every finding on the inbox', { ...INBOX, ...QUEUE }, false],
    [
      'another condition at the inbox',
      { ...INBOX, ...QUEUE, 'condition.aws:SourceArn': { eq: ['arn:aws:sns:*:*:*'] } },
      false,
    ],
    [
      'another queue as well',
      {
        resource: { eq: [...INBOX.resource.eq, 'arn:aws:sqs:eu-central-1:333300002222:q'] },
        ...QUEUE,
        ...NOTIFICATIONS,
      },
      false,
    ],
    ['every role', { ...ROLE, ...BY_STACKSETS }, false],
    ['roles with a shorter start of the name', { ...rolesBeginning('stacksets'), ...ROLE, ...BY_STACKSETS }, false],
    ['the accepted role with any principal', { ...roleNamed('OrganizationAccountAccessRole'), ...ROLE }, false],
    ['a power that is not accepted', { ...rolesBeginning('aws-reserved/sso.amazonaws.com/'), ...ROLE }, false],
    [
      'every condition but one',
      { ...INBOX, ...QUEUE, 'condition.aws:SourceArn': { neq: ['arn:aws:sns:*:*:other'] } },
      false,
    ],
    ['every condition', { ...INBOX, ...QUEUE, 'condition.aws:SourceArn': { exists: true } }, false],
    ['a criterion without a value', { ...INBOX, ...QUEUE, 'condition.aws:SourceArn': {} }, false],
    ['an empty list', { ...INBOX, ...QUEUE, 'condition.aws:SourceArn': { eq: [] } }, false],
    ['everything', {}, false],
  ])('archiving %s', (_, filter, isAccepted) => {
    expect(of('account-analyzer', filter, accepting({ ...inside, ...adopting }))).toEqual(isAccepted ? [] : found);
  });

  test('no power over a vault outside is accepted, and the rules of our own analyzer are checked as well', () => {
    const power = { ...roleNamed('OrganizationAccountAccessRole'), ...ROLE, ...byRoot };
    expect(of('account-analyzer', power, accepting({ ...config.vault, ...adopting }))).toEqual(found);
    expect(of('checkvalve', {}, config)).toEqual([expect.stringContaining('rule-1 of the analyzer checkvalve')]);
  });

  test('archive rules that cannot be read are unknown', () => {
    expect(messages(regional({ archiveRules: { unavailable: 'AccessDenied' } }))).toEqual([
      expect.stringContaining('unknown analyzer'),
    ]);
  });
});

test('each of at least twelve checks has a finding', () => {
  const found = new Set(FAULTS.flatMap(([, facts]) => checkFacts(facts, config, NOW).map(({ check }) => check)));
  expect([...CHECKS].filter((check) => !found.has(check))).toEqual([]);
  expect(CHECKS.length).toBeGreaterThanOrEqual(12);
});

test('an export key is one finding per account, which names the import key as well while that is disabled', () => {
  const databases = [row('orders', 'checkvalve-key-not-accessible'), row('bills', 'checkvalve-key-not-accessible')];
  const facts = { coverage: { observed: coverage({ databases }) } };
  expect(messages(regional(facts))).toEqual([
    expect.stringMatching(/export-keys 2222.*: 2 databases are not copied to the vault$/),
  ]);
  const both = messages(regional({ ...facts, importKey: { observed: 'Disabled' } }));
  expect(both).toContainEqual(expect.stringContaining('The export key or the import key of the vault'));
});

test('a vault inside must be a member, and an accepted power is no finding', () => {
  const inside: CheckvalveConfig = { ...config, vault: { ...config.vault, placement: 'inside' } };
  expect(messages({ management }, inside)).toEqual([expect.stringContaining('critical placement')]);
  expect(messages({ vault }, inside)).toEqual([expect.stringContaining('critical placement')]);
  const member = vaulting({ organization: { observed: { id: config.organization.id } } }).vault;
  expect(messages({ vault: member }, inside)).toEqual([]);
  const roles = vaulting(role('OrganizationAccountAccessRole', `arn:aws:iam::${MANAGEMENT}:root`));
  const accepting: CheckvalveConfig = {
    ...config,
    trust: { accepted: [{ allow: 'OrganizationAccountAccessRole', reason: 'watched' }] },
  };
  expect(messages(roles, accepting)).toEqual([]);
});

test.each(DELEGATED_POWERS)(
  'the delegated administrator of $service has power over a vault inside, unless the power is accepted',
  (one) => {
    const { service, power, everywhere } = one;
    const inside: CheckvalveConfig = { ...config, vault: { ...config.vault, placement: 'inside' } };
    const members = { observed: [MANAGEMENT, SOURCE, VAULT] };
    const { management: found } = managing({ members, delegated: { observed: [{ account: SOURCE, service }] } });
    expect(messages({ management: found }, inside)).toEqual([
      expect.stringMatching(/^critical delegated-administrators .*, including the vault$/),
    ]);
    const accepting = { ...inside, trust: { accepted: [{ allow: power, reason: 'watched' }] } };
    expect(messages({ management: found }, accepting)).toHaveLength(everywhere ? 1 : 0);
    expect(messages(managing({ delegated: { observed: [{ account: SOURCE, service }] } }))).toHaveLength(
      everywhere ? 1 : 0,
    );
  },
);

/** The facts with each read unavailable, by its path. */
const UNAVAILABLE = [
  ...Object.keys(management).map(
    (key) => [`management ${key}`, managing({ [key]: { unavailable: 'AccessDenied' } })] as const,
  ),
  ...(['organization', 'roles'] as const).map(
    (key) => [key, vaulting({ [key]: { unavailable: 'AccessDenied' } })] as const,
  ),
  ...Object.keys(inRegion)
    .filter((key) => key !== 'region')
    .map((key) => [`region ${key}`, regional({ [key]: { unavailable: 'AccessDenied' } })] as const),
];

test.each(UNAVAILABLE)('a read that is denied is the only finding, and unknown: %s', (_, facts) => {
  expect(checkFacts(facts, config, NOW)).toEqual([
    expect.objectContaining({ severity: 'unknown', what: 'The check could not run: AccessDenied' }),
  ]);
});

test('several findings are sorted by severity, and each has a remedy', () => {
  const some = fc.subarray([...FAULTS.map(([, facts]) => facts), ...UNAVAILABLE.map(([, facts]) => facts)], {
    minLength: 2,
  });
  const merged = some.map(
    (all): Facts => ({
      management: Object.assign({}, ...all.map((one) => changed(one.management, management))) as ManagementFacts,
      vault: Object.assign({}, ...all.map((one) => changed(one.vault, vault))) as VaultFacts,
    }),
  );
  holds(
    fc.property(merged, (more) => {
      const facts = { management: { ...management, ...more.management }, vault: { ...vault, ...more.vault } };
      const found = checkFacts(facts, config, NOW);
      const order: Finding['severity'][] = ['critical', 'warning', 'unknown'];
      const ranks = found.map(({ severity }) => order.indexOf(severity));
      expect(ranks).toEqual([...ranks].sort());
      expect(found.every(({ remedy, where }) => remedy.length > 10 && where.length > 0)).toBe(true);
      expect(found.length).toBeGreaterThan(0);
    }),
  );
});

const changed = <Of extends object>(of: Of | undefined, from: Of): object =>
  Object.fromEntries(Object.entries(of ?? {}).filter(([key, value]) => from[key as keyof Of] !== value));

test.each([
  [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' } }, ['lambda.amazonaws.com']],
  [{ Effect: 'Allow', Principal: { AWS: ['a', 'b'], Federated: 'c' } }, ['a', 'b', 'c']],
  [{ Effect: 'Allow', Principal: '*' }, ['*']],
  [{ Effect: 'Allow', NotPrincipal: { AWS: 'a' } }, ['*']],
  [{ Effect: 'Deny', Principal: '*' }, []],
])('the principals that a statement trusts: %j', (Statement, expected) => {
  expect(trustedBy(JSON.stringify({ Statement }))).toEqual(expected);
  expect(trustedBy(JSON.stringify({ Statement: [Statement] }))).toEqual(expected);
});

test('a pending instance is no finding while a rollout is running', () => {
  const operations = { observed: [{ id: 'a', action: 'UPDATE', ended: false }] };
  expect(messages(managing({ instances: { observed: [PENDING] }, operations }))).toEqual([]);
});
