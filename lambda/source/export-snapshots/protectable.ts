import type { VerdictCode } from '../../../src/contract/verdicts';
import type { Snapshot } from '../../_kit/ports/snapshots';

/** Engines that come as a cluster but are not Aurora: a Multi-AZ DB cluster, which RDS can neither copy nor share.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/multi-az-db-clusters-concepts.Limitations.html */
const MULTI_AZ_ENGINES = ['mysql', 'postgres'];

/** Why no copy of this snapshot can ever be shared with another account; undefined where nothing is known against it.
 * Told from what RDS says about the snapshot, before any copy is made. */
export function lastingReason({ kind, engine, encrypted }: Snapshot): VerdictCode | undefined {
  if (engine.startsWith('custom-')) return 'rds-custom';
  if (kind !== 'cluster') return undefined;
  if (MULTI_AZ_ENGINES.includes(engine)) return 'multi-az-cluster';
  return encrypted ? undefined : 'unencrypted-cluster';
}
