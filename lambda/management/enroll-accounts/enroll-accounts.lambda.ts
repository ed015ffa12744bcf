import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { EnrollmentSettings } from '../../../src/contract/enrollment-settings';
import * as ENV from '../../../src/contract/env';
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
// Organizations throttles by account: what is refused is tried again, slower each time.
const patient = { retryMode: 'adaptive', maxAttempts: 8 };
const ports = {
  stackInstances: new ToolingInstances(new CloudFormationClient(patient), requiredEnv(names.stackSet), settings.rootId),
  registry: new DynamoEnrollment(new DynamoDBClient({}), requiredEnv(names.registryTable)),
  alerts: new SnsAlerts(new SNSClient({}), requiredEnv(names.alertsTopic), requiredEnv(names.runbookUrl)),
  queue: new SqsStepQueue(new SQSClient({}), requiredEnv(names.queue)),
  // Organizations lets accounts be described twice as often as tags be listed.
  pace: {
    accounts: new Pace(2 * settings.readsPerSecond),
    tags: new Pace(settings.readsPerSecond),
    instances: new Pace(settings.readsPerSecond),
  },
};
const organizations = new OrganizationsClient(patient);
const log = jsonLog('enroll-accounts');

/** Woken by events of Organizations, by a schedule and by its own queue. */
export const handler = (event: unknown) =>
  // The organization anew for each run: it remembers the units it has seen.
  enrollAccounts(event, { ...ports, organization: new AwsOrganization(organizations) }, settings, new Date(), log);
