/** The promises of one-way trust by their numbers. */
export type PromiseId = keyof typeof PROMISES;

/** What each promises, in a sentence. */
export const PROMISES = {
  T1: 'No AWS principal outside the vault is allowed anything by a resource policy of the vault.',
  T2: 'No role in the vault can be assumed from outside the vault.',
  T3: 'Nothing pushed into a source names a permission on a vault resource.',
  T4: 'The import key is usable by the vault alone, and grants on it are for AWS services alone; an export key gives the vault decrypt and grants, never administration.',
  T5: 'Each door trusts exactly the named vault roles, and only reads or marks.',
  T6: 'No copy under the import key is ever shared.',
  T7: 'Only prune-copies can delete snapshots, and only ours; drills delete only checkvalve-drill-* databases.',
  T8: 'The management account holds no role, StackSet or pipeline into the vault.',
  T9: 'Nothing management or a source writes can delete, shorten or stop anything in the vault; it can only add, at a bounded rate.',
} as const;
