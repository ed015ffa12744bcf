/** Name of the error of a call that took too long. */
const TIME_OUT = 'TimeoutError';
/** Name of the error of a call that was not started: the run has used up its time for such calls. */
const NO_TIME_LEFT = 'NoTimeLeft';

const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });

/** Whether a call was not started because others used up the time: that says nothing about its account. */
export const isNotBegun = (error: unknown): boolean => error instanceof Error && error.name === NO_TIME_LEFT;

/**
 * The time of a run for calls into other accounts. An account that answers slowly, or in which AWS throttles the calls, uses up
 * only its own part.
 */
export class TimeBudget {
  private readonly end: number;

  constructor(
    /** For all calls together, from now on, in milliseconds. */
    allMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.end = now() + allMs;
  }

  /**
   * Performs one piece of work within a time. Afterwards the signal ends the calls that still run.
   * @throws `TimeoutError` when it took longer; `NoTimeLeft` when it was not started
   */
  async within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const left = Math.min(ms, this.end - this.now());
    if (left <= 0) throw named(NO_TIME_LEFT, 'the run had no time left for this account');
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      const error = named(TIME_OUT, `the account did not answer within ${Math.ceil(left / 1000)} seconds`);
      timer = setTimeout(() => reject(error), left);
    });
    try {
      return await Promise.race([work(stop.signal), late]);
    } finally {
      clearTimeout(timer);
      stop.abort();
    }
  }
}
