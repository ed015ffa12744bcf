import type { RegistryEntry } from '../../../lambda/_kit/ports/registry';
import type { RolloutOperation, StackInstance } from '../../../lambda/_kit/ports/stack-instances';
import type { CoverageEvidence } from '../../contract/coverage';
import type { AccountId, Region } from '../../contract/ids';
import type { InheritedPower } from '../../contract/inherited-powers';

/** The result of a read: the value, or AWS's message why it could not be read. */
export type ReadResult<Value> = { readonly observed: Value } | { readonly unavailable: string };

/** A member account that is a service's delegated administrator. */
export interface DelegatedAdministrator {
  readonly account: string;
  readonly service: string;
}

/** Settings of the tooling's StackSet. */
export interface StackSetFacts {
  /** Its name; absent: that of the only cell. */
  readonly name?: string;
  /** CloudFormation's status, `ACTIVE` when usable. */
  readonly status: string;
  /** Whether each account that joins a unit gets an instance, regardless of its tags. */
  readonly autoDeployment: boolean;
  /** Whether operations run concurrently, and queue when they conflict. */
  readonly managedExecution: boolean;
}

/** A trail of CloudTrail. */
export interface Trail {
  readonly name: string;
  readonly logging: boolean;
  /** Whether it records calls that change something. */
  readonly managementEvents: boolean;
}

/** Facts that are read in the management account. */
export interface ManagementFacts {
  /** CloudFormation's status of trusted access, `ENABLED` when active. */
  readonly stackSetsAccess: ReadResult<string>;
  readonly delegated: ReadResult<readonly DelegatedAdministrator[]>;
  /** The trails that record the Region in which events of Organizations arrive. */
  readonly trails: ReadResult<readonly Trail[]>;
  readonly stackSet: ReadResult<StackSetFacts>;
  readonly instances: ReadResult<readonly StackInstance[]>;
  /** The last operations of the StackSet, the newest first. */
  readonly operations: ReadResult<readonly RolloutOperation[]>;
  readonly registry: ReadResult<readonly RegistryEntry[]>;
  /** Every account of the organization. */
  readonly members: ReadResult<readonly string[]>;
}

/** A role of the vault account with the principals that it trusts. */
export interface OutsideRole {
  readonly name: string;
  /** Accounts, ARNs and services as the trust policy names them; `*` for every principal. */
  readonly trusts: readonly string[];
}

/** Facts that are read in the vault account. */
export interface VaultFacts {
  /** The organization of the account; no id if it has none. */
  readonly organization: ReadResult<{ readonly id?: string }>;
  /** Every role of the account. */
  readonly roles: ReadResult<readonly OutsideRole[]>;
  readonly regions: readonly VaultRegionFacts[];
}

/** Facts that are read in one Region of the vault. */
export interface VaultRegionFacts {
  readonly region: Region;
  /** CloudFormation's drift status of the analyzer, such as `DELETED`; `missing` if the stack has none. */
  readonly analyzer: ReadResult<string>;
  /** Names of all analyzers for external access in the account. */
  readonly externalAnalyzers: ReadResult<readonly string[]>;
  /** The archive rules of these analyzers. */
  readonly archiveRules: ReadResult<readonly ArchiveRule[]>;
  /** KMS's state of the import key. */
  readonly importKey: ReadResult<string>;
  /** The policies of the keys of the vault's stack. */
  readonly keyPolicies: ReadResult<readonly KeyPolicyNames[]>;
  /** The default policies of the import key and of other keys that the vault can read. */
  readonly keyTexts: ReadResult<readonly KeyPolicy[]>;
  /** Manual snapshots, of both kinds. */
  readonly quotas: ReadResult<readonly Quota[]>;
  readonly coverage: ReadResult<CoverageEvidence>;
  readonly sources: ReadResult<readonly RegistryEntry[]>;
  /** ARNs of the topics that the inbox is subscribed to. */
  readonly subscriptions: ReadResult<readonly string[]>;
}

/** One criterion of an archive rule: the values that a property of a finding may have.
 * https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_Criterion.html */
export interface Criterion {
  readonly eq?: readonly string[];
  readonly neq?: readonly string[];
  readonly contains?: readonly string[];
  readonly exists?: boolean;
}

/** A rule with which an analyzer archives new findings. Archived findings send no alert. */
export interface ArchiveRule {
  readonly analyzer: string;
  readonly name: string;
  /** Criteria by property of a finding. */
  readonly filter: Readonly<Record<string, Criterion>>;
}

/** The policies of one key. */
export interface KeyPolicyNames {
  readonly key: string;
  /** `default`, and any other policy that AWS adds. */
  readonly names: readonly string[];
}

/** A key and its default policy as JSON. */
export interface KeyPolicy {
  /** ARN or id. */
  readonly key: string;
  readonly isImportKey: boolean;
  readonly policy: string;
}

/** A quota and its use. */
export interface Quota {
  readonly name: string;
  readonly used: number;
  readonly max: number;
}

/** The facts of each examined account. */
export interface Facts {
  readonly management?: ManagementFacts;
  readonly vault?: VaultFacts;
}

/** What the configuration expects. */
export interface Expected {
  readonly vault: AccountId;
  readonly management: string;
  readonly regions: readonly string[];
  readonly organization: string;
  readonly placement: 'outside' | 'inside';
  /** Name of the analyzer that the configuration adopts. */
  readonly adoptedAnalyzer?: string;
  /** Powers over the vault that the configuration accepts. */
  readonly accepted: readonly InheritedPower[];
  /** When the checks run: a report may be too old by then. */
  readonly now: Date;
}
