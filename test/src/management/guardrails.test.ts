import * as fc from 'fast-check';
import { config } from '../../../src/checkvalve.config';
import { EXECUTION_ROLES } from '../../../src/contract/names';
import { guardrailPolicies } from '../../../src/management/guardrail-policies';
import { evaluate } from '../../../src/policy-evaluator/evaluate';
import type { PolicyDocument, PolicyStatement } from '../../../src/policy-evaluator/policy';
import { defaultKeyPolicy } from '../../../src/trust/key-policies';
import { holds } from '../../support/holds';
import { resourcesOf, templatesOf } from '../../support/synthesized';

const ALL: PolicyDocument = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
const ACCOUNT = '222200001111';
const AT = `eu-central-1:${ACCOUNT}`;
const POLICIES = guardrailPolicies(['break-glass']);
const SCPS = [[ALL, ...POLICIES.map(({ document }) => document)]];
const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const TOOLING = { 'aws:ResourceTag/checkvalve:part': 'source-tooling' };

/** IAM policies of the account allow a key only if the key policy says so. */
const policyOf = (resource: string): PolicyDocument | null =>
  resource.startsWith('arn:aws:kms:') ? defaultKeyPolicy(ACCOUNT) : null;

type Context = Record<string, string | readonly string[]>;
const may = (principal: string, action: string, resource: string, context: Context = {}): string =>
  evaluate({
    principal,
    principalAccount: ACCOUNT,
    action,
    resource,
    resourceAccount: ACCOUNT,
    context,
    identityPolicies: [ALL],
    resourcePolicy: policyOf(resource),
    scps: SCPS,
  }).decision;

const FUNCTION = `arn:aws:lambda:${AT}:function:checkvalve-export-snapshots`;
const STACK = `arn:aws:cloudformation:${AT}:stack/StackSet-source-tooling-1a2b/3c4d`;
const RULE = `arn:aws:events:${AT}:rule/StackSet-source-tooling-1a2b-Sweep-X`;
const KEY = `arn:aws:kms:${AT}:key/00000000-0000-4000-8000-000000000001`;
const COPY = `arn:aws:rds:${AT}:snapshot:checkvalve-orders-0011223344556677`;
const TEAMS = `arn:aws:rds:${AT}:snapshot:before-upgrade`;
const OF_AWS_BACKUP = `arn:aws:rds:${AT}:snapshot:awsbackup:job-1`;
const BACKUP_ROLE = role('service-role/AWSBackupDefaultServiceRole');
const MEMORY = `arn:aws:dynamodb:${AT}:table/checkvalve-export-memory`;
const EXPORTER = role('checkvalve-export-snapshots-eu-central-1');
const PLAN = `arn:aws:backup:${AT}:backup-plan:5f0c1d2e`;

/** What an administrator might try to take over the tooling: action, resource, and context of the request. */
const REFUSED = (
  [
    ['creates a role with the exempt name', 'iam:CreateRole', role('stacksets-exec-0123456789abcdef')],
    ['creates a role with the name of the generated one', 'iam:CreateRole', role(EXECUTION_ROLES.generated)],
    ['changes the trust policy of the generated role', 'iam:UpdateAssumeRolePolicy', role(EXECUTION_ROLES.generated)],
    ['gives the generated role more permissions', 'iam:PutRolePolicy', role(EXECUTION_ROLES.generated)],
    [
      'creates a role with the prefix of Checkvalve',
      'iam:CreateRole',
      role('checkvalve-export-snapshots-eu-central-1'),
    ],
    ['creates a role under a path that looks exempt', 'iam:CreateRole', role('checkvalve-x/mine')],
    ['creates the role for emergencies', 'iam:CreateRole', role('break-glass')],
    [
      'changes the trust policy of the role of the rollout',
      'iam:UpdateAssumeRolePolicy',
      role('stacksets-exec-0123456789abcdef'),
    ],
    ['gives an exempt role more permissions', 'iam:PutRolePolicy', role('checkvalve-snapshot-access-eu-central-1')],
    ['attaches a policy to an exempt role', 'iam:AttachRolePolicy', role('stacksets-exec-0123456789abcdef')],
    ['acquires a role with the exempt name', 'iam:AcquireRole', role('stacksets-exec-0123456789abcdef')],
    ['deletes an access role', 'iam:DeleteRole', role('checkvalve-snapshot-access-eu-central-1')],
    [
      'passes an exempt role to another function',
      'iam:PassRole',
      role('checkvalve-export-snapshots-eu-central-1'),
      { 'iam:PassedToService': 'lambda.amazonaws.com' },
    ],
    ['passes an exempt role to an unknown service', 'iam:PassRole', role('stacksets-exec-0123456789abcdef')],
    ['replaces the code of the function', 'lambda:UpdateFunctionCode', FUNCTION],
    ['changes the environment of the function', 'lambda:UpdateFunctionConfiguration', FUNCTION],
    ['replaces the policy of the function', 'lambda:PutResourcePolicy', FUNCTION],
    ['deletes the policy of the function', 'lambda:DeleteResourcePolicy', FUNCTION],
    ['deletes the function', 'lambda:DeleteFunction', FUNCTION],
    ['stops the function', 'lambda:PutFunctionConcurrency', FUNCTION],
    [
      'deletes the event source mapping of the function',
      'lambda:UpdateEventSourceMapping',
      `arn:aws:lambda:${AT}:event-source-mapping:1`,
      { 'lambda:FunctionArn': FUNCTION },
    ],
    ['disables a rule', 'events:DisableRule', RULE],
    ['sends a rule’s events elsewhere', 'events:PutTargets', RULE],
    ['deletes the queue', 'sqs:DeleteQueue', `arn:aws:sqs:${AT}:checkvalve-wakeups`],
    ['allows other principals to use the topic', 'sns:SetTopicAttributes', `arn:aws:sns:${AT}:checkvalve-copies`],
    ['deletes the stack', 'cloudformation:DeleteStack', STACK],
    ['updates the stack', 'cloudformation:UpdateStack', STACK],
    ['disables an export key', 'kms:DisableKey', KEY, TOOLING],
    ['schedules an export key’s deletion', 'kms:ScheduleKeyDeletion', KEY, TOOLING],
    ['gives an export key another policy', 'kms:PutKeyPolicy', KEY, TOOLING],
    ['removes the tag of an export key', 'kms:UntagResource', KEY, TOOLING],
    [
      'shares an export key through RAM',
      'ram:CreateResourceShare',
      '*',
      { 'ram:ResourceArn': [`arn:aws:ec2:${AT}:subnet/subnet-1`, KEY] },
    ],
    [
      'adds an export key to a share of RAM',
      'ram:AssociateResourceShare',
      `arn:aws:ram:${AT}:resource-share/1`,
      { 'ram:ResourceArn': KEY },
    ],
    ['shares a snapshot of AWS Backup', 'rds:ModifyDBSnapshotAttribute', OF_AWS_BACKUP],
    [
      'shares a cluster snapshot of AWS Backup',
      'rds:ModifyDBClusterSnapshotAttribute',
      `arn:aws:rds:${AT}:cluster-snapshot:awsbackup:job-2`,
    ],
    ['takes over the role of AWS Backup', 'iam:UpdateAssumeRolePolicy', BACKUP_ROLE],
    [
      'passes the role of AWS Backup to a function',
      'iam:PassRole',
      BACKUP_ROLE,
      { 'iam:PassedToService': 'lambda.amazonaws.com' },
    ],
    ['shares a snapshot of the team', 'rds:ModifyDBSnapshotAttribute', TEAMS],
    ['shares an export copy with another account', 'rds:ModifyDBSnapshotAttribute', COPY],
    ['shares a snapshot of a cluster', 'rds:ModifyDBClusterSnapshotAttribute', `arn:aws:rds:${AT}:cluster-snapshot:x`],
    ['deletes an export copy', 'rds:DeleteDBSnapshot', COPY],
    ['marks an export copy as copied', 'rds:AddTagsToResource', COPY],
    ['creates a snapshot with the prefix of Checkvalve', 'rds:CreateDBSnapshot', COPY],
    ['records a snapshot as exported', 'dynamodb:PutItem', MEMORY],
    ['records a snapshot as exported, in a batch', 'dynamodb:BatchWriteItem', MEMORY],
    ['records a snapshot as exported, by PartiQL', 'dynamodb:PartiQLInsert', MEMORY],
    ['changes the record of a snapshot', 'dynamodb:UpdateItem', MEMORY],
    ['changes the record of a snapshot, by PartiQL', 'dynamodb:PartiQLUpdate', MEMORY],
    ['deletes the record of a snapshot', 'dynamodb:DeleteItem', MEMORY],
    ['deletes the record of a snapshot, by PartiQL', 'dynamodb:PartiQLDelete', MEMORY],
    ['allows another account to write to the export memory', 'dynamodb:PutResourcePolicy', MEMORY],
    ['deletes the policy of the export memory', 'dynamodb:DeleteResourcePolicy', MEMORY],
    ['makes the export memory expire at once', 'dynamodb:UpdateTimeToLive', MEMORY],
    ['changes the table of the export memory', 'dynamodb:UpdateTable', MEMORY],
    ['deletes the export memory', 'dynamodb:DeleteTable', MEMORY],
    [
      'deletes the backup vault',
      'backup:DeleteBackupVault',
      `arn:aws:backup:${AT}:backup-vault:checkvalve-0011223344556677`,
    ],
    [
      'removes the lock of the backup vault',
      'backup:DeleteBackupVaultLockConfiguration',
      `arn:aws:backup:${AT}:backup-vault:checkvalve-0011223344556677`,
    ],
    ['changes an export copy', 'rds:ModifyDBSnapshot', COPY],
    ['writes in the export memory that a snapshot was exported', 'dynamodb:PutItem', MEMORY],
    ['the same through PartiQL', 'dynamodb:PartiQLInsert', MEMORY],
    ['allows another account to write in the export memory', 'dynamodb:PutResourcePolicy', MEMORY],
    ['empties the plan', 'backup:UpdateBackupPlan', PLAN, TOOLING],
  ] as readonly (readonly [string, string, string, Context?])[]
).map(([what, action, resource, context = {}]) => [what, action, resource, context] as const);

describe.each([
  ['an administrator', role('administrator')],
  ['the root user', `arn:aws:iam::${ACCOUNT}:root`],
  ['a role with a name that resembles Checkvalve’s', role('my-checkvalve-export-snapshots')],
  ['a role with the prefix of Checkvalve under a path', role('mine/checkvalve-export-snapshots')],
])('%s of a member account', (_, principal) => {
  test.each(REFUSED)('%s: refused', (_what, action, resource, context) => {
    expect(may(principal, action, resource, context)).toBe('ExplicitlyDenied');
  });
});

test.each([
  ['the rollout', role('stacksets-exec-0123456789abcdef')],
  ['the rollout by the generated role', role(EXECUTION_ROLES.generated)],
  ['the role for emergencies', role('break-glass')],
])('%s may do all of it', (_, principal) => {
  for (const [, action, resource, context] of REFUSED)
    expect(may(principal, action, resource, context)).toBe('Allowed');
});

const OF_THE_MEMORY = REFUSED.filter(([, , resource]) => resource === MEMORY).map(([, action]) => action);

test.each([
  ['the coverage access role', 'checkvalve-coverage-access-eu-central-1'],
  ['the access role of imports', 'checkvalve-snapshot-access-eu-central-1'],
  ['enable-backup', 'checkvalve-enable-backup-eu-central-1'],
  ['the role of AWS Backup', 'checkvalve-backup-eu-central-1-x'],
  ['a role that resembles that of export-snapshots', 'checkvalve-export-snapshots'],
])(
  'among the roles of Checkvalve only that of export-snapshots writes to the export memory: %s does not',
  (_, name) => {
    for (const action of OF_THE_MEMORY) expect(may(role(name), action, MEMORY)).toBe('ExplicitlyDenied');
  },
);

const ALLOWED = (
  [
    [
      'export-snapshots shares its copy',
      role('checkvalve-export-snapshots-eu-central-1'),
      'rds:ModifyDBSnapshotAttribute',
      COPY,
    ],
    ['export-snapshots records what was exported', EXPORTER, 'dynamodb:UpdateItem', MEMORY],
    [
      'the coverage access role reads the export memory',
      role('checkvalve-coverage-access-eu-central-1'),
      'dynamodb:Scan',
      MEMORY,
    ],
    ['an administrator reads the export memory', role('administrator'), 'dynamodb:Scan', MEMORY],
    [
      'an administrator writes to a table of the team',
      role('administrator'),
      'dynamodb:PutItem',
      `arn:aws:dynamodb:${AT}:table/checkvalve-export-memory-x`,
    ],
    [
      'the snapshot access role tags a copy',
      role('checkvalve-snapshot-access-eu-central-1'),
      'rds:AddTagsToResource',
      COPY,
    ],
    [
      'an administrator starts an on-demand backup',
      role('administrator'),
      'iam:PassRole',
      role('checkvalve-backup-eu-central-1-x'),
      { 'iam:PassedToService': 'backup.amazonaws.com' },
    ],
    [
      'AWS Backup shares what it copies to another account',
      BACKUP_ROLE,
      'rds:ModifyDBSnapshotAttribute',
      OF_AWS_BACKUP,
    ],
    [
      'the console of AWS Backup creates its role',
      role('administrator'),
      'iam:CreateRole',
      role('service-role/AWSBackupDefaultServiceRole'),
    ],
    [
      'an administrator shares a subnet',
      role('administrator'),
      'ram:CreateResourceShare',
      '*',
      { 'ram:ResourceArn': `arn:aws:ec2:${AT}:subnet/subnet-1` },
    ],
    ['an administrator creates a role of the team', role('administrator'), 'iam:CreateRole', role('team')],
    ['an administrator deletes a snapshot of the team', role('administrator'), 'rds:DeleteDBSnapshot', TEAMS],
    ['an administrator disables a key of the team', role('administrator'), 'kms:DisableKey', KEY],
    [
      'an administrator updates a function of the team',
      role('administrator'),
      'lambda:UpdateFunctionCode',
      `arn:aws:lambda:${AT}:function:shop`,
    ],
    ['an administrator updates a plan of the team', role('administrator'), 'backup:UpdateBackupPlan', PLAN],
    [
      'an administrator updates a stack of the team',
      role('administrator'),
      'cloudformation:UpdateStack',
      `arn:aws:cloudformation:${AT}:stack/shop/1`,
    ],
  ] as readonly (readonly [string, string, string, string, Record<string, string>?])[]
).map(([what, principal, action, resource, context = {}]) => [what, principal, action, resource, context] as const);

test.each(ALLOWED)('%s: allowed', (_, principal, action, resource, context) => {
  expect(may(principal, action, resource, context)).toBe('Allowed');
});

test('a role that AWS Backup uses for copies of a team shares snapshots of AWS Backup, and no others', () => {
  const scps = [[ALL, ...guardrailPolicies([], ['team/copies']).map(({ document }) => document)]];
  const shares = (name: string, resource: string) =>
    evaluate({
      principal: role(name),
      action: 'rds:ModifyDBSnapshotAttribute',
      resource,
      resourceAccount: ACCOUNT,
      context: {},
      identityPolicies: [ALL],
      resourcePolicy: null,
      scps,
    }).decision;
  expect(shares('team/copies', OF_AWS_BACKUP)).toBe('Allowed');
  expect(shares('service-role/AWSBackupDefaultServiceRole', OF_AWS_BACKUP)).toBe('Allowed');
  for (const resource of [TEAMS, COPY]) expect(shares('team/copies', resource)).toBe('ExplicitlyDenied');
  expect(shares('copies', OF_AWS_BACKUP)).toBe('ExplicitlyDenied');
});

test('every statement is needed: without it a denied action is allowed', () => {
  const statements = POLICIES.flatMap(({ document }) => document.Statement as PolicyStatement[]);
  for (const left of statements) {
    const others = { Version: '2012-10-17' as const, Statement: statements.filter((one) => one !== left) };
    const through = REFUSED.filter(
      ([, action, resource, context]) =>
        evaluate({
          principal: role('administrator'),
          action,
          resource,
          resourceAccount: ACCOUNT,
          context,
          identityPolicies: [ALL],
          resourcePolicy: policyOf(resource),
          scps: [[ALL, others]],
        }).decision === 'Allowed',
    );
    expect({ sid: left.Sid, through: through.length > 0 }).toEqual({ sid: left.Sid, through: true });
  }
});

test('exempt names that make a policy too long for Organizations are refused before anything is deployed', () => {
  const exemptRoles = Array.from({ length: 6 }, (_, at) => `a-role-for-emergencies-${at}`);
  const guarding = { ...config, guardrails: { units: ['ou-ex01-workload'], exemptRoles } };
  expect(() => templatesOf(guarding)).toThrow(/has \d{4} characters, and Organizations allows 5120/);
});

test('for any exempt names, no other principal can create roles with these names, and the policies fit', () => {
  const names = fc.stringMatching(/^[\w+=,.@-]{1,64}$/);
  holds(
    fc.property(fc.array(names, { maxLength: 5 }), (exempt) => {
      const policies = guardrailPolicies(exempt).map(({ document }) => document);
      for (const document of policies) expect(JSON.stringify(document).length).toBeLessThanOrEqual(5120);
      for (const name of exempt) {
        const access = { action: 'iam:CreateRole', resource: role(name), resourceAccount: ACCOUNT, context: {} };
        const { decision } = evaluate({
          ...access,
          principal: `arn:aws:iam::${ACCOUNT}:user/another principal`,
          identityPolicies: [ALL],
          resourcePolicy: null,
          scps: [[ALL, ...policies]],
        });
        expect(decision).toBe('ExplicitlyDenied');
      }
    }),
    { numRuns: 300 },
  );
});

test('the policies are attached to the units of the configuration, and do not exist without it', () => {
  const guardrails = { units: ['ou-ex01-workload'], exemptRoles: ['break-glass'] };
  const policies = (given: typeof config) =>
    Object.values(resourcesOf(templatesOf(given).management)).filter(
      ({ Type }) => Type === 'AWS::Organizations::Policy',
    );
  expect(policies(config)).toEqual([]);
  expect(
    policies({ ...config, guardrails }).map(({ Properties }) => [
      Properties.Name,
      Properties.Type,
      Properties.TargetIds,
    ]),
  ).toEqual([
    ['checkvalve-guards-tooling', 'SERVICE_CONTROL_POLICY', guardrails.units],
    ['checkvalve-guards-copies', 'SERVICE_CONTROL_POLICY', guardrails.units],
  ]);
});
