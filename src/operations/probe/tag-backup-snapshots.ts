import { AddTagsToResourceCommand } from '@aws-sdk/client-rds';
import { backupOf } from './backups';
import { cluster, instance } from './databases';
import type { Probe } from './probe';
import { refusalOf } from './refusals';

/** Can a customer tag snapshots of AWS Backup? */
export const tagBackupSnapshots: Probe = {
  id: 'tag-backup-snapshots',
  assumptions: ['backup-snapshots-can-be-tagged'],
  creates: 'an RDS instance and an Aurora cluster, and one backup of each',
  maxCostUsd: 0.5,
  assumed: 'both-accepted',
  ask: async ({ source }, scope) => {
    const isAccepted = async (ResourceName: string) => {
      const Tags = [{ Key: 'checkvalve-probe-asks', Value: scope.run }];
      return !(await refusalOf(() => source.rds.send(new AddTagsToResourceCommand({ ResourceName, Tags }))));
    };
    const ofInstance = await isAccepted(await backupOf(scope, source, await instance(scope)));
    const ofCluster = await isAccepted(await backupOf(scope, source, await cluster(scope)));
    if (ofInstance === ofCluster) return ofInstance ? 'both-accepted' : 'both-refused';
    return ofInstance ? 'cluster-refused' : 'instance-refused';
  },
};
