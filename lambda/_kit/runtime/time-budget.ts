/** What a call ends with that took longer than it may. */
const TIME_OUT = 'TimeoutError';
/** What a call ends with that was not begun: the run has used up its time for such calls. */
const NO_TIME_LEFT = 'NoTimeLeft';

const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });

/** Whether a call was not begun because of the time that others took: that says nothing about what was to be called. */
export const isNotBegun = (error: unknown): boolean => error instanceof Error && error.name === NO_TIME_LEFT;

/**
 * The time that a run gives to calls into other accounts. An account that answers slowly, or makes AWS throttle the calls into
 * it, uses up its own part and no more.
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
   * Does one piece of work, and waits for it so long and no longer. The signal ends the calls that are under way after that.
   * @throws `TimeoutError` when it took longer; `NoTimeLeft` when it was not begun
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
