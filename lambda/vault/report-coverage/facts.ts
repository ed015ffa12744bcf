import type { CoverageAccount, CoverageEvidence, CoverageExportKey } from '../../../src/contract/coverage';
import type { Decision } from '../../../src/contract/decisions';
import type { AccountId, Region, SnapshotArn } from '../../../src/contract/ids';
import type { Hold } from '../../../src/contract/verdicts';
import type { FailedJob } from '../../_kit/ports/backup-jobs';
import type { Database } from '../../_kit/ports/databases';
import type { Snapshot } from '../../_kit/ports/snapshots';

/** How old the data of the newest copy may be. */
export interface Rpo {
  /** For databases without a tag of `byTag`. */
  readonly hours: number;
  /** For databases with a tag; of several that match, the shortest counts. */
  readonly byTag: readonly { readonly key: string; readonly value: string; readonly hours: number }[];
}

/** The rules of the configuration. */
export interface CoverageRules {
  /** Regions without a vault, in which this vault looks for production databases. */
  readonly uncoveredRegions?: readonly Region[];
  /** The tag by which the backup plans select databases. */
  readonly databaseTag: { readonly key: string; readonly value: string };
  readonly rpo: Rpo;
}

/** Settings of report-coverage, which its stack passes to it. */
export interface CoverageSettings {
  readonly rules: CoverageRules;
  readonly region: Region;
}

/** What an access role shows of an account. */
export interface AccountContents {
  readonly databases: readonly Database[];
  /** The account's own snapshots: with the verdicts in their tags, and the export copies that wait for the vault. */
  readonly snapshots: readonly Snapshot[];
  readonly failedJobs: readonly FailedJob[];
  readonly optedOut: readonly string[];
  /** Verdicts on snapshots in the account's table of exports: AWS may refuse them as tags. */
  readonly held: ReadonlyMap<SnapshotArn, Hold>;
  readonly exportKey?: CoverageExportKey;
  readonly deadLetters?: number;
  /** What could not be read although the account allows access. */
  readonly unread: readonly string[];
  /** Regions without a vault that this run looked at. */
  readonly elsewhere?: readonly UncoveredRegionFacts[];
}

/** The databases of an account in a Region without a vault. */
export interface UncoveredRegionFacts {
  readonly region: Region;
  /** None where the account has not enabled the Region, or its organization denies it. */
  readonly databases: readonly Database[];
  /** Why they could not be listed. */
  readonly because?: string;
}

/** What a run observed of an account. */
export type AccountObservation =
  | ({ readonly access: 'granted' } & AccountContents)
  /** AWS answered that the account denies access. */
  | { readonly access: 'denied'; readonly because: string; readonly isPostponed?: undefined }
  /** The account did not answer, or was not asked, which says nothing about it. */
  | {
      readonly access: 'unknown';
      readonly because: string;
      /** The run had no time left for it, and its last part is too old or missing. */
      readonly isPostponed?: boolean;
    }
  /** The account left or is evicted and needs no tooling; or it waits, behind many others, to be accepted. */
  | { readonly access: 'not-requested' };

/** An account that is enrolled, or was. */
export interface ObservedAccount {
  readonly account: AccountId;
  readonly state: CoverageAccount['state'];
  /** When the vault accepted it; when it was enrolled, if the vault has not accepted it yet. */
  readonly since: Date;
  /** Since when the registry says that it left, while the vault still follows it, ISO 8601. */
  readonly leavingSince?: string;
  /** When it was observed, if not by this run, which had no time left for it. */
  readonly seenAt?: Date;
  readonly observed: AccountObservation;
}

/** What report-coverage observes. */
export interface CoverageFacts extends CoverageSettings {
  readonly accounts: readonly ObservedAccount[];
  /** The vault's own manual snapshots. */
  readonly own: readonly Snapshot[];
  /** The report before this one; undefined when there is none that can be read. */
  readonly before?: CoverageEvidence;
  /** What operators of the vault decided. */
  readonly decisions?: readonly Decision[];
  /** Why the registry could not be read. */
  readonly registryUnread?: string;
  readonly now: Date;
}
