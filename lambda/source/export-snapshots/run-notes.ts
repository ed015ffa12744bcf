import { MINUTE } from '../../../src/contract/durations';

/** What was done so recently is not done again for a second event about the same. */
const RECENT = 30 * MINUTE;

/**
 * What a function remembers between its runs, while Lambda keeps it. It only saves calls: without it, a run looks at more than
 * it needs to.
 */
export class RunNotes {
  /** Whether the last run left snapshots that wait for a slot, which the next event may have freed; undefined before the first. */
  hasWaiting: boolean | undefined;
  private readonly done = new Map<string, number>();

  /** Notes that a snapshot was copied, or an export copy shared. */
  add(name: string, now: Date): void {
    for (const [one, at] of this.done) if (now.getTime() - at > RECENT) this.done.delete(one);
    this.done.set(name, now.getTime());
  }

  /** Whether that was noted in the last half hour. */
  has(name: string, now: Date): boolean {
    return now.getTime() - (this.done.get(name) ?? 0) <= RECENT;
  }
}
