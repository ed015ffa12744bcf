/** One step of the flow: the account in which it runs and what it does. */
export interface Step {
  readonly account: 'management' | 'source' | 'vault';
  /** A verb phrase; also the folder under `lambda/<account>/`, and the name of its function. */
  readonly name: string;
  readonly sentence: string;
}

/** The steps in the order in which they process a copy. */
export const FLOW = [
  {
    account: 'management',
    name: 'enroll-accounts',
    sentence: 'Deploys the tooling into accounts that are tagged as production, and records them in the registry.',
  },
  {
    account: 'management',
    name: 'watch-rollout',
    sentence: 'Watches each rollout: reports failures, tries again, and quarantines accounts that go on failing.',
  },
  {
    account: 'source',
    name: 'enable-backup',
    sentence:
      'Reports whether AWS Backup is opted in to databases in the account, or opts in where that is configured.',
  },
  {
    account: 'source',
    name: 'export-snapshots',
    sentence:
      'Copies a snapshot of AWS Backup under the export key, shares the copy with the vault and notifies the vault.',
  },
  {
    account: 'vault',
    name: 'follow-sources',
    sentence: 'Accepts enrolled accounts from the registry, and subscribes the inbox to their topics.',
  },
  {
    account: 'vault',
    name: 'import-copies',
    sentence: 'Copies a shared export copy under the import key, and marks the export copy as copied.',
  },
  {
    account: 'vault',
    name: 'prune-copies',
    sentence: 'Deletes vault copies past their term, never the last good copy of a database.',
  },
  {
    account: 'vault',
    name: 'report-coverage',
    sentence: 'Reports the age of the newest vault copy of every production database against its RPO.',
  },
] as const satisfies readonly Step[];

/** Name of a step of the vault. */
export type VaultStep = Extract<(typeof FLOW)[number], { readonly account: 'vault' }>['name'];

/** The folder of a step below `lambda/`, such as `management/enroll-accounts`. */
export const folderOf = (step: Step): string => `${step.account}/${step.name}`;
