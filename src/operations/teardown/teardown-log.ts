import type { StackInstance } from '../../../lambda/_kit/ports/stack-instances';
import { CheckvalveError } from '../../contract/errors';
import { NAMES } from '../../contract/names';
import { awsFault } from '../call-aws';
import type { RetainedResource } from './retained-resources';

/** One thing that a tear-down does. */
export interface TeardownStep {
  readonly what: string;
  readonly outcome: 'would be done' | 'done' | 'nothing to do' | 'stopped' | 'not begun';
  readonly because?: string;
}

/** What a tear-down did, or would do, in the account whose credentials it has. */
export interface TeardownReport {
  readonly account: string;
  readonly part: 'management' | 'vault';
  /** Nothing stopped it. */
  readonly ok: boolean;
  readonly steps: readonly TeardownStep[];
  readonly stays: readonly RetainedResource[];
  /** What a person does next, and where. */
  readonly next: readonly string[];
}

/** What a tear-down has done so far: it is told whole, whatever stops it. */
export class TeardownLog {
  private readonly steps: TeardownStep[] = [];
  readonly stays: RetainedResource[] = [];
  private readonly remedies: string[] = [];
  /** What would be said to have stopped if the next call failed. */
  doing = '';

  constructor(
    private readonly account: string,
    private readonly progress: (line: string) => void,
  ) {}

  /** Does one thing; a call that fails stops it, and is told like whatever else stops it. */
  async attempt(what: string, act: () => Promise<boolean>): Promise<boolean> {
    this.doing = what;
    try {
      return await act();
    } catch (error) {
      return this.stoppedBy(error);
    }
  }

  /** Notes what a call that failed has stopped. @param seen what else is known, as the end of a sentence */
  stoppedBy(error: unknown, seen?: string): false {
    const whose = `the account ${this.account} that may do it`;
    const fault = awsFault({ failed: 'a call failed', whose }, error);
    if (fault instanceof CheckvalveError) this.remedies.push(fault.remedy);
    else this.remedies.push('This is a fault of Checkvalve itself: tell whoever keeps it what is said above.');
    const because = fault instanceof Error ? fault.message : String(fault);
    this.step(this.doing, 'stopped', seen ? `${because}; ${seen}` : because);
    return false;
  }

  /** Stacks that stay where nothing can reach them. */
  keepStacks(leftBehind: readonly StackInstance[]): void {
    const type = 'the whole stack of the tooling';
    const because = 'nothing can reach into the account: whoever keeps it deletes the stack there';
    for (const { account, region } of leftBehind) {
      this.stays.push({ account, type, id: `StackSet-${NAMES.stackSet}-… in ${region}`, because });
    }
  }

  /** Notes a step; whether the next may follow. */
  step(what: string, outcome: TeardownStep['outcome'], because?: string): boolean {
    this.steps.push({ what, outcome, ...(because && { because }) });
    this.progress(`${what}: ${outcome}${because ? ` (${because})` : ''}`);
    return outcome !== 'stopped';
  }

  /** All of it. */
  report(part: TeardownReport['part'], ok: boolean, next: readonly string[]): TeardownReport {
    const remedies = [...new Set(this.remedies)];
    return { account: this.account, part, ok, steps: this.steps, stays: this.stays, next: [...remedies, ...next] };
  }
}
