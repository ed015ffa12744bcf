import { DescribeRegionSettingsCommand, UpdateRegionSettingsCommand } from '@aws-sdk/client-backup';
import { MANAGED_POLICY } from './backups';
import { planSelects } from './plans';
import type { Probe } from './probe';

/** Does a backup plan that names instances by ARN back them up when RDS is not opted in? */
export const optInExplicitArn: Probe = {
  id: 'opt-in-explicit-arn',
  assumptions: ['named-instances-need-no-opt-in'],
  creates: 'an RDS instance, a backup vault, a role, a backup plan and a backup; opts RDS out, and in again',
  maxCostUsd: 0.5,
  assumed: 'backed-up',
  ask: async ({ source }, scope) => {
    const ask = async () =>
      (await planSelects(scope, source, 'opted-out', MANAGED_POLICY)) ? 'backed-up' : 'left-out';
    const { ResourceTypeOptInPreference: before = {} } = await source.backup.send(
      new DescribeRegionSettingsCommand({}),
    );
    if (before.RDS === false) return ask();
    return scope.create('source', 'opt-in', 'RDS', async ({ backup }) => {
      await backup.send(new UpdateRegionSettingsCommand({ ResourceTypeOptInPreference: { ...before, RDS: false } }));
      return ask();
    });
  },
};
