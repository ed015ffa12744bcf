import { CheckvalveError } from '../../src/contract/errors';
import type { AccountId } from '../../src/contract/ids';
import { errorCode, isRefusal } from './refusals';
import { failure } from './runtime/each';
import { isNotBegun } from './runtime/time-budget';

/** What became of a call that failed. */
export interface FailedCall {
  readonly account: AccountId;
  /** Name of the error, as AWS or Node gives it. */
  readonly code: string;
  readonly because: string;
}

/**
 * How the accounts answered one kind of call in a run. What one account answers is that account's, whatever it is: it fails no
 * run. What every account of several answers alike, and is no refusal, is a fault of ours: of our network, our limits, our code.
 */
export class AccountAnswers {
  /** By account: the code of its failures; undefined once it gave an answer that says something of the account. */
  private readonly codes = new Map<AccountId, string | undefined>();
  private because = '';

  constructor(
    /** What was tried, for the error: `Listing the snapshots`. */
    private readonly what: string,
    /** Whether a refusal says something of the account. It does not where the call is made with the vault's own role. */
    private readonly isAnswer: (error: unknown) => boolean = isRefusal,
    /** Accounts that the vault follows, where a run asks those alone that share something: a few accounts of one attacker are
     * all that a run asks in a quiet hour. */
    private readonly followed = 0,
  ) {}

  /** A call into the account, or about its resource, was answered. */
  recordSuccess(account: AccountId): void {
    this.codes.set(account, undefined);
  }

  /** It failed: says how, for the log. */
  recordFailure(account: AccountId, error: unknown): FailedCall {
    const [code, because] = [errorCode(error), failure(error)];
    // An account that was not asked did not answer like the others: they may have used up its time.
    if (this.isAnswer(error) || isNotBegun(error) || (this.codes.has(account) && this.codes.get(account) !== code))
      this.recordSuccess(account);
    else this.codes.set(account, code);
    this.because ||= because;
    return { account, code, because };
  }

  /**
   * Why the run has failed: every account, of two or more and of more than half of those that the vault follows, gave the same
   * error, and no refusal. Undefined when it has not.
   */
  get fault(): CheckvalveError | undefined {
    const [code, ...others] = this.codes.values();
    if (code === undefined || others.length === 0 || others.some((other) => other !== code)) return undefined;
    if (this.codes.size * 2 <= this.followed) return undefined;
    return new CheckvalveError(
      'STEP_FAILED',
      `${this.what} failed alike for all ${this.codes.size} accounts: ${this.because}`,
      'As all accounts answer alike, the fault lies with the vault or with AWS. The next run tries again; see the log.',
    );
  }
}

/** Ends a run whose work is done: what every account answers alike is a failure of the run. @throws CheckvalveError `STEP_FAILED` */
export function throwCommonFault(...kinds: readonly AccountAnswers[]): void {
  const fault = kinds.map((kind) => kind.fault).find((found) => found !== undefined);
  if (fault) throw fault;
}
