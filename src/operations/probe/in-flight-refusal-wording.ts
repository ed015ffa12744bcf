import { CopyDBClusterSnapshotCommand } from '@aws-sdk/client-rds';
import { cluster } from './databases';
import type { Probe } from './probe';
import { refusalOf } from './refusals';
import { clusterSnapshot } from './snapshots';

/** One more than RDS’s limit of copies in flight. https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-copy-snapshot.html */
const COPIES = 6;

/** Does the error for one copy too many in flight differ from that for a full quota? */
export const inFlightRefusalWording: Probe = {
  id: 'in-flight-refusal-wording',
  assumptions: ['in-flight-refusals-differ-from-quota-refusals'],
  creates: 'an Aurora cluster, a snapshot of it and six copies',
  maxCostUsd: 0.2,
  assumed: 'quota-code-without-manual-snapshots',
  ask: async ({ source }, scope) => {
    const original = await clusterSnapshot(scope, await cluster(scope));
    for (let at = 1; at <= COPIES; at += 1) {
      const name = scope.name(`in-flight-${at}`);
      const target = { TargetDBClusterSnapshotIdentifier: name, Tags: scope.tags };
      const order = new CopyDBClusterSnapshotCommand({ SourceDBClusterSnapshotIdentifier: original, ...target });
      const refusal = await scope.create('source', 'cluster-snapshot', name, () =>
        refusalOf(() => source.rds.send(order), { quotas: true }),
      );
      if (!refusal) continue;
      if (!/^SnapshotQuotaExceeded/.test(refusal.name)) return 'another-code';
      return /manual/i.test(refusal.message)
        ? 'quota-code-with-manual-snapshots'
        : 'quota-code-without-manual-snapshots';
    }
    return 'not-refused';
  },
};
