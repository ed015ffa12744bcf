import type { Access } from './access';

const accountIn = (arn: string): string => arn.split(':')[4] ?? '';

/** What an AWS service asks for in its own name. It comes over TLS, and names whom it comes for. */
const asked = (action: string, resource: string, context: Access['context'], page: string): Access => ({
  action,
  resource,
  resourceAccount: accountIn(resource),
  context: { 'aws:SecureTransport': 'true', ...context },
  page,
});

const from = (arn: string): Access['context'] => ({ 'aws:SourceArn': arn, 'aws:SourceAccount': accountIn(arn) });

/** SNS puts a message of a topic into a queue. */
export const deliveryToQueue = (topicArn: string, queueArn: string): Access =>
  asked(
    'sqs:SendMessage',
    queueArn,
    from(topicArn),
    'https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html',
  );

/** EventBridge wakes a function for a rule. */
export const wakeUpOf = (functionArn: string, ruleArn: string): Access =>
  asked(
    'lambda:InvokeFunction',
    functionArn,
    from(ruleArn),
    'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html',
  );

/** EventBridge puts an event of a rule into a queue. */
export const eventToQueue = (ruleArn: string, queueArn: string): Access =>
  asked(
    'sqs:SendMessage',
    queueArn,
    from(ruleArn),
    'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html',
  );

/** Lambda takes the role of a function, before a line of its code has run. */
export const takingFunctionRole = (functionArn: string, roleArn: string): Access =>
  asked(
    'sts:AssumeRole',
    roleArn,
    from(functionArn),
    'https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html',
  );

/** AWS Backup takes the role that a selection names. */
export const takingBackupRole = (roleArn: string): Access =>
  asked(
    'sts:AssumeRole',
    roleArn,
    { 'aws:SourceAccount': accountIn(roleArn) },
    'https://docs.aws.amazon.com/aws-backup/latest/devguide/iam-service-roles.html',
  );

/** What a Lambda function's role needs without a line of its code: writing its log, and reading the queue that feeds it. */
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
    resourceAccount: accountIn(access.resource),
    context: { 'aws:SecureTransport': 'true' },
  }));

/** What AWS Backup does under its role to back up one database. `points` is the ARN of the snapshot that it makes. */
export function impliedByBackup(
  database: string,
  point: string,
  keyArn: string | undefined,
  vaultArn: string,
): readonly Access[] {
  const cluster = database.split(':')[5] === 'cluster';
  const page = 'https://docs.aws.amazon.com/aws-backup/latest/devguide/access-control.html';
  const account = accountIn(database);
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
