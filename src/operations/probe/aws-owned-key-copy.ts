import {
  CopyDBClusterSnapshotCommand,
  DescribeDBClusterSnapshotsCommand,
  ModifyDBClusterSnapshotAttributeCommand,
} from '@aws-sdk/client-rds';
import { cluster } from './databases';
import type { Probe } from './probe';
import { refusalOf } from './refusals';
import { clusterSnapshot, clusterSnapshotEnd } from './snapshots';
import { keyResource, stack } from './stacks';

/** Can the snapshot of a cluster under an AWS owned key be copied under a customer key, and can the copy be shared? */
export const awsOwnedKeyCopy: Probe = {
  id: 'aws-owned-key-copy',
  assumptions: ['aws-owned-keys-can-be-replaced'],
  creates: 'an Aurora cluster, a snapshot of it, a KMS key and a shared copy',
  maxCostUsd: 0.2,
  assumed: 'copied-and-shared',
  ask: async ({ source, vault }, scope) => {
    const original = await clusterSnapshot(scope, await cluster(scope, 'by-default'));
    const of = { DBClusterSnapshotIdentifier: original };
    const { DBClusterSnapshots: [found] = [] } = await source.rds.send(new DescribeDBClusterSnapshotsCommand(of));
    if (found?.StorageEncryptionType !== 'sse-rds')
      throw new Error(
        `New clusters are not under an AWS owned key (sse-rds) in this account, but ${found?.StorageEncryptionType}`,
      );
    const { Key: KmsKeyId } = await stack(
      scope,
      'source',
      'owned-key',
      { Key: keyResource(source.account) },
      { Key: { 'Fn::GetAtt': ['Key', 'Arn'] } },
    );
    const name = scope.name('owned-copy');
    return scope.create('source', 'cluster-snapshot', name, async (account) => {
      const target = { TargetDBClusterSnapshotIdentifier: name, KmsKeyId, Tags: scope.tags };
      const order = new CopyDBClusterSnapshotCommand({ SourceDBClusterSnapshotIdentifier: original, ...target });
      if (await refusalOf(() => account.rds.send(order))) return 'copy-refused';
      if ((await clusterSnapshotEnd(scope, account, name)) !== 'available') return 'copy-failed';
      const share = { DBClusterSnapshotIdentifier: name, AttributeName: 'restore', ValuesToAdd: [vault.account] };
      const refusal = await refusalOf(() => account.rds.send(new ModifyDBClusterSnapshotAttributeCommand(share)));
      return refusal ? 'share-refused' : 'copied-and-shared';
    });
  },
};
