import { paginateDescribeDBClusterSnapshots, paginateDescribeDBSnapshots, type RDSClient } from '@aws-sdk/client-rds';
import type { Snapshot, SnapshotLists } from '../ports/snapshots';
import { clusterSnapshot, instanceSnapshot } from './snapshot-shape';

/** {@link SnapshotLists} on Amazon RDS: two of every call, one for instances and one for clusters. */
export class RdsSnapshotLists implements SnapshotLists {
  /**
   * @param client credentials decide whose snapshots these are
   * @param unreadable hears of a snapshot that RDS describes in a way nobody expected; it is left out, so that one odd
   * snapshot, which anybody may share unasked, does not hide all others
   */
  constructor(
    protected readonly client: RDSClient,
    private readonly unreadable: (arn: string, because: string) => void = () => {},
  ) {}

  async own(): Promise<readonly Snapshot[]> {
    // Asking for no type brings those that RDS made by itself and the manual ones; of clusters all, for which there is no
    // type of AWS Backup to ask for.
    // https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBSnapshots.html
    // https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBClusterSnapshots.html
    const [backups, others, clusters] = await Promise.all([
      this.instances('awsbackup'),
      this.instances(undefined),
      this.clusters(undefined),
    ]);
    return [...backups, ...others, ...clusters];
  }

  async manual(): Promise<readonly Snapshot[]> {
    return (await Promise.all([this.instances('manual'), this.clusters('manual')])).flat();
  }

  async shared(): Promise<readonly Snapshot[]> {
    return (await Promise.all([this.instances('shared'), this.clusters('shared')])).flat();
  }

  private read(arn: string | undefined, shape: () => Snapshot): Snapshot[] {
    try {
      return [shape()];
    } catch (error) {
      this.unreadable(arn ?? 'without an ARN', error instanceof Error ? error.message : String(error));
      return [];
    }
  }

  private async instances(SnapshotType: string | undefined): Promise<Snapshot[]> {
    const found: Snapshot[] = [];
    const input = { ...(SnapshotType && { SnapshotType }), MaxRecords: 100 };
    for await (const page of paginateDescribeDBSnapshots({ client: this.client }, input)) {
      for (const one of page.DBSnapshots ?? [])
        for (const read of this.read(one.DBSnapshotArn, () => instanceSnapshot(one))) found.push(read);
    }
    return found;
  }

  private async clusters(SnapshotType: string | undefined): Promise<Snapshot[]> {
    const found: Snapshot[] = [];
    const input = { ...(SnapshotType && { SnapshotType }), MaxRecords: 100 };
    for await (const page of paginateDescribeDBClusterSnapshots({ client: this.client }, input)) {
      for (const one of page.DBClusterSnapshots ?? []) {
        for (const read of this.read(one.DBClusterSnapshotArn, () => clusterSnapshot(one))) found.push(read);
      }
    }
    return found;
  }
}
