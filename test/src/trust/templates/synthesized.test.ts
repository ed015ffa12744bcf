import { readFileSync } from 'node:fs';
import {
  App,
  aws_backup,
  aws_events,
  aws_events_targets,
  aws_iam,
  aws_kms,
  aws_lambda,
  aws_s3,
  aws_sqs,
  Stack,
} from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { AccessDecision } from '../../../../src/policy-evaluator/decision';
import { evaluate } from '../../../../src/policy-evaluator/evaluate';
import type { PolicyDocument } from '../../../../src/policy-evaluator/policy';
import { policiesOf, unreadPoliciesOf } from '../../../../src/trust/templates/policies-of';
import { resolveTemplate } from '../../../../src/trust/templates/resolve-template';
import type { ResolvedTemplate } from '../../../../src/trust/templates/template';

const place = { account: '333300002222', region: 'eu-central-1', stackName: 'Vault' };

/** A stack as the CDK writes it: grants, a function with its role, a rule that calls it, policies of several kinds. */
function synthesized(): ResolvedTemplate {
  const stack = new Stack(new App({ context: JSON.parse(readFileSync('cdk.json', 'utf8')).context }), 'Vault');
  const key = new aws_kms.Key(stack, 'Key');
  const queue = new aws_sqs.Queue(stack, 'Queue', { encryptionMasterKey: key, enforceSSL: true });
  const worker = new aws_lambda.Function(stack, 'Worker', {
    runtime: aws_lambda.Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code: aws_lambda.Code.fromInline('exports.handler = async () => {};'),
  });
  queue.grantConsumeMessages(worker);
  const rule = new aws_events.Rule(stack, 'Rule', { schedule: aws_events.Schedule.expression('rate(1 hour)') });
  rule.addTarget(new aws_events_targets.LambdaFunction(worker));
  new aws_s3.Bucket(stack, 'Bucket', { enforceSSL: true }).grantRead(worker);
  new aws_backup.BackupVault(stack, 'Points', { backupVaultName: 'points', blockRecoveryPointDeletion: true });
  new aws_iam.Role(stack, 'Idle', { assumedBy: new aws_iam.AccountRootPrincipal() });
  return resolveTemplate(Template.fromStack(stack).toJSON(), place);
}

const resolved = synthesized();
const arnOf = (type: string, id: string): string =>
  [...resolved.resources].find(([logicalId, each]) => each.type === type && logicalId.startsWith(id))?.[1].arn ?? '';
const documents = (kind: string, ownerArn: string): readonly PolicyDocument[] =>
  policiesOf(resolved)
    .filter((each) => each.kind === kind && each.ownerArn === ownerArn)
    .map((each) => each.document);

function ask(principal: string, action: string, resource: string): AccessDecision['decision'] {
  return evaluate({
    principal,
    action,
    resource,
    resourceAccount: place.account,
    context: { 'aws:SecureTransport': 'true' },
    identityPolicies: documents('identity', principal),
    resourcePolicy: documents('resource', resource)[0] ?? null,
  }).decision;
}

test('nothing is left open', () => {
  expect(resolved.unresolved).toEqual([]);
  expect(resolved.variants).toHaveLength(1);
  expect(JSON.stringify([...resolved.resources.values()].map((each) => each.properties))).not.toMatch(
    /"(Ref|Fn::\w+)":/,
  );
});

test('the policies belong to the resources of the stack', () => {
  const owners = new Set([...resolved.resources.values()].flatMap((each) => each.arn ?? []));
  expect(policiesOf(resolved).filter((each) => !owners.has(each.ownerArn))).toEqual([]);
  const kinds = policiesOf(resolved).map((each) => `${each.kind} ${each.ownerArn.split(':')[2]}`);
  expect(kinds.sort()).toEqual([
    'identity iam',
    'resource backup',
    'resource kms',
    'resource lambda',
    'resource s3',
    'resource sqs',
    'trust iam',
    'trust iam',
  ]);
});

test('the managed policy of AWS that the function has was not judged', () => {
  expect(unreadPoliciesOf(resolved).map((each) => each.what)).toEqual([
    'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole is not in this template',
  ]);
});

test('the decisions for the principals of the templates', () => {
  const worker = arnOf('AWS::IAM::Role', 'WorkerServiceRole');
  const idle = arnOf('AWS::IAM::Role', 'Idle');
  const queue = arnOf('AWS::SQS::Queue', 'Queue');
  const key = arnOf('AWS::KMS::Key', 'Key');
  const points = arnOf('AWS::Backup::BackupVault', 'Points');
  expect([worker, idle, queue, key, points].every((each) => each.startsWith('arn:aws:'))).toBe(true);
  expect({
    receive: ask(worker, 'sqs:ReceiveMessage', queue),
    send: ask(worker, 'sqs:SendMessage', queue),
    decrypt: ask(worker, 'kms:Decrypt', key),
    idle: ask(idle, 'kms:Decrypt', key),
    destroy: ask(`arn:aws:iam::${place.account}:root`, 'backup:DeleteRecoveryPoint', points),
  }).toEqual({
    receive: 'Allowed',
    send: 'ImplicitlyDenied',
    decrypt: 'Allowed',
    idle: 'ImplicitlyDenied',
    destroy: 'ExplicitlyDenied',
  });
});
