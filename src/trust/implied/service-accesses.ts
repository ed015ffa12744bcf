import { accountPart } from '../arn';
import type { Access } from './access';

/** An access of an AWS service with its own principal, over TLS. The context names the source. */
const byService = (action: string, resource: string, context: Access['context'], page: string): Access => ({
  action,
  resource,
  resourceAccount: accountPart(resource),
  context: { 'aws:SecureTransport': 'true', ...context },
  page,
});

const from = (arn: string): Access['context'] => ({ 'aws:SourceArn': arn, 'aws:SourceAccount': accountPart(arn) });

/** SNS sends a message of a topic to a queue. */
export const deliveryToQueue = (topicArn: string, queueArn: string): Access =>
  byService(
    'sqs:SendMessage',
    queueArn,
    from(topicArn),
    'https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html',
  );

/** EventBridge invokes a function for a rule. */
export const functionInvocation = (functionArn: string, ruleArn: string): Access =>
  byService(
    'lambda:InvokeFunction',
    functionArn,
    from(ruleArn),
    'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html',
  );

/** EventBridge sends an event of a rule to a queue. */
export const eventToQueue = (ruleArn: string, queueArn: string): Access =>
  byService(
    'sqs:SendMessage',
    queueArn,
    from(ruleArn),
    'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html',
  );

/** Lambda assumes the role of a function before it runs the code. */
export const functionRoleAssumption = (functionArn: string, roleArn: string): Access =>
  byService(
    'sts:AssumeRole',
    roleArn,
    from(functionArn),
    'https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html',
  );

/** AWS Backup assumes the role of a backup selection. */
export const backupRoleAssumption = (roleArn: string): Access =>
  byService(
    'sts:AssumeRole',
    roleArn,
    { 'aws:SourceAccount': accountPart(roleArn) },
    'https://docs.aws.amazon.com/aws-backup/latest/devguide/iam-service-roles.html',
  );

/** What the role of a Lambda function needs beside the calls of its code: to write its log, and to read its queue. */
export const impliedByRunning = (logGroupArn: string, queueArn?: string): readonly Access[] =>
  [
    ...['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => ({
      action,
      resource: logGroupArn,
      page: 'https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html',
    })),
    ...(queueArn ? ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'] : []).map((action) => ({
      action,
      resource: queueArn ?? '',
      page: 'https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html',
    })),
  ].map((access) => ({
    ...access,
    resourceAccount: accountPart(access.resource),
    context: { 'aws:SecureTransport': 'true' },
  }));

/** What AWS Backup does with its role to back up one database. `point` is the ARN of the snapshot that it creates.
 * Longer than most: one list of accesses. */
export function impliedByBackup(
  database: string,
  point: string,
  keyArn: string | undefined,
  vaultArn: string,
): readonly Access[] {
  const cluster = database.split(':')[5] === 'cluster';
  const page = 'https://docs.aws.amazon.com/aws-backup/latest/devguide/access-control.html';
  const account = accountPart(database);
  const viaRds = { 'kms:ViaService': `rds.${database.split(':')[3]}.amazonaws.com` };
  const automated = point.replace(/awsbackup:.*/, 'rds:automated');
  const access = (action: string, resource: string, context: Access['context'] = {}): Access => ({
    action,
    resource,
    resourceAccount: account,
    context,
    page,
  });
  return [
    access(cluster ? 'rds:DescribeDBClusters' : 'rds:DescribeDBInstances', database),
    access(cluster ? 'rds:DescribeDBClusterSnapshots' : 'rds:DescribeDBSnapshots', point),
    access('rds:ListTagsForResource', database),
    access('tag:GetResources', '*'),
    ...(cluster
      ? [
          access('rds:DescribeDBClusterAutomatedBackups', database.replace(/:cluster:.*/, ':cluster-auto-backup:any')),
          access('rds:ModifyDBCluster', database),
        ]
      : []),
    access(cluster ? 'rds:CreateDBClusterSnapshot' : 'rds:CreateDBSnapshot', database),
    access(cluster ? 'rds:CreateDBClusterSnapshot' : 'rds:CreateDBSnapshot', point),
    access(cluster ? 'rds:CopyDBClusterSnapshot' : 'rds:CopyDBSnapshot', automated),
    access(cluster ? 'rds:CopyDBClusterSnapshot' : 'rds:CopyDBSnapshot', point),
    access('rds:AddTagsToResource', point),
    access('backup:TagResource', point),
    access(cluster ? 'rds:DeleteDBClusterSnapshot' : 'rds:DeleteDBSnapshot', point),
    ...(keyArn
      ? [
          access('kms:DescribeKey', keyArn, viaRds),
          access('kms:CreateGrant', keyArn, { ...viaRds, 'kms:GrantIsForAWSResource': 'true' }),
        ]
      : []),
    access('backup:DescribeBackupVault', vaultArn),
    access('backup:CopyIntoBackupVault', vaultArn),
  ];
}
