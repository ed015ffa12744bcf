/** One phase of the flow: where it happens and what it does. */
export interface Step {
  readonly account: 'management' | 'source' | 'vault';
  /** A verb phrase; also the folder under `lambda/<account>/`, the function's name and the runbook's heading. */
  readonly name: string;
  readonly sentence: string;
}

/** The steps in the order in which a copy meets them. */
export const FLOW = [
  {
    account: 'management',
    name: 'enroll-accounts',
    sentence: 'Accounts tagged as production get the tooling; the registry says which they are.',
  },
  {
    account: 'management',
    name: 'watch-rollout',
    sentence: 'Each rollout is watched: failures are named and tried again, and who keeps failing is quarantined.',
  },
  {
    account: 'source',
    name: 'enable-backup',
    sentence: 'AWS Backup is looked at: whether it backs up databases here is told, or set where that is configured.',
  },
  {
    account: 'source',
    name: 'export-snapshots',
    sentence: 'A snapshot that AWS Backup made is copied under the export key, shared with the vault and announced.',
  },
  {
    account: 'vault',
    name: 'follow-sources',
    sentence: 'The vault accepts the registry and subscribes its inbox to every enrolled topic.',
  },
  {
    account: 'vault',
    name: 'import-copies',
    sentence: 'A shared copy is copied under the import key, and the export copy is marked as taken.',
  },
  {
    account: 'vault',
    name: 'prune-copies',
    sentence: 'Vault copies past their term are deleted, never the last good one of a database.',
  },
  {
    account: 'vault',
    name: 'report-coverage',
    sentence: 'The age of every production database’s newest vault copy is told against its RPO.',
  },
] as const satisfies readonly Step[];

/** `management/enroll-accounts` and so on: the folder of a step under `lambda/`. */
export const folderOf = (step: Step): string => `${step.account}/${step.name}`;
