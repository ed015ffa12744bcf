import { databasesThatFit } from '../contract/admission';
import { admissionRules, vaultQuota } from './admission-rules';
import type { CheckvalveConfig } from './checkvalve-config';

/** Databases by kind. */
export type DatabaseCounts = CheckvalveConfig['vault']['databases'];

/** The snapshot quota of one kind in the vault of a Region, and its use. */
export interface RoomOfKind {
  readonly kind: 'instances' | 'clusters';
  /** Databases to protect. */
  readonly databases: number;
  /** Manual snapshots that the vault reserves for them. */
  readonly reserved: number;
  /** Databases that the vault would never admit, because the quota is reserved for others. */
  readonly withoutRoom: number;
}

/** The snapshot quota of a vault, and what each account reserves of it. */
export interface RoomPlan {
  readonly copiesPerDatabase: number;
  readonly quota: number;
  readonly kinds: readonly RoomOfKind[];
  /** Accounts whose number of databases is known. */
  readonly accounts: readonly (DatabaseCounts & { readonly account: string; readonly reserved: number })[];
}

/**
 * What `import-copies` would reserve in a Region with this configuration, counted from the databases of the accounts where
 * they are known, otherwise from `vault.databases`.
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
