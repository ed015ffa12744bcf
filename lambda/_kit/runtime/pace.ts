/** The clock of a pace. */
export interface PaceClock {
  /** Milliseconds since some moment. */
  now(): number;
  wait(milliseconds: number): Promise<void>;
}

const REAL: PaceClock = {
  now: () => performance.now(),
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

/** Limits the rate of calls: each begins at least its part of a second after the one before, except for a burst. */
export class Pace {
  private free = Number.NEGATIVE_INFINITY;
  private readonly gap: number;

  constructor(
    perSecond: number,
    private readonly time: PaceClock = REAL,
    /** Calls that may begin at once after a pause: a short run does not wait. */
    private readonly burst = 1,
  ) {
    this.gap = 1000 / perSecond;
  }

  /** Resolves when the next call may begin. */
  async turn(): Promise<void> {
    const now = this.time.now();
    const at = Math.max(now - (this.burst - 1) * this.gap, this.free);
    this.free = at + this.gap;
    if (at > now) await this.time.wait(at - now);
  }
}

/** RDS calls that a function makes in the vault account, in the long run: 300 a minute. RDS publishes no rate. It throttles an
 * account that calls too often, and operators and other tools call as well. */
const RDS_CALLS_PER_SECOND = 5;
/** Calls that need not wait: the listing of a small vault. */
const RDS_BURST = 60;

/** The pace of a step that lists the whole vault. */
export const rdsPace = (time?: PaceClock): Pace => new Pace(RDS_CALLS_PER_SECOND, time, RDS_BURST);
