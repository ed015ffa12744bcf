import type { CoverageEvidence } from '../contract/coverage';

/** Something that must be true after a phase and is not: the account in which it shows, and the cause as a sentence. */
export interface CheckFailure {
  readonly account: string;
  readonly cause: string;
}

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

/** One line of the proof over the deployed templates: which principals, on which resources, and what was counted. */
export interface ProvedLine {
  readonly name: string;
  readonly resources: number;
  readonly actions: number;
  readonly principals: number;
  /** Accesses that the policy evaluator evaluated. */
  readonly evaluated: number;
  /** Accesses that the deployed policies allow and must not. */
  readonly allowed: number;
}

/** One action that an attacker's own account allows. */
export interface ActionRow {
  readonly attacker: string;
  readonly action: string;
  /** What came of it: the expected outcome, or what differs from it. */
  readonly outcome: string;
  readonly isAsExpected: boolean;
}

/** What the attackers tried and did. */
export interface AttackReport {
  readonly proved: readonly ProvedLine[];
  readonly actions: readonly ActionRow[];
  /** Calls of the vault that were refused during the attack: subscriptions to accounts that do not exist. */
  readonly refusals: number;
}

/** What came of a rehearsal. */
export interface RehearsalResult {
  readonly ok: boolean;
  readonly phases: readonly PhaseRow[];
  readonly vaultCopies: ReadonlyArray<{
    readonly arn: string;
    /** The export copy from which the vault made the copy. */
    readonly sourceArn: string;
    readonly kmsKeyArn: string;
    readonly status: string;
  }>;
  /** The newest coverage report of each Region in the vault's evidence bucket. */
  readonly coverage: readonly CoverageEvidence[];
  /** The alarms of the vault that the phase `lose-protection` raises, the gravest first. */
  readonly alarms?: readonly string[];
  /** Subjects of the messages to operators in that phase, the newest last. */
  readonly messages?: readonly string[];
  /** Members of the organization without any stack of the tooling. */
  readonly untouched: readonly string[];
  /** Permissions that were evaluated: for the calls, and for what AWS does on behalf of them. */
  readonly permissions?: number;
  readonly attack?: AttackReport;
  /** Calls and deliveries that were refused before an attack. */
  readonly refusals?: number;
  /** The phase that failed, and the cause. */
  readonly failure?: { readonly step: string; readonly cause: string };
}
