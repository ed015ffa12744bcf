import { BackupClient } from '@aws-sdk/client-backup';
import * as ENV from '../../../src/contract/env';
import { AwsBackupSettings } from '../../_kit/aws/aws-backup-settings';
import { answerCloudFormation, isCustomResourceEvent } from '../../_kit/runtime/custom-resource';
import { jsonLog } from '../../_kit/runtime/json-log';
import { answerTo, enableBackup } from './enable-backup';

const names = ENV.enableBackup;
const log = jsonLog('enable-backup');
const backup = new AwsBackupSettings(new BackupClient({}));
// A missing variable must not throw while the module loads: CloudFormation would wait for an answer until its timeout.
const settings = {
  mode: process.env[names.serviceOptIn] === 'set' ? ('set' as const) : ('report' as const),
  copiesVault: process.env[names.copiesVault] || undefined,
};

/** CloudFormation, which waits for an answer, and a schedule invoke it. */
export const handler = async (event: unknown): Promise<void> => {
  const run = () => enableBackup(backup, settings, log);
  if (isCustomResourceEvent(event)) await answerCloudFormation(event, await answerTo(event, run));
  else await run();
};
