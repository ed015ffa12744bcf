import type { CoverageEvidence } from '../contract/coverage';

/** What one phase did in one account. */
export interface PhaseRow {
  readonly step: string;
  readonly account: string;
  readonly outcome: 'ok' | 'failed';
  /** SDK calls that handlers made there. */
  readonly calls: number;
  /** Real milliseconds. */
  readonly ms: number;
}

/** One thing that an attacker did or tried. */
export interface AttackRow {
  readonly who: string;
  readonly what: string;
  /** Whether the attempt is against the vault. False for an action that is allowed in the attacker’s own account. */
  readonly againstVault: boolean;
  readonly refused: boolean;
  /** Why it was refused, or what it came to. */
  readonly because: string;
}

/** What came of a rehearsal. */
export interface RehearsalResult {
  readonly ok: boolean;
  readonly phases: readonly PhaseRow[];
  readonly vaultCopies: ReadonlyArray<{
    readonly arn: string;
    /** The export copy it was made from. */
    readonly sourceArn: string;
    readonly kmsKeyArn: string;
    readonly status: string;
  }>;
  /** The newest report of coverage of each Region, as it stands in the vault's evidence bucket. */
  readonly coverage: readonly CoverageEvidence[];
  /** The alarms of the vault that what goes wrong in the end raises, in their own words, the gravest first. */
  readonly alarms?: readonly string[];
  /** Subjects of the messages that people get of it, the newest last. */
  readonly told?: readonly string[];
  /** Members of the organization in which no tooling stands. */
  readonly untouched: readonly string[];
  /** Permissions that were asked about: for the calls, and for what AWS does on their behalf. */
  readonly permissions?: number;
  /** What attackers did and tried. */
  readonly attack?: readonly AttackRow[];
  /** Calls and deliveries that were refused; while attackers were at it they are counted apart. */
  readonly refusals?: number;
  /** Those of the vault's own calls that accounts refused which attackers had made up. */
  readonly refusalsUnderAttack?: number;
  /** The phase that failed, and why. */
  readonly failure?: { readonly step: string; readonly cause: string };
}
