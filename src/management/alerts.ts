import { Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Allowance } from '../constructs/permissions';
import { anchorOf, MANAGEMENT_ALERTS } from '../contract/management-alerts';
import { NAMES } from '../contract/names';

/** The one topic on which the management account tells people things, under a key of its own. */
export class Alerts extends Construct {
  readonly topic: Topic;
  private readonly key: Key;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const account = Stack.of(this).account;
    // A key of our own: under the one that AWS manages, an alarm of CloudWatch could not say anything.
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

  /** What a step needs to say something here. */
  mayTell(): readonly Allowance[] {
    return [
      { sid: 'TellPeople', actions: ['sns:Publish'], resources: [this.topic.topicArn] },
      { sid: 'SealAlerts', actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [this.key.keyArn] },
    ];
  }

  /** Says so when a message was tried in vain too often. */
  watchDeadLetters(step: string, queue: IQueue): void {
    const alarm = new Alarm(this, `${step}-dead-letters`, {
      alarmName: `Checkvalve: dead letters of ${step}`,
      alarmDescription: `Something ${step} had to do was tried in vain. docs/runbook.md#${anchorOf(MANAGEMENT_ALERTS.stuck)}`,
      metric: queue.metricApproximateNumberOfMessagesVisible(),
      threshold: 0,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
  }
}
