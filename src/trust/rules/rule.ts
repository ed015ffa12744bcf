import type { Estate } from '../templates/judged-templates';
import type { Finding } from '../templates/rule-finding';

/** One promise of one-way trust, as a rule of synthesis. */
export interface Rule {
  /** `T1` to `T9`. */
  readonly id: string;
  /** The promise, as the user reads it: one sentence. */
  readonly promise: string;
  /** Why it is promised. */
  readonly because: string;
  /** What the rule refuses, a phrase each. */
  readonly refuses: readonly string[];
  /** Everything in the estate that breaks the promise, or of which nobody can tell. */
  readonly judge: (estate: Estate) => readonly Finding[];
}
