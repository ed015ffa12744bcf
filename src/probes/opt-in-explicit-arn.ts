import { DescribeRegionSettingsCommand, UpdateRegionSettingsCommand } from '@aws-sdk/client-backup';
import { startBackup } from './backups';
import { instance } from './databases';
import type { Probe } from './probe';
import { refusalOf } from './refusals';

/** Does AWS Backup back up an instance that is named, where the service RDS is not opted in? */
export const optInExplicitArn: Probe = {
  id: 'opt-in-explicit-arn',
  assumptions: ['named-instances-need-no-opt-in'],
  creates: 'an RDS instance and a backup of it; switches the opt-in of RDS off and on again',
  maxCostUsd: 0.3,
  assumed: 'backed-up',
  ask: async ({ source }, scope) => {
    const database = await instance(scope);
    const { ResourceTypeOptInPreference = {} } = await source.backup.send(new DescribeRegionSettingsCommand({}));
    const ask = async () => {
      const refusal = await refusalOf(() => startBackup(scope, source, database));
      if (refusal && !/opt/i.test(refusal.message)) throw refusal;
      return refusal ? 'refused' : 'backed-up';
    };
    if (ResourceTypeOptInPreference.RDS === false) return ask();
    return scope.create('source', 'opt-in', 'RDS', async ({ backup }) => {
      await backup.send(new UpdateRegionSettingsCommand({ ResourceTypeOptInPreference: { RDS: false } }));
      return ask();
    });
  },
};
