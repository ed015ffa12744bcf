import { CheckvalveError } from '../../src/contract/errors';
import type { AccountId } from '../../src/contract/ids';
import { errorCode, isRefusal } from './refusals';
import { failure } from './runtime/each';
import { isNotBegun } from './runtime/time-budget';

/** A call that failed. */
export interface FailedCall {
  readonly account: AccountId;
  /** Name of the error, as AWS or Node gives it. */
  readonly code: string;
  readonly because: string;
}

/**
 * How the accounts answered one kind of call in a run. What one account answers fails no run, whatever it is. The same error from
 * every one of several accounts, unless it is a refusal, is a fault of the vault: of its network, its limits, its code.
 */
export class AccountAnswers {
  /** By account: the code of its failures; undefined once an answer says something about the account. */
  private readonly codes = new Map<AccountId, string | undefined>();
  private because = '';

  constructor(
    /** The kind of call, for the error: `Listing the snapshots`. */
    private readonly what: string,
    /** Whether an error says something about the account. A refusal does not when the vault's own role makes the call. */
    private readonly isAnswer: (error: unknown) => boolean = isRefusal,
    /** Accounts that the vault follows, when a run calls only those that share something: in a quiet hour, these may be a few
     * accounts of one attacker. */
    private readonly followed = 0,
  ) {}

  /** Records that a call into the account, or about its resource, succeeded. */
  recordSuccess(account: AccountId): void {
    this.codes.set(account, undefined);
  }

  /** Records that it failed. Returns how, for the log. */
  recordFailure(account: AccountId, error: unknown): FailedCall {
    const [code, because] = [errorCode(error), failure(error)];
    // An account that was not called did not answer like the others: they may have used up its time.
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
      'All accounts answer alike, so the fault is in the vault or in AWS. The next run tries again; see the log.',
    );
  }
}

/** Ends a run: the same error from every account fails it. @throws CheckvalveError `STEP_FAILED` */
export function throwCommonFault(...kinds: readonly AccountAnswers[]): void {
  const fault = kinds.map((kind) => kind.fault).find((found) => found !== undefined);
  if (fault) throw fault;
}
