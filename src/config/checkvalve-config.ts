import type { AdmissionRules } from '../contract/admission';
import type { InheritedPower } from '../contract/inherited-powers';
import type { Retention } from '../contract/retention';

/** The one configuration of a landing zone. Every field is judged before anything is built: see read-config.ts. */
export interface CheckvalveConfig {
  readonly organization: {
    /** `o-…` */
    readonly id: string;
    /** `r-…`: the ancestor under which every stack instance is created and deleted. */
    readonly rootId: string;
    /** Twelve digits. StackSets never deploy into it. */
    readonly managementAccount: string;
    /** Organizational units whose members, at any depth, may be enrolled. The root's id means all. */
    readonly targetUnits: readonly string[];
    /** Units below them whose members, at any depth, are left out. */
    readonly excludedUnits?: readonly string[];
  };
  readonly vault: {
    /** Twelve digits. */
    readonly account: string;
    /** Whether the vault account stands outside the organization (where nobody in it has power) or inside. */
    readonly placement: 'outside' | 'inside';
    /** How long copies are kept: see src/contract/retention.ts for each field. */
    readonly retention: Retention;
    /** The most databases to be protected in one Region, by kind: for the warning that the quota will not do. */
    readonly databases: { readonly instances: number; readonly clusters: number };
    /** Manual snapshots that the vault account may have in a Region, instances and clusters each: its own quota, which is
     * to be raised as databases become more. `limits.manualSnapshotQuota` where it is left out. */
    readonly manualSnapshotQuota?: number;
    /** What one account gets of the vault without a decision of a person. Each field that is left out has a default: see
     * `DEFAULT_ADMISSION` in src/contract/admission.ts. */
    readonly admission?: AdmissionConfig;
    /** {@link DEFAULT_OBJECTIVES} where it is left out. */
    readonly rpo?: RpoConfig;
    /**
     * IAM Access Analyzer in the vault account. AWS allows one analyzer for external access in an account and Region. `create`,
     * the default: the vault stack makes it. `adopt`: one of this name is there already, in each Region of `regions`; its archive
     * rules are then set by hand, see docs/trust-model.md.
     * https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-create-external.html
     */
    readonly accessAnalyzer?: 'create' | { readonly adopt: string };
  };
  /** Regions in which the tooling runs and a vault stands; each source Region has its own vault Region, the same. */
  readonly regions: readonly string[];
  /** The tag that makes a member account a production account. Key and value match exactly, unless `match` says else. */
  readonly accountTag: {
    readonly key: string;
    readonly value: string;
    /** Further values that count as well. */
    readonly otherValues?: readonly string[];
    /** `exact` by default; `case-insensitive` takes `Production` and spaces around it as well. */
    readonly match?: 'exact' | 'case-insensitive';
  };
  /** Accounts that are left out although they are tagged, for a reason and for a time. */
  readonly exemptions: readonly Exemption[];
  /** How accounts come and go; every field has a default. */
  readonly enrollment?: EnrollmentConfig;
  /** How a new template of the tooling reaches the enrolled accounts; {@link DEFAULT_ROLLOUT} where it is left out. */
  readonly rollout?: RolloutConfig;
  readonly backup: BackupConfig;
  /** The tag that selects a database for backup in a production account. */
  readonly databaseTag: { readonly key: string; readonly value: string };
  readonly limits: LimitsConfig;
  /** Service control policies that keep member accounts from changing the tooling; left out, there are none. */
  readonly guardrails?: GuardrailsConfig;
  /** What of one-way trust is taken into account because the vault stands inside the organization; nothing when left out. */
  readonly trust?: { readonly accepted: readonly AcceptedPower[] };
}

/** The bounds of what an account gets without a decision of a person. What exceeds one waits, and an alarm says so. */
export type AdmissionConfig = Partial<Omit<AdmissionRules, 'copiesPerDatabase'>>;

/** Where the guardrails are attached, and who is exempt from them. */
export interface GuardrailsConfig {
  /** Units of the organization, or its root. */
  readonly units: readonly string[];
  /** Names of roles in member accounts that are exempt, for instance for emergencies; their names are protected, too. */
  readonly exemptRoles: readonly string[];
  /** Names, with their paths, of roles under which AWS Backup copies snapshots of teams to other accounts, beside
   * `service-role/AWSBackupDefaultServiceRole`: they may share snapshots of AWS Backup, and no others. */
  readonly backupRoles?: readonly string[];
}

/** A power over the vault that no template of ours gives, and that is accepted. `checkvalve trust` prints them all. */
export interface AcceptedPower {
  readonly allow: InheritedPower;
  /** In words: why it may stay, or how it was taken away. */
  readonly reason: string;
}

/** How old the data of a database's newest vault copy may be before somebody is told. */
export interface RpoConfig {
  /** For every database: the hours between two backups, and those that snapshot and both copies take. */
  readonly hours: number;
  /** For databases that carry a tag; where several fit, the strictest counts. */
  readonly byTag: readonly { readonly key: string; readonly value: string; readonly hours: number }[];
}

/** A day between two backups, and two hours for the snapshot and both copies. */
export const DEFAULT_RPO: RpoConfig = { hours: 26, byTag: [] };

/** An account left out of enrollment. */
export interface Exemption {
  readonly account: string;
  /** In words, for whoever asks why. */
  readonly reason: string;
  /** Last day, `YYYY-MM-DD`; the day after, the account is enrolled. */
  readonly until: string;
}

/** How accounts come and go. */
export interface EnrollmentConfig {
  /** Days between an account's leaving and the withdrawal of its tooling. 14 by default. */
  readonly graceDays?: number;
  /** More accounts than these to be withdrawn at once wait for a person. 5 by default. */
  readonly maxWithdrawalsAtOnce?: number;
  /** So does a greater share of all enrolled accounts, in percent. 10 by default. */
  readonly maxWithdrawalsPercent?: number;
  /** Accounts whose withdrawal a person has confirmed after such a stop. */
  readonly confirmedWithdrawals?: readonly string[];
  /** Tags, and stack instances, read in a second. 10 by default: what Organizations allows. */
  readonly readsPerSecond?: number;
}

/**
 * How far a new template of the tooling goes before it stops. Both percentages are of the enrolled accounts of a Region.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackSetOperationPreferences.html
 */
export interface RolloutConfig {
  /** Accounts that are worked on at once, in percent; one at the least. What a bad template can fail in, beside the
   * failures that are tolerated: each that fails goes back to the template before. 10 by default. */
  readonly maxConcurrentPercent?: number;
  /** Accounts that may fail before the operation stops and leaves the rest as it is, in percent. 2 by default, of `accounts`;
   * without `accounts` one account may fail. */
  readonly failureTolerancePercent?: number;
  /** Enrolled accounts in a Region, as `checkvalve plan` counts them: with it the tolerance is a number of accounts, at least
   * one. Without it CloudFormation rounds the percentage down, and 2 % of fewer than 50 accounts is none. */
  readonly accounts?: number;
  /**
   * Who CloudFormation deploys the tooling as in a member account. `administrator`, the default: the role that StackSets
   * makes, which may do everything. `generated`: a role that may do what the tooling needs. See docs/adr/0028.
   */
  readonly executionRole?: 'administrator' | 'generated';
  /** With `generated`: name of the bucket that StackSets writes the outputs of the execution role's stack into. */
  readonly outputBucket?: string;
}

/**
 * CloudFormation's own defaults are one account at a time and no failure: hundreds of accounts would time out, and one
 * broken account would keep an upgrade from all others. A tenth at a time is ten rounds, whatever the number of accounts;
 * two in a hundred may be broken already.
 */
export const DEFAULT_ROLLOUT: Required<Omit<RolloutConfig, 'accounts' | 'outputBucket'>> = {
  maxConcurrentPercent: 10,
  failureTolerancePercent: 2,
  executionRole: 'administrator',
};

/** What the tooling does with AWS Backup in the sources. */
export interface BackupConfig {
  /** `on`, the default: the tooling brings the two plans along. `off`: you bring your own, see docs/own-plans.md. */
  readonly plans?: 'on' | 'off';
  /** There unless `plans` is `off`. */
  readonly daily?: BackupPlanConfig;
  /** There unless `plans` is `off`. */
  readonly monthly?: BackupPlanConfig;
  /**
   * AWS Backup's service opt-in for RDS, Aurora, DocumentDB and Neptune is a setting of the whole account in a Region.
   * `report`, the default: it is read and told. `set`: it is switched on where it is off, and nothing else is touched.
   */
  readonly serviceOptIn?: 'report' | 'set';
  /**
   * AWS Backup also copies each recovery point into a backup vault of the same account in this Region, one of `regions`.
   * Databases in that Region itself are not copied anywhere. The copies stay where they are: what crosses is the original.
   */
  readonly crossRegionCopy?: { readonly region: string };
}

/** One plan of AWS Backup. */
export interface BackupPlanConfig {
  /** Cron expression in AWS's six fields: `cron(0 1 * * ? *)`. AWS Backup takes no rates. */
  readonly schedule: string;
  /** IANA time zone in which the schedule is read. */
  readonly timeZone: string;
  /** How long AWS Backup keeps the snapshot in the source, in days. */
  readonly retentionDays: number;
}

/** Limits of AWS, as granted to the accounts, and our own bounds. */
export interface LimitsConfig {
  /** Copies in flight per Region that RDS allows, for instances. AWS's default: 20. */
  readonly maxInstanceCopiesInFlight: number;
  /** Copies in flight per Region that RDS allows, for clusters. AWS's default: 5. */
  readonly maxClusterCopiesInFlight: number;
  /** Manual snapshots that each account may have in a Region, instances and clusters each. AWS's default: 100. Where the
   * sources' quotas differ, the lowest: export copies use a quarter of it at the most. */
  readonly manualSnapshotQuota: number;
  /** After how many hours a copy that has not finished is reported as stuck. */
  readonly copyDeadlineHours: number;
  /** Accounts that the vault accepts in a day without being asked. */
  readonly maxNewAccountsPerDay: number;
}
