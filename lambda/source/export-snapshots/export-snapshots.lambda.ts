import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { RDSClient } from '@aws-sdk/client-rds';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import * as ENV from '../../../src/contract/env';
import { accountId, keyArn } from '../../../src/contract/ids';
import { DynamoExportMemory } from '../../_kit/aws/dynamo-export-memory';
import { RdsSnapshots } from '../../_kit/aws/rds-snapshots';
import { SnsNotifications } from '../../_kit/aws/sns-notifications';
import { SqsWakeups } from '../../_kit/aws/sqs-wakeups';
import { type CopyLimits, DEFAULT_LIMITS } from '../../_kit/copies';
import { jsonLog, logUnreadable } from '../../_kit/runtime/json-log';
import { requiredEnv, requiredJson } from '../../_kit/runtime/required-env';
import { exportSnapshots } from './export-snapshots';
import type { ExportSettings } from './facts';
import { RunNotes } from './run-notes';

const names = ENV.exportSnapshots;
const log = jsonLog('export-snapshots');
const unreadable = logUnreadable(log);
const ports = {
  snapshots: new RdsSnapshots(new RDSClient({}), unreadable),
  memory: new DynamoExportMemory(new DynamoDBClient({}), requiredEnv(names.exportMemoryTable)),
  notifications: new SnsNotifications(new SNSClient({}), requiredEnv(names.topicArn)),
  wakeups: new SqsWakeups(new SQSClient({}), requiredEnv(names.wakeupsUrl)),
};
const settings = {
  exportKey: keyArn(requiredEnv(names.exportKeyArn)),
  previousKeyIds: (process.env[names.previousKeyIds] ?? '').split(',').filter(Boolean),
  vaultAccount: accountId(requiredEnv(names.vaultAccount)),
  databaseTag: requiredJson<ExportSettings['databaseTag']>(names.databaseTag),
  limits: { ...DEFAULT_LIMITS, ...requiredJson<Partial<CopyLimits>>(names.limits) },
};

// Kept from run to run.
const notes = new RunNotes();

/** Events of RDS and AWS Backup, a schedule and the step's own wakeups invoke it, all through one queue. */
export const handler = async (event: unknown): Promise<void> => {
  await exportSnapshots(event, ports, settings, new Date(), log, notes);
};
