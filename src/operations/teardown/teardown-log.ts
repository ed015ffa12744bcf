import type { StackInstance } from '../../../lambda/_kit/ports/stack-instances';
import { CheckvalveError } from '../../contract/errors';
import { awsFault } from '../call-aws';
import type { RetainedResource } from './retained-resources';

/** One part of a teardown. */
export interface TeardownStep {
  readonly what: string;
  readonly outcome: 'planned' | 'done' | 'nothing-to-do' | 'stopped' | 'not-started';
  readonly because?: string;
}

/** How an outcome is printed. */
export const OUTCOMES: Readonly<Record<TeardownStep['outcome'], string>> = {
  planned: 'would be done',
  done: 'done',
  'nothing-to-do': 'nothing to do',
  stopped: 'stopped',
  'not-started': 'not started',
};

/** What a teardown did, or would do, in the account of the credentials. */
export interface TeardownReport {
  readonly account: string;
  readonly part: 'management' | 'vault';
  /** Whether no part stopped. */
  readonly ok: boolean;
  readonly steps: readonly TeardownStep[];
  readonly retained: readonly RetainedResource[];
  /** What the operator does next, and in which account. */
  readonly next: readonly string[];
}

/** What a teardown has done so far. The report is complete even when an error stops the teardown. */
export class TeardownLog {
  private readonly steps: TeardownStep[] = [];
  readonly retained: RetainedResource[] = [];
  private readonly remedies: string[] = [];
  /** The part that stops if the next call fails. */
  current = '';

  constructor(
    private readonly account: string,
    private readonly progress: (line: string) => void,
  ) {}

  /** Runs one part. A call that fails stops it and is reported. */
  async attempt(what: string, act: () => Promise<boolean>): Promise<boolean> {
    this.current = what;
    try {
      return await act();
    } catch (error) {
      return this.stoppedBy(error);
    }
  }

  /** Logs that a failed call stopped the current part. @param facts what else is known, as the end of the message */
  stoppedBy(error: unknown, facts?: string): false {
    const whose = `the account ${this.account} with the permissions for it`;
    const fault = awsFault({ failed: 'a call failed', whose }, error);
    if (fault instanceof CheckvalveError) this.remedies.push(fault.remedy);
    else this.remedies.push('This is a bug in Checkvalve: report it to its maintainers with the message above.');
    const because = fault instanceof Error ? fault.message : String(fault);
    this.step(this.current, 'stopped', facts ? `${because}; ${facts}` : because);
    return false;
  }

  /** Logs stacks that stay in accounts out of reach. */
  keepStacks(leftBehind: readonly StackInstance[], stackSet: string): void {
    const type = 'the whole stack of the tooling';
    const because = 'the account is out of reach; its owner deletes the stack there';
    for (const { account, region } of leftBehind) {
      this.retained.push({ account, type, id: `StackSet-${stackSet}-… in ${region}`, because });
    }
  }

  /** Logs a part; returns whether the next may start. */
  step(what: string, outcome: TeardownStep['outcome'], because?: string): boolean {
    this.steps.push({ what, outcome, ...(because && { because }) });
    this.progress(`${what}: ${OUTCOMES[outcome]}${because ? ` (${because})` : ''}`);
    return outcome !== 'stopped';
  }

  /** The report of all parts. */
  report(part: TeardownReport['part'], ok: boolean, next: readonly string[]): TeardownReport {
    const remedies = [...new Set(this.remedies)];
    return {
      account: this.account,
      part,
      ok,
      steps: this.steps,
      retained: this.retained,
      next: [...remedies, ...next],
    };
  }
}
