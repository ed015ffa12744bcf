import { RDSClient } from '@aws-sdk/client-rds';
import * as ENV from '../../../src/contract/env';
import type { Retention } from '../../../src/contract/retention';
import { RdsSnapshots } from '../../_kit/aws/rds-snapshots';
import { emfMeasure } from '../../_kit/runtime/emf-measure';
import { jsonLog } from '../../_kit/runtime/json-log';
import { requiredJson } from '../../_kit/runtime/required-env';
import { pruneCopies } from './prune-copies';

const settings = { retention: requiredJson<Retention>(ENV.pruneCopies.retention) };
const log = jsonLog('prune-copies');
const measure = emfMeasure('prune-copies');
const unreadable = (snapshot: string, because: string) => log('snapshot.unreadable', { snapshot, because });
const snapshots = new RdsSnapshots(new RDSClient({}), unreadable);

/** Woken by a schedule, several times a day. */
export const handler = async (): Promise<void> => {
  await pruneCopies(snapshots, settings, new Date(), log, measure);
};
