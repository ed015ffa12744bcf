import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { MAIN_CELL } from '../../../src/contract/cells';
import * as ENV from '../../../src/contract/env';
import { accountId, region } from '../../../src/contract/ids';
import { AssumedRoles } from '../../_kit/aws/assumed-roles';
import { DynamoRegistry } from '../../_kit/aws/dynamo-registry';
import { DynamoSources } from '../../_kit/aws/dynamo-sources';
import { pacedRds } from '../../_kit/aws/paced-rds';
import { RdsSnapshotLists } from '../../_kit/aws/rds-snapshot-lists';
import { AssumedCoverageAccess } from '../../_kit/aws/role-coverage-access';
import { S3Evidence } from '../../_kit/aws/s3-evidence';
import { SnsAlerts } from '../../_kit/aws/sns-alerts';
import type { RegistryEntry } from '../../_kit/ports/registry';
import { emfMeasure } from '../../_kit/runtime/emf-measure';
import { jsonLog, logUnreadable } from '../../_kit/runtime/json-log';
import { rdsPace } from '../../_kit/runtime/pace';
import { requiredEnv, requiredJson } from '../../_kit/runtime/required-env';
import type { CoverageRules } from './facts';
import { reportCoverage } from './report-coverage';

const names = ENV.reportCoverage;
const here = region(requiredEnv('AWS_REGION'));
const log = jsonLog('report-coverage');
const unreadable = logUnreadable(log);
const roles = new AssumedRoles('checkvalve-report-coverage');
const throughAccessRole = new DynamoDBClient({
  region: requiredEnv(names.registryRegion),
  ...roles.client(requiredEnv(names.registryAccessArn)),
});
const cell = process.env[names.cell] ?? MAIN_CELL;
// Accounts of other cells do not wait for this vault.
const isOfCell = (entry: RegistryEntry) => (entry.cell ?? MAIN_CELL) === cell;
const ports = {
  registry: new DynamoRegistry(throughAccessRole, requiredEnv(names.registryTable), isOfCell),
  sources: new DynamoSources(new DynamoDBClient({}), requiredEnv(names.sourcesTable)),
  snapshots: new RdsSnapshotLists(pacedRds(rdsPace()), unreadable),
  accessRoles: new AssumedCoverageAccess(here, roles, unreadable),
  evidence: new S3Evidence(
    new S3Client({}),
    requiredEnv(names.evidenceBucket),
    accountId(requiredEnv(names.evidenceOwner)),
  ),
  measure: emfMeasure('report-coverage'),
  alerts: new SnsAlerts(new SNSClient({}), requiredEnv(names.alertsTopicArn), requiredEnv(names.runbookUrl)),
};
const settings = { region: here, rules: requiredJson<CoverageRules>(names.rules) };

/** Woken by a schedule. */
export const handler = async (): Promise<void> => {
  await reportCoverage(ports, settings, new Date(), log);
};
