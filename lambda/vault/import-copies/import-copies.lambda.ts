import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { RDSClient } from '@aws-sdk/client-rds';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { AdmissionRules } from '../../../src/contract/admission';
import * as ENV from '../../../src/contract/env';
import { keyArn, region } from '../../../src/contract/ids';
import { AssumedRoles } from '../../_kit/aws/assumed-roles';
import { DynamoOwnCopies } from '../../_kit/aws/dynamo-own-copies';
import { DynamoSources } from '../../_kit/aws/dynamo-sources';
import { RdsSnapshots } from '../../_kit/aws/rds-snapshots';
import { AssumedSnapshotAccess } from '../../_kit/aws/role-snapshot-access';
import { SqsWakeups } from '../../_kit/aws/sqs-wakeups';
import { type CopyLimits, DEFAULT_LIMITS } from '../../_kit/copies';
import { emfMeasure } from '../../_kit/runtime/emf-measure';
import { jsonLog, logUnreadable } from '../../_kit/runtime/json-log';
import { requiredEnv, requiredJson } from '../../_kit/runtime/required-env';
import { importCopies } from './import-copies';
import type { BatchAnswer } from './own-runs';

const names = ENV.importCopies;
const settings = {
  importKey: keyArn(requiredEnv(names.importKeyArn)),
  limits: { ...DEFAULT_LIMITS, ...requiredJson<Partial<CopyLimits>>(names.limits) },
  admission: requiredJson<AdmissionRules>(names.admission),
};
const dynamo = new DynamoDBClient({});
const sourcesTable = requiredEnv(names.sourcesTable);
const sources = new DynamoSources(dynamo, sourcesTable);
const ownCopies = new DynamoOwnCopies(dynamo, requiredEnv(names.indexTable), sourcesTable);
const here = region(requiredEnv('AWS_REGION'));
const log = jsonLog('import-copies');
const measure = emfMeasure('import-copies');
const unreadable = logUnreadable(log);
const snapshots = new RdsSnapshots(new RDSClient({}), unreadable);
// Kept from run to run: the credentials of an access role are valid for an hour.
const accessRoles = new AssumedSnapshotAccess(here, new AssumedRoles('checkvalve-import-copies'), unreadable);
const wakeups = new SqsWakeups(new SQSClient({}), requiredEnv(names.wakeupsUrl));

/** The inbox starts a run, and so does a queue with RDS's events about the vault's own copies, a schedule's and reminders. */
export const handler = (event: unknown): Promise<BatchAnswer> => {
  const ports = { sources, snapshots, accessRoles, wakeups, ownCopies };
  return importCopies(event, ports, settings, new Date(), log, measure);
};
