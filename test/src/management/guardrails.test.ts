import * as fc from 'fast-check';
import { config } from '../../../src/checkvalve.config';
import { EXECUTION_ROLES } from '../../../src/contract/names';
import { guardrailPolicies } from '../../../src/management/guardrail-policies';
import { evaluate } from '../../../src/policy-evaluator/evaluate';
import type { PolicyDocument, PolicyStatement } from '../../../src/policy-evaluator/policy';
import { defaultKeyPolicy } from '../../../src/trust/key-policies';
import { resourcesOf, templatesOf } from '../../support/synthesized';

const ALL: PolicyDocument = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
const ACCOUNT = '222200001111';
const AT = `eu-central-1:${ACCOUNT}`;
const POLICIES = guardrailPolicies(['break-glass']);
const SCPS = [[ALL, ...POLICIES.map(({ document }) => document)]];
const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const TOOLING = { 'aws:ResourceTag/checkvalve:part': 'source-tooling' };

/** A key does nothing for its account unless its own policy says so. */
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

/** What an administrator might try to get hold of the tooling: action, resource, and what the request carries. */
const REFUSED = (
  [
    ['creates a role with the exempt name', 'iam:CreateRole', role('stacksets-exec-0123456789abcdef')],
    ['creates a role with the name of the generated one', 'iam:CreateRole', role(EXECUTION_ROLES.generated)],
    ['takes the generated role', 'iam:UpdateAssumeRolePolicy', role(EXECUTION_ROLES.generated)],
    ['gives the generated role more rights', 'iam:PutRolePolicy', role(EXECUTION_ROLES.generated)],
    ['creates a role of our name', 'iam:CreateRole', role('checkvalve-export-snapshots-eu-central-1')],
    ['creates a role under a path that looks exempt', 'iam:CreateRole', role('checkvalve-x/mine')],
    ['creates the role for emergencies', 'iam:CreateRole', role('break-glass')],
    ['lets himself take the rollout’s role', 'iam:UpdateAssumeRolePolicy', role('stacksets-exec-0123456789abcdef')],
    ['gives an exempt role more rights', 'iam:PutRolePolicy', role('checkvalve-snapshot-access-eu-central-1')],
    ['attaches a policy to an exempt role', 'iam:AttachRolePolicy', role('stacksets-exec-0123456789abcdef')],
    ['acquires a role with the exempt name', 'iam:AcquireRole', role('stacksets-exec-0123456789abcdef')],
    ['deletes an access role', 'iam:DeleteRole', role('checkvalve-snapshot-access-eu-central-1')],
    [
      'passes an exempt role to a function of his own',
      'iam:PassRole',
      role('checkvalve-export-snapshots-eu-central-1'),
      { 'iam:PassedToService': 'lambda.amazonaws.com' },
    ],
    ['passes an exempt role to nobody knows whom', 'iam:PassRole', role('stacksets-exec-0123456789abcdef')],
    ['puts his own code into the function', 'lambda:UpdateFunctionCode', FUNCTION],
    ['changes what the function is told', 'lambda:UpdateFunctionConfiguration', FUNCTION],
    ['replaces the policy of the function', 'lambda:PutResourcePolicy', FUNCTION],
    ['deletes the policy of the function', 'lambda:DeleteResourcePolicy', FUNCTION],
    ['deletes the function', 'lambda:DeleteFunction', FUNCTION],
    ['stops the function', 'lambda:PutFunctionConcurrency', FUNCTION],
    [
      'cuts the function off from its queue',
      'lambda:UpdateEventSourceMapping',
      `arn:aws:lambda:${AT}:event-source-mapping:1`,
      { 'lambda:FunctionArn': FUNCTION },
    ],
    ['disables a rule', 'events:DisableRule', RULE],
    ['sends a rule’s events elsewhere', 'events:PutTargets', RULE],
    ['deletes the queue', 'sqs:DeleteQueue', `arn:aws:sqs:${AT}:checkvalve-wakeups`],
    ['opens the topic to others', 'sns:SetTopicAttributes', `arn:aws:sns:${AT}:checkvalve-copies`],
    ['deletes the stack', 'cloudformation:DeleteStack', STACK],
    ['updates the stack', 'cloudformation:UpdateStack', STACK],
    ['disables an export key', 'kms:DisableKey', KEY, TOOLING],
    ['schedules an export key’s deletion', 'kms:ScheduleKeyDeletion', KEY, TOOLING],
    ['gives an export key another policy', 'kms:PutKeyPolicy', KEY, TOOLING],
    ['takes the tag off an export key', 'kms:UntagResource', KEY, TOOLING],
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
    ['shares an export copy with his own account', 'rds:ModifyDBSnapshotAttribute', COPY],
    ['shares a snapshot of a cluster', 'rds:ModifyDBClusterSnapshotAttribute', `arn:aws:rds:${AT}:cluster-snapshot:x`],
    ['deletes an export copy', 'rds:DeleteDBSnapshot', COPY],
    ['marks an export copy as taken', 'rds:AddTagsToResource', COPY],
    ['makes a snapshot of our name', 'rds:CreateDBSnapshot', COPY],
    ['remembers a snapshot as exported', 'dynamodb:PutItem', MEMORY],
    ['remembers a snapshot as exported, in a batch', 'dynamodb:BatchWriteItem', MEMORY],
    ['remembers a snapshot as exported, by PartiQL', 'dynamodb:PartiQLInsert', MEMORY],
    ['changes what is remembered of a snapshot', 'dynamodb:UpdateItem', MEMORY],
    ['changes what is remembered, by PartiQL', 'dynamodb:PartiQLUpdate', MEMORY],
    ['forgets that a snapshot was exported', 'dynamodb:DeleteItem', MEMORY],
    ['forgets that a snapshot was exported, by PartiQL', 'dynamodb:PartiQLDelete', MEMORY],
    ['lets another account write to the memory', 'dynamodb:PutResourcePolicy', MEMORY],
    ['takes a policy off the memory', 'dynamodb:DeleteResourcePolicy', MEMORY],
    ['lets the memory expire at once', 'dynamodb:UpdateTimeToLive', MEMORY],
    ['changes the memory’s table', 'dynamodb:UpdateTable', MEMORY],
    ['deletes the memory', 'dynamodb:DeleteTable', MEMORY],
    [
      'deletes the backup vault',
      'backup:DeleteBackupVault',
      `arn:aws:backup:${AT}:backup-vault:checkvalve-0011223344556677`,
    ],
    [
      'takes the lock off the backup vault',
      'backup:DeleteBackupVaultLockConfiguration',
      `arn:aws:backup:${AT}:backup-vault:checkvalve-0011223344556677`,
    ],
    ['changes an export copy', 'rds:ModifyDBSnapshot', COPY],
    ['writes in the export memory that a snapshot was exported', 'dynamodb:PutItem', MEMORY],
    ['the same through PartiQL', 'dynamodb:PartiQLInsert', MEMORY],
    ['lets another account write in the export memory', 'dynamodb:PutResourcePolicy', MEMORY],
    ['empties the plan', 'backup:UpdateBackupPlan', PLAN, TOOLING],
  ] as readonly (readonly [string, string, string, Context?])[]
).map(([what, action, resource, context = {}]) => [what, action, resource, context] as const);

describe.each([
  ['an administrator', role('administrator')],
  ['the root user', `arn:aws:iam::${ACCOUNT}:root`],
  ['a role whose name only resembles ours', role('my-checkvalve-export-snapshots')],
  ['a role of our name under a path', role('mine/checkvalve-export-snapshots')],
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
  ['a role that only resembles the exporter', 'checkvalve-export-snapshots'],
])('of our own roles the exporter alone writes to the memory: %s does not', (_, name) => {
  for (const action of OF_THE_MEMORY) expect(may(role(name), action, MEMORY)).toBe('ExplicitlyDenied');
});

const ALLOWED = (
  [
    [
      'the exporter shares its copy',
      role('checkvalve-export-snapshots-eu-central-1'),
      'rds:ModifyDBSnapshotAttribute',
      COPY,
    ],
    ['the exporter remembers what was exported', EXPORTER, 'dynamodb:UpdateItem', MEMORY],
    [
      'the coverage access role reads the memory',
      role('checkvalve-coverage-access-eu-central-1'),
      'dynamodb:Scan',
      MEMORY,
    ],
    ['an administrator reads the memory', role('administrator'), 'dynamodb:Scan', MEMORY],
    [
      'an administrator writes to a table of the team',
      role('administrator'),
      'dynamodb:PutItem',
      `arn:aws:dynamodb:${AT}:table/checkvalve-export-memory-x`,
    ],
    [
      'the vault’s access role marks a copy',
      role('checkvalve-snapshot-access-eu-central-1'),
      'rds:AddTagsToResource',
      COPY,
    ],
    [
      'an administrator asks for a backup by hand',
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
      'AWS Backup’s console makes its role',
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
    ['an administrator creates a role of his own', role('administrator'), 'iam:CreateRole', role('team')],
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

test('a role under which AWS Backup copies for a team shares snapshots of AWS Backup, and no others', () => {
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

test('every statement is needed: without it something is allowed that must not be', () => {
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

test('whatever names are exempt, those very names cannot be made by anybody else, and the policies fit', () => {
  const names = fc.stringMatching(/^[\w+=,.@-]{1,64}$/);
  fc.assert(
    fc.property(fc.array(names, { maxLength: 5 }), (exempt) => {
      const policies = guardrailPolicies(exempt).map(({ document }) => document);
      for (const document of policies) expect(JSON.stringify(document).length).toBeLessThanOrEqual(5120);
      for (const name of exempt) {
        const access = { action: 'iam:CreateRole', resource: role(name), resourceAccount: ACCOUNT, context: {} };
        const { decision } = evaluate({
          ...access,
          principal: `arn:aws:iam::${ACCOUNT}:user/somebody`,
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

test('they are attached to the units of the configuration, and are not there without one', () => {
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
