import { DescribeDBSnapshotsCommand } from '@aws-sdk/client-rds';
import type { Probe } from './probe';
import { instanceSnapshot } from './snapshots';
import { roleResource, sessionOf, stack } from './stacks';

/** Does a list of snapshots show tags to a role without `rds:ListTagsForResource`? */
export const tagListWithoutListTags: Probe = {
  id: 'tag-list-without-list-tags',
  assumptions: ['lists-show-tags-without-list-tags'],
  creates: 'an RDS instance, a snapshot of it and a role',
  maxCostUsd: 0.3,
  assumed: 'shown',
  ask: async ({ source }, scope) => {
    const DBSnapshotIdentifier = await instanceSnapshot(scope);
    const reading = [{ Effect: 'Allow', Action: 'rds:DescribeDBSnapshots', Resource: '*' }];
    const { Role = '' } = await stack(
      scope,
      'source',
      'reader',
      { Role: roleResource(scope.name('reader'), { AWS: source.account }, reading) },
      { Role: { 'Fn::GetAtt': ['Role', 'Arn'] } },
    );
    const { rds } = await sessionOf(scope, source, Role);
    const { DBSnapshots: [found] = [] } = await rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier }));
    return found?.TagList?.some(({ Key }) => Key === 'checkvalve-probe') ? 'shown' : 'hidden';
  },
};
