import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as ENV from '../../../src/contract/env';
import { region } from '../../../src/contract/ids';
import { AssumedRoles } from '../../_kit/aws/assumed-roles';
import { DynamoRegistryAccess } from '../../_kit/aws/dynamo-registry-access';
import { DynamoSources } from '../../_kit/aws/dynamo-sources';
import { SnsSubscriptions } from '../../_kit/aws/sns-subscriptions';
import { emfMeasure } from '../../_kit/runtime/emf-measure';
import { jsonLog } from '../../_kit/runtime/json-log';
import { requiredEnv, requiredJson } from '../../_kit/runtime/required-env';
import type { FollowSettings } from './facts';
import { followSources } from './follow-sources';

const names = ENV.followSources;
const roles = new AssumedRoles('checkvalve-follow-sources');
const throughAccessRole = new DynamoDBClient({
  region: requiredEnv(names.registryRegion),
  ...roles.client(requiredEnv(names.registryAccessArn)),
});
const ports = {
  registry: new DynamoRegistryAccess(throughAccessRole, requiredEnv(names.registryTable)),
  sources: new DynamoSources(new DynamoDBClient({}), requiredEnv(names.sourcesTable)),
  subscriptions: new SnsSubscriptions(requiredEnv(names.inboxArn)),
};
const limits = requiredJson<Omit<FollowSettings, 'region'>>(names.limits);
const settings = { ...limits, region: region(requiredEnv('AWS_REGION')) };
const log = jsonLog('follow-sources');
const measure = emfMeasure('follow-sources');

/** Woken by a schedule. */
export const handler = async (): Promise<void> => {
  await followSources(ports, settings, new Date(), log, measure);
};
