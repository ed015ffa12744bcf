import { DescribeAccountAttributesCommand } from '@aws-sdk/client-rds';
import { backUp } from './backups';
import type { AccountClients } from './clients';
import { cluster } from './databases';
import type { Probe } from './probe';

async function used({ rds }: AccountClients): Promise<number> {
  const { AccountQuotas = [] } = await rds.send(new DescribeAccountAttributesCommand({}));
  const quota = AccountQuotas.find(({ AccountQuotaName }) => AccountQuotaName === 'ManualClusterSnapshots');
  if (quota?.Used === undefined) throw new Error('DescribeAccountAttributes shows no quota ManualClusterSnapshots');
  return quota.Used;
}

/** Do cluster snapshots of AWS Backup count toward the quota of manual snapshots? */
export const clusterBackupsInQuota: Probe = {
  id: 'cluster-backups-in-quota',
  assumptions: ['cluster-backups-do-not-count'],
  creates: 'an Aurora cluster and a backup of it',
  maxCostUsd: 0.2,
  assumed: 'not-counted',
  ask: async ({ source }, scope) => {
    const database = await cluster(scope);
    const before = await used(source);
    await backUp(scope, source, database);
    return (await used(source)) > before ? 'counted' : 'not-counted';
  },
};
