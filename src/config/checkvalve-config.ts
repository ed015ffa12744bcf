// Longer than most: every field of the configuration is explained in one file, which operators read.
import type { AdmissionRules } from '../contract/admission';
import type { InheritedPower } from '../contract/inherited-powers';
import type { Retention } from '../contract/retention';

/** The configuration of a landing zone. Every field is checked before anything is built: see read-config.ts. */
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
    /** Units below the target units whose members, at any depth, are not enrolled. */
    readonly excludedUnits?: readonly string[];
  };
  /** The vault. Of a configuration with `vaults`: that of one cell, see cells.ts. */
  readonly vault: VaultConfig;
  /** In place of `vault`, for an organization that is larger than one vault: the vaults of its cells. Each source belongs to one. */
  readonly vaults?: readonly NamedVaultConfig[];
  /** The cell whose vault `vault` is. Never in a file: cells.ts sets it. */
  readonly cell?: string;
  /** Regions in which the tooling runs and a vault is deployed. Copies stay in the Region of their database. */
  readonly regions: readonly string[];
  /** The tag that marks a member account as a production account. */
  readonly accountTag: {
    readonly key: string;
    readonly value: string;
    /** Further values that count as well. */
    readonly otherValues?: readonly string[];
    /** How values are compared. `exact` by default; `case-insensitive` ignores case and surrounding spaces. */
    readonly match?: 'exact' | 'case-insensitive';
  };
  /** Accounts that are not enrolled for a time although they are tagged. */
  readonly exemptions: readonly Exemption[];
  /** How accounts are enrolled and withdrawn; every field has a default. */
  readonly enrollment?: EnrollmentConfig;
  /** How a new template of the tooling reaches the enrolled accounts. Default: {@link DEFAULT_ROLLOUT}. */
  readonly rollout?: RolloutConfig;
  readonly backup: BackupConfig;
  /** The tag that selects a database for backup in a production account. */
  readonly databaseTag: { readonly key: string; readonly value: string };
  readonly limits: LimitsConfig;
  /** The runbook that alarms and alerts name; every field has a default. */
  readonly alerts?: AlertsConfig;
  /** Service control policies that prevent member accounts from changing the tooling. None by default. */
  readonly guardrails?: GuardrailsConfig;
  /** The powers that are accepted because the vault is inside the organization. None by default. */
  readonly trust?: { readonly accepted: readonly AcceptedPowerConfig[] };
}

/** One vault: the account outside all sources that holds the copies. */
export interface VaultConfig {
  /** Twelve digits. */
  readonly account: string;
  /** Whether the vault account is outside the organization, where no principal of it has power, or a member of it. */
  readonly placement: 'outside' | 'inside';
  /** How long copies are kept: see src/contract/retention.ts for each field. */
  readonly retention: Retention;
  /** The maximum number of databases to protect in one Region, by kind. `config check` compares it with the quotas. */
  readonly databases: { readonly instances: number; readonly clusters: number };
  /** The vault account's quota of manual snapshots in a Region, for instances and for clusters each. Raise it as the number
   * of databases grows. Default: `limits.manualSnapshotQuota`. */
  readonly manualSnapshotQuota?: number;
  /** What the vault admits from one account without a decision of an operator. Defaults: `DEFAULT_ADMISSION` in
   * src/contract/admission.ts. */
  readonly admission?: AdmissionConfig;
  /** Default: {@link DEFAULT_RPO}. */
  readonly rpo?: RpoConfig;
  /**
   * IAM Access Analyzer in the vault account. AWS allows one analyzer for external access per account and Region. `create`,
   * the default: the vault stack creates it. `adopt`: an analyzer of this name exists in each Region of `regions`; set its
   * archive rules by hand, see docs/trust-model.md.
   * https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-create-external.html
   */
  readonly accessAnalyzer?: 'create' | { readonly adopt: string };
}

/** The vault of a cell. */
export interface NamedVaultConfig extends VaultConfig {
  /** Name of the cell: lower case letters, digits and hyphens, at most 12 characters. It is part of the names of stacks, of the
   * StackSet and of a role, and never changes. The vault of a landing zone that had one vault is `main`: its names stay. */
  readonly name: string;
  /** Only accounts with the tag `checkvalve:cell` of this name are assigned to it: the cell of a pilot. */
  readonly onlyTagged?: boolean;
}

/** A configuration as a file exports it: with one vault, or with the vaults of several cells. */
export type LandingZoneConfig = Omit<CheckvalveConfig, 'vault' | 'vaults' | 'cell'> &
  (
    | { readonly vault: VaultConfig; readonly vaults?: undefined }
    | { readonly vault?: undefined; readonly vaults: readonly NamedVaultConfig[] }
  );

/** Bounds of what the vault admits without a decision of an operator. What exceeds a bound waits, and an alarm reports it. */
export type AdmissionConfig = Partial<Omit<AdmissionRules, 'copiesPerDatabase'>>;

/** Where the guardrails are attached, and which roles are exempt. */
export interface GuardrailsConfig {
  /** Units of the organization, or its root. */
  readonly units: readonly string[];
  /** Names of roles in member accounts that are exempt, for instance for emergencies. The guardrails protect these names. */
  readonly exemptRoles: readonly string[];
  /** Names with their paths of roles with which AWS Backup copies the teams' snapshots to other accounts, in addition to
   * `service-role/AWSBackupDefaultServiceRole`. They may share snapshots of AWS Backup and no others. */
  readonly backupRoles?: readonly string[];
}

/** A power over the vault that no template of Checkvalve grants, and that is accepted. `checkvalve trust` prints them all. */
export interface AcceptedPowerConfig {
  readonly allow: InheritedPower;
  /** Why the power is accepted, or how it was removed. */
  readonly reason: string;
}

/** The maximum age of the data of a database's newest vault copy before the vault sends an alert. */
export interface RpoConfig {
  /** For every database: the hours between two backups plus the hours that the snapshot and both copies take. */
  readonly hours: number;
  /** For databases with a tag; where several match, the lowest counts. */
  readonly byTag: readonly { readonly key: string; readonly value: string; readonly hours: number }[];
}

/** A day between two backups plus two hours for the snapshot and both copies. */
export const DEFAULT_RPO: RpoConfig = { hours: 26, byTag: [] };

/** An account that is not enrolled for a time. */
export interface Exemption {
  readonly account: string;
  /** Why the account is exempt; `checkvalve plan` prints it. */
  readonly reason: string;
  /** Last day, `YYYY-MM-DD`. The account is enrolled on the day after. */
  readonly until: string;
}

/** How accounts are enrolled and withdrawn. */
export interface EnrollmentConfig {
  /** Days between an account's exit and the withdrawal of its tooling. 14 by default. */
  readonly graceDays?: number;
  /** If more accounts than this are due for withdrawal at once, none is withdrawn until an operator confirms. 5 by default. */
  readonly maxWithdrawalsAtOnce?: number;
  /** The same bound as a share of all enrolled accounts, in percent. 10 by default. */
  readonly maxWithdrawalsPercent?: number;
  /** Accounts whose withdrawal an operator has confirmed after such a stop. */
  readonly confirmedWithdrawals?: readonly string[];
  /** Tags and stack instances that are read per second. 10 by default, which Organizations allows. */
  readonly readsPerSecond?: number;
}

/**
 * How far a rollout of a new template goes before it stops. Both percentages are of the enrolled accounts of a Region.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackSetOperationPreferences.html
 */
export interface RolloutConfig {
  /** Accounts that CloudFormation updates at once, in percent; at least one. A bad template fails in these and in the
   * tolerated accounts; each of them rolls back to the previous template. 10 by default. */
  readonly maxConcurrentPercent?: number;
  /** Accounts that may fail before the operation stops and leaves the rest unchanged, in percent of `accounts`. 2 by default;
   * without `accounts`, one account may fail. */
  readonly failureTolerancePercent?: number;
  /** Enrolled accounts in a Region, as `checkvalve plan` counts them. With it, the tolerance is a number of accounts, at least
   * one. Without it, CloudFormation rounds the percentage down: 2 % of fewer than 50 accounts is none. */
  readonly accounts?: number;
  /**
   * The role with which CloudFormation deploys the tooling in a member account. `administrator`, the default: the role that
   * StackSets creates, with administrator access. `generated`: a role with the permissions that the tooling needs. See
   * docs/adr/0028.
   */
  readonly executionRole?: 'administrator' | 'generated';
  /** With `generated`: name of the bucket to which StackSets writes the outputs of the execution role's stack. */
  readonly outputBucket?: string;
}

/**
 * CloudFormation's own defaults are one account at a time and no failure: an operation over hundreds of accounts would time
 * out, and one broken account would stop the upgrade of all others. A tenth at a time is ten rounds for any number of
 * accounts; two in a hundred accounts may be broken before the upgrade.
 */
export const DEFAULT_ROLLOUT: Required<Omit<RolloutConfig, 'accounts' | 'outputBucket'>> = {
  maxConcurrentPercent: 10,
  failureTolerancePercent: 2,
  executionRole: 'administrator',
};

/** What the tooling configures in AWS Backup in the sources. */
export interface BackupConfig {
  /** `on`, the default: the tooling contains the two plans. `off`: you bring your own, see docs/bring-your-own-plan.md. */
  readonly plans?: 'on' | 'off';
  /** Required unless `plans` is `off`. */
  readonly daily?: BackupPlanConfig;
  /** Required unless `plans` is `off`. */
  readonly monthly?: BackupPlanConfig;
  /**
   * AWS Backup's service opt-in for RDS, Aurora, DocumentDB and Neptune is a setting of the account in a Region. `report`, the
   * default: the tooling reads and reports it. `set`: the tooling turns it on where it is off, and changes nothing else.
   */
  readonly serviceOptIn?: 'report' | 'set';
  /**
   * AWS Backup also copies each recovery point to a backup vault of the same account in this Region, one of `regions`.
   * Databases in that Region are not copied. Only the original is copied to the vault, not these copies.
   */
  readonly crossRegionCopy?: { readonly region: string };
}

/** One backup plan of AWS Backup. */
export interface BackupPlanConfig {
  /** Cron expression in AWS's six fields: `cron(0 1 * * ? *)`. AWS Backup does not support rate expressions. */
  readonly schedule: string;
  /** IANA time zone in which the schedule is read. */
  readonly timeZone: string;
  /** Days for which AWS Backup keeps the snapshot in the source. */
  readonly retentionDays: number;
}

/** Quotas of AWS, as granted to the accounts, and Checkvalve's own bounds. */
export interface LimitsConfig {
  /** Copies in flight per Region that RDS allows, for instances. AWS's default: 20. */
  readonly maxInstanceCopiesInFlight: number;
  /** Copies in flight per Region that RDS allows, for clusters. AWS's default: 5. */
  readonly maxClusterCopiesInFlight: number;
  /** Quota of manual snapshots of an account in a Region, for instances and for clusters each. AWS's default: 100. Where the
   * sources' quotas differ, the lowest. Export copies use at most a quarter of it. */
  readonly manualSnapshotQuota: number;
  /** Hours after which a copy that has not finished is reported. */
  readonly copyDeadlineHours: number;
  /** New accounts that the vault follows per day without a decision of an operator. */
  readonly maxNewAccountsPerDay: number;
}

/** The runbook that alarms and alerts name. */
export interface AlertsConfig {
  /**
   * Address of the runbook, without a fragment: each alarm and alert adds `#` and the id of its article. Use a copy of yours that
   * operators can open at night. The default is `docs/runbook.md`.
   */
  readonly runbookUrl?: string;
}
