/**
 * When RDS alone, without faults, could copy the snapshots of one database to the vault: RDS makes one copy of a database at a time in each
 * account, the oldest first, and a copy in the source waits while two earlier ones are not in the vault yet. This is
 * RDS's own time: a database that needs forty hours in the source needs forty more in the vault.
 */
export class UndelayedPath {
  private sourceFreeAt = 0;
  private readonly arrivals: [beforeLast: number, last: number] = [0, 0];

  /** The next snapshot, in order of creation. Returns the minute at which its vault copy could be available. */
  arrivalOf(bornAt: number, copyMinutes: number): number {
    const [beforeLast, last] = this.arrivals;
    this.sourceFreeAt = Math.max(bornAt, this.sourceFreeAt, beforeLast) + copyMinutes;
    const arrival = Math.max(this.sourceFreeAt, last) + copyMinutes;
    this.arrivals[0] = last;
    this.arrivals[1] = arrival;
    return arrival;
  }

  /** A copy failed and is made again: all later ones are delayed by its duration. */
  again(copyMinutes: number): void {
    this.sourceFreeAt += copyMinutes;
    this.arrivals[0] += copyMinutes;
    this.arrivals[1] += copyMinutes;
  }
}
