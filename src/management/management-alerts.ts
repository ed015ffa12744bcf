import { Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Allowance } from '../constructs/permissions';
import { type AlertKind, MANAGEMENT_ALERTS } from '../contract/management-alerts';
import { NAMES, PREFIX } from '../contract/names';
import { articleUrl } from '../contract/runbook';

/** The article on both alarms of the management account. */
const DEAD_LETTERS: AlertKind = 'management-dlq-not-empty';

/** What the alerts of the management account need. */
export interface ManagementAlertsProps {
  readonly runbookUrl: string;
}

/** The topic that alarms and alerts of the management account are published to, encrypted under a key of its own. */
export class ManagementAlerts extends Construct {
  readonly topic: Topic;
  readonly runbookUrl: string;
  private readonly key: Key;

  constructor(scope: Construct, id: string, { runbookUrl }: ManagementAlertsProps) {
    super(scope, id);
    this.runbookUrl = runbookUrl;
    const account = Stack.of(this).account;
    // A customer managed key, because a CloudWatch alarm cannot publish to a topic under the AWS managed key.
    // https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    this.key = new Key(this, 'Key', {
      description: 'Checkvalve: alerts of the management account',
      enableKeyRotation: true,
    });
    this.topic = new Topic(this, 'Topic', {
      topicName: NAMES.alertsTopic,
      displayName: 'Checkvalve',
      masterKey: this.key,
      enforceSSL: true,
    });
    const alarms = {
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      conditions: { StringEquals: { 'aws:SourceAccount': account } },
    };
    this.key.addToResourcePolicy(
      new PolicyStatement({
        ...alarms,
        sid: 'Alarms',
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
      }),
    );
    this.topic.addToResourcePolicy(
      new PolicyStatement({ ...alarms, sid: 'Alarms', actions: ['sns:Publish'], resources: [this.topic.topicArn] }),
    );
  }

  /** What a step needs to publish an alert. */
  publishPermissions(): readonly Allowance[] {
    return [
      { sid: 'PublishAlerts', actions: ['sns:Publish'], resources: [this.topic.topicArn] },
      { sid: 'EncryptAlerts', actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [this.key.keyArn] },
    ];
  }

  /** Raises an alarm while the dead-letter queue of a step holds messages. */
  watchDeadLetters(step: string, queue: IQueue): void {
    const { severity, title } = MANAGEMENT_ALERTS[DEAD_LETTERS];
    const place = `${Stack.of(this).region}, ${step}`;
    const alarm = new Alarm(this, `${step}-dlq-not-empty`, {
      alarmName: `${PREFIX}-${step}-dlq-not-empty`,
      alarmDescription: `[${severity}] ${place}: ${title}. What to do: ${articleUrl(this.runbookUrl, DEAD_LETTERS)}`,
      metric: queue.metricApproximateNumberOfMessagesVisible(),
      threshold: 0,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
  }
}
