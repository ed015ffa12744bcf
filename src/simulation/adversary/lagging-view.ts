import type { Snapshot, Snapshots } from '../../../lambda/_kit/ports/snapshots';
import { MINUTE } from '../../contract/durations';
import type { InMemoryRds, RdsChange } from '../in-memory-rds';
import type { Weather } from './attack-scenario';

interface Seen {
  readonly snapshot: Snapshot;
  readonly at: number;
}

/**
 * Listings of RDS that lag: a new copy is missing, a deleted one is still listed, and tags appear late.
 * Assumption (listings-of-rds-lag-at-most-an-hour): AWS documents no bound for RDS's listings; an hour is more than any public report.
 */
export class LaggingView {
  private readonly made = new Map<string, number>();
  private readonly removed = new Map<string, Seen>();

  constructor(
    private readonly rds: InMemoryRds,
    private readonly weather: Weather,
  ) {}

  /** Records when a snapshot was created or deleted. */
  changed({ what, snapshot }: RdsChange): void {
    const at = this.rds.time.getTime();
    if (what === 'copied') this.made.set(snapshot.arn, at);
    if (what === 'removed') this.removed.set(snapshot.arn, { snapshot, at });
  }

  /** The port with listings that lag by the weather. */
  over(port: Snapshots): Snapshots {
    if (this.weather.listingLag === 0 && this.weather.tagLag === 0) return port;
    return {
      own: async () => this.late(await port.own(), await port.own()),
      manual: async () => this.late(await port.manual(), await port.own()),
      shared: () => port.shared(),
      copy: (order) => port.copy(order),
      share: (snapshot, account) => port.share(snapshot, account),
      tag: (arn, tags) => port.tag(arn, tags),
      remove: (snapshot) => port.remove(snapshot),
    };
  }

  private late(listed: readonly Snapshot[], own: readonly Snapshot[]): readonly Snapshot[] {
    const now = this.rds.time.getTime();
    const age = (arn: string) => (now - (this.made.get(arn) ?? 0)) / MINUTE;
    const account = own[0]?.arn.split(':')[4];
    const present = listed
      .filter(({ arn }) => age(arn) >= this.weather.listingLag || !this.isHidden(arn))
      .map((one) => (age(one.arn) < this.weather.tagLag && this.isHidden(one.arn) ? { ...one, tags: new Map() } : one));
    const ghosts: Snapshot[] = [];
    for (const [arn, { snapshot, at }] of this.removed) {
      if ((now - at) / MINUTE >= this.weather.listingLag) this.removed.delete(arn);
      else if (snapshot.type === 'manual' && arn.split(':')[4] === account) ghosts.push(snapshot);
    }
    return [...present, ...ghosts];
  }

  /** Half of all copies are late: by their names, so that a play is the same each time. */
  private isHidden(arn: string): boolean {
    return (arn.charCodeAt(arn.length - 1) & 1) === 1;
  }
}
