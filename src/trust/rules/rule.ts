import type { JudgedTemplates } from '../templates/judged-templates';
import type { RuleFinding } from '../templates/rule-finding';

/** One promise of one-way trust, as a rule that runs at synthesis. */
export interface Rule {
  /** `T1` to `T9`. */
  readonly id: string;
  /** The promise, as the operator reads it: one sentence. */
  readonly promise: string;
  /** Why it is promised. */
  readonly because: string;
  /** What the rule refuses, one phrase each. */
  readonly refuses: readonly string[];
  /** Everything in the templates that breaks the promise, and everything that the rule cannot judge. */
  readonly judge: (judged: JudgedTemplates) => readonly RuleFinding[];
}
