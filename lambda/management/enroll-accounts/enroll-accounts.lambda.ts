import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { ENV } from '../../../src/contract/env';
import { AwsOrganization } from '../../_kit/aws/aws-organization';
import { DynamoRegistry } from '../../_kit/aws/dynamo-registry';
import { ToolingInstances } from '../../_kit/aws/tooling-instances';
import { jsonLog } from '../../_kit/runtime/json-log';
import { requiredEnv, requiredJson } from '../../_kit/runtime/required-env';
import { enrollAccounts } from './enroll-accounts';
import type { EnrolmentSettings } from './plan';

const names = ENV.enrollAccounts;
const settings = requiredJson<EnrolmentSettings>(names.settings);
const ports = {
  // A new one for each run: it remembers the units it has seen.
  organization: () => new AwsOrganization(new OrganizationsClient({})),
  stackInstances: new ToolingInstances(new CloudFormationClient({}), requiredEnv(names.stackSet), settings.rootId),
  registry: new DynamoRegistry(new DynamoDBClient({}), requiredEnv(names.registryTable)),
};
const log = jsonLog('enroll-accounts');

/** Woken by events of Organizations and by a schedule: what the event says is not read. */
export const handler = async (): Promise<void> => {
  await enrollAccounts({ ...ports, organization: ports.organization() }, settings, new Date(), log);
};
