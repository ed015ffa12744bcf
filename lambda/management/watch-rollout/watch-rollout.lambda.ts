import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { cellOfStackSet } from '../../../src/contract/cells';
import * as ENV from '../../../src/contract/env';
import { DynamoEnrollment } from '../../_kit/aws/dynamo-enrollment';
import { SnsAlerts } from '../../_kit/aws/sns-alerts';
import { SqsStepQueue } from '../../_kit/aws/sqs-step-queue';
import { ToolingInstances } from '../../_kit/aws/tooling-instances';
import { jsonLog } from '../../_kit/runtime/json-log';
import { requiredEnv } from '../../_kit/runtime/required-env';
import { watchRollout } from './watch-rollout';

const names = ENV.watchRollout;
const retries = { retryMode: 'adaptive', maxAttempts: 8 };
const cloudFormation = new CloudFormationClient(retries);
const ancestor = requiredEnv(names.ancestor);
const ports = {
  rollouts: new Map(
    requiredEnv(names.stackSets)
      .split(',')
      .map((stackSet) => [cellOfStackSet(stackSet), new ToolingInstances(cloudFormation, stackSet, ancestor)]),
  ),
  registry: new DynamoEnrollment(new DynamoDBClient({}), requiredEnv(names.registryTable)),
  alerts: new SnsAlerts(new SNSClient({}), requiredEnv(names.alertsTopic), requiredEnv(names.runbookUrl)),
  queue: new SqsStepQueue(new SQSClient({}), requiredEnv(names.queue)),
};
const log = jsonLog('watch-rollout');

/** Operations of the StackSet that end, a schedule and its own queue invoke it. */
export const handler = (event: unknown) => watchRollout(event, ports, new Date(), log);
