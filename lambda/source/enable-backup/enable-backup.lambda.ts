import { BackupClient } from '@aws-sdk/client-backup';
import * as ENV from '../../../src/contract/env';
import { AwsBackupSettings } from '../../_kit/aws/aws-backup-settings';
import { answerCloudFormation, isCustomResourceEvent } from '../../_kit/runtime/custom-resource';
import { jsonLog } from '../../_kit/runtime/json-log';
import { enableBackup, replyTo } from './enable-backup';

const names = ENV.enableBackup;
const log = jsonLog('enable-backup');
const backup = new AwsBackupSettings(new BackupClient({}));
// Nothing here throws while the module is loaded: CloudFormation would wait for an answer in vain.
const settings = {
  mode: process.env[names.serviceOptIn] === 'set' ? ('set' as const) : ('report' as const),
  copiesVault: process.env[names.copiesVault] || undefined,
};

/** Woken by CloudFormation, which waits for an answer, and by a schedule. */
export const handler = async (event: unknown): Promise<void> => {
  const run = () => enableBackup(backup, settings, log);
  if (isCustomResourceEvent(event)) await answerCloudFormation(event, await replyTo(event, run));
  else await run();
};
