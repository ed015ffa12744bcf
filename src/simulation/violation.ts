/** The promises of the landing zone, by their ids. Each has a planted fault in the tests that breaks it. */
export const INVARIANTS = {
  'nothing-lost': 'Every snapshot that must be copied to the vault is copied in time.',
  'everything-converges': 'When no fault is left, every snapshot is in the vault, and no export copy waits.',
  'right-key': 'Export copies are under the export key, and vault copies are under the import key.',
  'limits-kept': 'No step asks RDS for more copies than the quotas and the share of Checkvalve allow.',
  'nothing-deleted-early': 'No step deletes an export copy before the vault has it, nor a snapshot of others.',
  'only-wanted-copied': 'The vault has copies only of tagged databases of accepted accounts.',
  'nothing-copied-twice': 'No snapshot is copied to the vault twice.',
  'origin-tagged': 'The tags of a vault copy name its snapshot, its database and its times.',
  'shared-with-vault-only': 'Export copies are shared with the vault alone, and vault copies with no account.',
  'teams-keep-their-quota': 'Teams can take their own snapshots in their part of the quota.',
  'runs-fail-only-by-faults': 'A run fails only when a fault was injected into it.',
  'only-own-copies-pruned': 'prune-copies deletes only copies that import-copies made.',
  'last-copy-kept': 'The newest available copy of a database stays in the vault.',
  'nothing-pruned-early': 'No copy is deleted within its retention.',
  'due-copies-pruned': 'Copies past their retention are deleted.',
  'vault-never-full': 'The vault has room for every copy while no fault fills it.',
} as const;

/** A broken promise. */
export interface Violation {
  readonly invariant: keyof typeof INVARIANTS;
  /** ISO 8601, virtual. */
  readonly at: string;
  readonly what: string;
}
