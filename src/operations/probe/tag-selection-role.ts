import { planSelects } from './plans';
import type { Probe } from './probe';

const WRITES = ['rds:AddTagsToResource', 'rds:CopyDBSnapshot', 'rds:CreateDBSnapshot', 'rds:DeleteDBSnapshot'];
const READS = ['rds:DescribeDBInstances', 'rds:DescribeDBSnapshots', 'rds:ListTagsForResource'];
const KEYS = ['kms:CreateGrant', 'kms:DescribeKey'];

/** Does AWS Backup select databases by tag with a role that lacks `tag:GetResources`? */
export const tagSelectionRole: Probe = {
  id: 'tag-selection-role',
  assumptions: ['backup-selects-by-tag-without-get-resources'],
  creates: 'an RDS instance, a backup vault, a role, a backup plan that selects by tag, and a backup',
  maxCostUsd: 0.5,
  assumed: 'selected',
  ask: async ({ source }, scope) => {
    const policy = [{ Effect: 'Allow', Action: [...WRITES, ...READS, ...KEYS], Resource: '*' }];
    return (await planSelects(scope, source, 'selecting', policy)) ? 'selected' : 'not-selected';
  },
};
