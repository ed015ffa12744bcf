import { databasesThatFit } from '../contract/admission';
import { admissionRules, vaultQuota } from './admission-rules';
import type { CheckvalveConfig } from './checkvalve-config';

/** Databases by kind. */
export type DatabaseCounts = CheckvalveConfig['vault']['databases'];

/** The room of one kind in the vault of a Region. */
export interface RoomOfKind {
  readonly kind: 'instances' | 'clusters';
  /** Databases that are to be protected. */
  readonly databases: number;
  /** Places that they reserve. */
  readonly reserved: number;
  /** Databases for which the vault has no room: it would never admit them. */
  readonly withoutRoom: number;
}

/** The room of a vault, and what each account reserves of it. */
export interface RoomPlan {
  readonly copiesPerDatabase: number;
  readonly quota: number;
  readonly kinds: readonly RoomOfKind[];
  /** Accounts of which the number of databases is known. */
  readonly accounts: readonly (DatabaseCounts & { readonly account: string; readonly reserved: number })[];
}

/**
 * The room that the importer would reserve in a Region with this configuration. Where the databases of accounts are known,
 * they count; else what the configuration says.
 */
export function roomPlan(config: CheckvalveConfig, counted: ReadonlyMap<string, DatabaseCounts>): RoomPlan {
  const { copiesPerDatabase } = admissionRules(config);
  const quota = vaultQuota(config);
  const accounts = [...counted].map(([account, { instances, clusters }]) => {
    return { account, instances, clusters, reserved: (instances + clusters) * copiesPerDatabase };
  });
  const sum = (kind: RoomOfKind['kind']) => accounts.reduce((all, one) => all + one[kind], 0);
  const kinds = (['instances', 'clusters'] as const).map((kind): RoomOfKind => {
    const databases = accounts.length > 0 ? sum(kind) : config.vault.databases[kind];
    const withoutRoom = Math.max(0, databases - databasesThatFit(quota, copiesPerDatabase));
    return { kind, databases, reserved: databases * copiesPerDatabase, withoutRoom };
  });
  return { copiesPerDatabase, quota, kinds, accounts };
}
