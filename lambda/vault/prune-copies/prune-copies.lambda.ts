import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import * as ENV from '../../../src/contract/env';
import { accountId } from '../../../src/contract/ids';
import type { Retention } from '../../../src/contract/retention';
import { RdsClock } from '../../_kit/aws/aws-clock';
import { DynamoSources } from '../../_kit/aws/dynamo-sources';
import { pacedRds } from '../../_kit/aws/paced-rds';
import { RdsSnapshots } from '../../_kit/aws/rds-snapshots';
import { S3Evidence } from '../../_kit/aws/s3-evidence';
import { emfMeasure } from '../../_kit/runtime/emf-measure';
import { jsonLog, logUnreadable } from '../../_kit/runtime/json-log';
import { rdsPace } from '../../_kit/runtime/pace';
import { requiredEnv, requiredJson } from '../../_kit/runtime/required-env';
import { pruneCopies } from './prune-copies';

const names = ENV.pruneCopies;
const settings = { retention: requiredJson<Retention>(names.retention) };
const log = jsonLog('prune-copies');
const measure = emfMeasure('prune-copies');
const unreadable = logUnreadable(log);
const rds = pacedRds(rdsPace());
const ports = {
  snapshots: new RdsSnapshots(rds, unreadable),
  clock: new RdsClock(rds),
  evidence: new S3Evidence(
    new S3Client({}),
    requiredEnv(names.evidenceBucket),
    accountId(requiredEnv(names.evidenceOwner)),
  ),
  sources: new DynamoSources(new DynamoDBClient({}), requiredEnv(names.sourcesTable)),
};

/** Woken by a schedule, several times a day. */
export const handler = async (): Promise<void> => {
  await pruneCopies(ports, settings, new Date(), log, measure);
};
