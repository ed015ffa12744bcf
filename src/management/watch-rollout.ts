import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { cellsOf } from '../config/cells';
import { StepLambda } from '../constructs/step-lambda';
import * as ENV from '../contract/env';
import { roleNames } from '../contract/names';
import type { ManagementStepProps } from './enroll-accounts';
import { changeInstances, readStackSet, stackSetPrefix, stackSetsOf } from './stack-set-permissions';
import { WorkQueue } from './work-queue';

/** The step `watch-rollout`: woken when an operation of the StackSet ends, and every hour, to try again what failed. */
export class WatchRollout extends Construct {
  constructor(scope: Construct, id: string, { config, code, registry, alerts }: ManagementStepProps) {
    super(scope, id);
    const { rootId } = config.organization;
    const stackSets = stackSetsOf(config);
    const names = ENV.watchRollout;
    const queue = new WorkQueue(this, 'Work', { step: 'watch-rollout', alerts });
    const { handler } = new StepLambda(this, 'Step', {
      step: 'watch-rollout',
      roleName: roleNames.managementStep('watch-rollout'),
      code,
      environment: {
        [names.stackSets]: cellsOf(config)
          .map(({ cell }) => cell.stackSet)
          .join(),
        [names.ancestor]: rootId,
        [names.registryTable]: registry.tableName,
        [names.alertsTopic]: alerts.topic.topicArn,
        [names.queue]: queue.url,
        [names.runbookUrl]: alerts.runbookUrl,
      },
      may: [
        readStackSet(stackSets, [
          'cloudformation:DescribeStackSet',
          'cloudformation:DescribeStackSetOperation',
          'cloudformation:ListStackInstances',
          'cloudformation:ListStackSetOperationResults',
          'cloudformation:ListStackSetOperations',
        ]),
        changeInstances(stackSets, ['cloudformation:DeleteStackInstances', 'cloudformation:UpdateStackInstances']),
        { sid: 'KeepRegistry', actions: ['dynamodb:BatchGetItem', 'dynamodb:PutItem'], resources: [registry.tableArn] },
        ...queue.permissions(),
        ...alerts.publishPermissions(),
      ],
    });
    queue.feed(handler);
    this.wakeBy([new LambdaFunction(handler)], stackSetPrefix(config));
  }

  /** Wakes the step when the status of an operation changes, and every hour. */
  private wakeBy(targets: LambdaFunction[], prefix: string): void {
    // https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-cloudformation.html
    new Rule(this, 'OperationEvents', {
      description: 'Checkvalve: the status of an operation of the tooling changed',
      eventPattern: {
        source: ['aws.cloudformation'],
        detailType: ['CloudFormation StackSet Operation Status Change'],
        detail: {
          'stack-set-arn': [{ prefix }],
        },
      },
      targets,
    });
    new Rule(this, 'Sweep', {
      description: 'Checkvalve: observes every instance of the tooling, and tries again what failed',
      schedule: Schedule.rate(Duration.hours(1)),
      targets,
    });
  }
}
