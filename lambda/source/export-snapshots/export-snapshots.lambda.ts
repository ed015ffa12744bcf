import { RDSClient } from '@aws-sdk/client-rds';
import { SNSClient } from '@aws-sdk/client-sns';
import { ENV } from '../../../src/contract/env';
import { accountId, keyArn } from '../../../src/contract/ids';
import { RdsSnapshots } from '../../_kit/aws/rds-snapshots';
import { SnsAnnouncements } from '../../_kit/aws/sns-announcements';
import { type CopyLimits, DEFAULT_LIMITS } from '../../_kit/copies';
import { jsonLog } from '../../_kit/runtime/json-log';
import { requiredEnv, requiredJson } from '../../_kit/runtime/required-env';
import { exportSnapshots } from './export-snapshots';

const names = ENV.exportSnapshots;
const log = jsonLog('export-snapshots');
const unreadable = (snapshot: string, because: string) => log('snapshot.unreadable', { snapshot, because });
const ports = {
  snapshots: new RdsSnapshots(new RDSClient({}), unreadable),
  announcements: new SnsAnnouncements(new SNSClient({}), requiredEnv(names.topicArn)),
};
const settings = {
  exportKey: keyArn(requiredEnv(names.exportKeyArn)),
  vaultAccount: accountId(requiredEnv(names.vaultAccount)),
  limits: { ...DEFAULT_LIMITS, ...requiredJson<Partial<CopyLimits>>(names.limits) },
};

/** Woken by events of RDS and AWS Backup and by a schedule: what the event says is not read. */
export const handler = async (): Promise<void> => {
  await exportSnapshots(ports, settings, new Date(), log);
};
