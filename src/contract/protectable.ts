import type { Kind } from './ids';
import type { VerdictCode } from './verdicts';

/** What RDS returns of a database and of each of its snapshots. */
export interface Describable {
  readonly kind: Kind;
  readonly engine: string;
  readonly encrypted: boolean;
}

/** Engines of a Multi-AZ DB cluster, which is not Aurora: RDS can neither copy nor share its snapshots.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/multi-az-db-clusters-concepts.Limitations.html */
const MULTI_AZ_ENGINES = ['mysql', 'postgres'];

/** Why no copy of this snapshot, or of a snapshot of this database, can ever be shared with another account; undefined where
 * nothing is known against it. Derived from the description of RDS, before any copy is made. */
export function unsupportedReason({ kind, engine, encrypted }: Describable): VerdictCode | undefined {
  if (engine.startsWith('custom-')) return 'rds-custom';
  if (kind !== 'cluster') return undefined;
  if (MULTI_AZ_ENGINES.includes(engine)) return 'multi-az-cluster';
  return encrypted ? undefined : 'unencrypted-cluster';
}
