import type { RegistryEntry } from '../../../lambda/_kit/ports/registry';
import type { RolloutOperation, StackInstance } from '../../../lambda/_kit/ports/stack-instances';
import type { CoverageEvidence } from '../../contract/coverage';
import type { AccountId, Region } from '../../contract/ids';
import type { InheritedPower } from '../../contract/inherited-powers';

/** What a look came to: what was seen, or AWS's words why nothing could be. */
export type Look<Seen> = { readonly seen: Seen } | { readonly unseen: string };

/** A member account that may act for the organization in the name of a service. */
export interface DelegatedAdministrator {
  readonly account: string;
  readonly service: string;
}

/** The StackSet of the tooling, as it is set up. */
export interface StackSetFacts {
  /** CloudFormation's word, `ACTIVE` when all is well. */
  readonly status: string;
  /** Whether each account that joins a unit gets an instance, whatever its tags say. */
  readonly autoDeployment: boolean;
  /** Whether operations run beside each other and queue, where they do not fit. */
  readonly managedExecution: boolean;
}

/** A trail of CloudTrail. */
export interface Trail {
  readonly name: string;
  readonly logging: boolean;
  /** Whether it records what is changed by calls to AWS. */
  readonly managementEvents: boolean;
}

/** What can be seen with credentials of the management account. */
export interface ManagementFacts {
  /** Whether StackSets may act in the organization: CloudFormation's word, `ENABLED` when they may. */
  readonly stackSetsAccess: Look<string>;
  readonly delegated: Look<readonly DelegatedAdministrator[]>;
  /** The trails that see the Region in which events of Organizations arrive. */
  readonly trails: Look<readonly Trail[]>;
  readonly stackSet: Look<StackSetFacts>;
  readonly instances: Look<readonly StackInstance[]>;
  /** The last operations of the StackSet, the newest first. */
  readonly operations: Look<readonly RolloutOperation[]>;
  readonly registry: Look<readonly RegistryEntry[]>;
  /** Every account of the organization. */
  readonly members: Look<readonly string[]>;
}

/** A role that somebody outside the account may assume, or that stands for power of the organization. */
export interface OutsideRole {
  readonly name: string;
  /** Accounts, ARNs and services as its trust policy names them; `*` for anybody. */
  readonly trusts: readonly string[];
}

/** What can be seen in the vault, whatever the Region. */
export interface VaultFacts {
  /** The organization that the account is a member of; nothing when of none. */
  readonly organization: Look<{ readonly id?: string }>;
  /** Roles of the account that are none of Checkvalve's. */
  readonly roles: Look<readonly OutsideRole[]>;
  readonly regions: readonly VaultRegionFacts[];
}

/** What can be seen in the vault of one Region. */
export interface VaultRegionFacts {
  readonly region: Region;
  /** What CloudFormation says of the analyzer: `missing` where the stack has none, `DELETED` where somebody removed it. */
  readonly analyzer: Look<string>;
  /** Names of the account's analyzers for external access, whoever made them. */
  readonly externalAnalyzers: Look<readonly string[]>;
  /** What those analyzers archive by themselves. */
  readonly archiveRules: Look<readonly ArchiveRule[]>;
  /** State of the import key, as KMS has it. */
  readonly importKey: Look<string>;
  /** The policies of the keys of the vault's stack. */
  readonly keyPolicies: Look<readonly KeyPolicies[]>;
  /** What the policies say of the import key, and of other keys that can be read here. */
  readonly keyTexts: Look<readonly KeyPolicy[]>;
  /** Manual snapshots, of both kinds. */
  readonly quotas: Look<readonly Quota[]>;
  readonly coverage: Look<CoverageEvidence>;
  readonly sources: Look<readonly RegistryEntry[]>;
  /** ARNs of the topics that the inbox is subscribed to. */
  readonly subscriptions: Look<readonly string[]>;
}

/** One criterion of an archive rule: the values that a property of a finding may have.
 * https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_Criterion.html */
export interface Criterion {
  readonly eq?: readonly string[];
  readonly neq?: readonly string[];
  readonly contains?: readonly string[];
  readonly exists?: boolean;
}

/** A rule by which an analyzer archives findings as soon as it has made them: these send no alert. */
export interface ArchiveRule {
  readonly analyzer: string;
  readonly name: string;
  /** Criteria by the property that they are of. */
  readonly filter: Readonly<Record<string, Criterion>>;
}

/** The policies of one key. */
export interface KeyPolicies {
  readonly key: string;
  /** Their names: `default`, which is the key's own, and any other that AWS has written beside it. */
  readonly names: readonly string[];
}

/** A key, and its policy as JSON. */
export interface KeyPolicy {
  /** ARN or id. */
  readonly key: string;
  readonly isImportKey: boolean;
  readonly policy: string;
}

/** How much of a quota is used. */
export interface Quota {
  readonly name: string;
  readonly used: number;
  readonly most: number;
}

/** All that a look around came to; an account in which nobody stands is left out. */
export interface Facts {
  readonly management?: ManagementFacts;
  readonly vault?: VaultFacts;
}

/** What is said of the configured landing zone, for comparison. */
export interface Expected {
  readonly vault: AccountId;
  readonly management: string;
  readonly regions: readonly string[];
  readonly organization: string;
  readonly placement: 'outside' | 'inside';
  /** Name of the analyzer that the configuration adopts. */
  readonly adoptedAnalyzer?: string;
  /** Powers over the vault that are accepted by name. */
  readonly accepted: readonly InheritedPower[];
  /** When it is judged: a report may be too old by then. */
  readonly now: Date;
}
