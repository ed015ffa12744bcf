import type { CoverageAccount, CoverageEvidence, CoverageExportKey } from '../../../src/contract/coverage';
import type { Decision } from '../../../src/contract/decisions';
import type { AccountId, Region, SnapshotArn } from '../../../src/contract/ids';
import type { Hold } from '../../../src/contract/verdicts';
import type { FailedJob } from '../../_kit/ports/backup-jobs';
import type { Database } from '../../_kit/ports/databases';
import type { Snapshot } from '../../_kit/ports/snapshots';

/** How old the newest copy's data may be. */
export interface Rpo {
  /** Where no tag says otherwise. */
  readonly hours: number;
  /** For databases with a tag; of several that fit, the strictest counts. */
  readonly byTag: readonly { readonly key: string; readonly value: string; readonly hours: number }[];
}

/** What coverage is told by its stack. */
export interface CoverageRules {
  /** Regions that no vault covers, of which this vault says which production databases are there. */
  readonly uncoveredRegions?: readonly Region[];
  /** The tag by which AWS Backup's plans select databases. */
  readonly databaseTag: { readonly key: string; readonly value: string };
  readonly rpo: Rpo;
}

/** What was found behind an account's access role. */
export interface Behind {
  readonly databases: readonly Database[];
  /** The account's own snapshots: what is remembered on them, and what waits for the vault. */
  readonly snapshots: readonly Snapshot[];
  readonly failedJobs: readonly FailedJob[];
  readonly optedOut: readonly string[];
  /** Verdicts that the account remembers of its snapshots in its table: AWS may refuse them as tags. */
  readonly held: ReadonlyMap<SnapshotArn, Hold>;
  readonly exportKey?: CoverageExportKey;
  readonly deadLetters?: number;
  /** What could not be read although the access role opened. */
  readonly unread: readonly string[];
  /** What was found in Regions that no vault covers, as far as this run looked. */
  readonly elsewhere?: readonly ElsewhereLook[];
}

/** A look at a Region that no vault covers. */
export interface ElsewhereLook {
  readonly region: Region;
  /** Databases there; none where the account has not enabled the Region, or its organization denies it. */
  readonly databases: readonly Database[];
  /** Why it could not be looked at. */
  readonly because?: string;
}

/** What was seen of an account. */
export type Seen =
  | ({ readonly access: 'granted' } & Behind)
  /** AWS answered that the account does not let the vault in. */
  | { readonly access: 'denied'; readonly because: string; readonly isPostponed?: undefined }
  /** Nobody could ask: that says nothing about the account. */
  | {
      readonly access: 'unknown';
      readonly because: string;
      /** The run had no time left for it. */
      readonly isPostponed?: boolean;
    }
  /** It left or is evicted, and nothing of ours need stand there; or it waits, behind very many others, to be accepted. */
  | { readonly access: 'not-requested' };

/** An account that is tagged, or was. */
export interface AccountSeen {
  readonly account: AccountId;
  readonly state: CoverageAccount['state'];
  /** When the vault accepted it; when it was enrolled, if the vault has not yet. */
  readonly since: Date;
  /** Since when the registry says that it left, while the vault still follows it, ISO 8601. */
  readonly leavingSince?: string;
  readonly seen: Seen;
}

/** What report-coverage looks at. */
export interface CoverageFacts {
  readonly rules: CoverageRules;
  readonly region: Region;
  readonly accounts: readonly AccountSeen[];
  /** The vault's own manual snapshots. */
  readonly own: readonly Snapshot[];
  /** The report before this one; undefined when there is none, or none that can be read. */
  readonly before?: CoverageEvidence;
  /** What operators in the vault decided. */
  readonly decisions?: readonly Decision[];
  /** Why the registry could not be read. */
  readonly registryUnread?: string;
  readonly now: Date;
}
