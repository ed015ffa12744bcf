import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { EnrollmentSettings } from '../../../src/contract/enrollment-settings';
import * as ENV from '../../../src/contract/env';
import { CheckvalveError } from '../../../src/contract/errors';
import { AwsOrganization } from '../../_kit/aws/aws-organization';
import { DynamoEnrollment } from '../../_kit/aws/dynamo-enrollment';
import { SnsAlerts } from '../../_kit/aws/sns-alerts';
import { SqsStepQueue } from '../../_kit/aws/sqs-step-queue';
import { ToolingInstances } from '../../_kit/aws/tooling-instances';
import { jsonLog } from '../../_kit/runtime/json-log';
import { Pace } from '../../_kit/runtime/pace';
import { requiredEnv, requiredJson } from '../../_kit/runtime/required-env';
import { enrollAccounts } from './enroll-accounts';

const names = ENV.enrollAccounts;
const settings = requiredJson<EnrollmentSettings>(names.settings);
// Organizations throttles per account: the SDK retries with growing delays.
const retries = { retryMode: 'adaptive', maxAttempts: 8 };
const cloudFormation = new CloudFormationClient(retries);
const stackInstances = new Map(
  settings.cells.map(({ name, stackSet }) => [name, new ToolingInstances(cloudFormation, stackSet, settings.rootId)]),
);
const ports = {
  stackInstances: (cell: string) => {
    const found = stackInstances.get(cell);
    if (found) return found;
    throw new CheckvalveError('STEP_FAILED', `The configuration has no cell ${cell}`, 'This is a fault of Checkvalve.');
  },
  registry: new DynamoEnrollment(new DynamoDBClient({}), requiredEnv(names.registryTable)),
  alerts: new SnsAlerts(new SNSClient({}), requiredEnv(names.alertsTopic), requiredEnv(names.runbookUrl)),
  queue: new SqsStepQueue(new SQSClient({}), requiredEnv(names.queue)),
  // Organizations allows twice as many descriptions of accounts per second as listings of tags.
  pace: {
    accounts: new Pace(2 * settings.readsPerSecond),
    tags: new Pace(settings.readsPerSecond),
    instances: new Pace(settings.readsPerSecond),
  },
};
const organizations = new OrganizationsClient(retries);
const log = jsonLog('enroll-accounts');

/** Events of Organizations, a schedule and its own queue invoke it. */
export const handler = (event: unknown) =>
  // A new AwsOrganization for each run: it caches the units that it has read.
  enrollAccounts(event, { ...ports, organization: new AwsOrganization(organizations) }, settings, new Date(), log);
