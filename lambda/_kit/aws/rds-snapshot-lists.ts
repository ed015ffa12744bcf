import {
  type DBClusterSnapshot,
  type DBSnapshot,
  paginateDescribeDBClusterSnapshots,
  paginateDescribeDBSnapshots,
  type RDSClient,
} from '@aws-sdk/client-rds';
import { isOfAwsBackup } from '../../../src/contract/backup-snapshots';

import type { Snapshot, SnapshotLists } from '../ports/snapshots';
import { withMissingTags } from './missing-tags';
import { clusterSnapshot, instanceSnapshot } from './snapshot-shape';

/** {@link SnapshotLists} on Amazon RDS: two of every call, one for instances and one for clusters. */
export class RdsSnapshotLists implements SnapshotLists {
  /**
   * @param client its credentials decide which account's snapshots are listed
   * @param unreadable receives a snapshot that RDS describes in an unexpected way. It is left out, so that one such snapshot,
   * which any account may share, does not hide all others
   */
  constructor(
    protected readonly client: RDSClient,
    private readonly unreadable: (arn: string, because: string) => void = () => {},
  ) {}

  async own(): Promise<readonly Snapshot[]> {
    // Without a type, RDS lists automated and manual snapshots; of clusters, all: there is no type for those of AWS Backup.
    // https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBSnapshots.html
    // https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBClusterSnapshots.html
    return this.tagged([this.instances('awsbackup'), this.instances(undefined), this.clusters(undefined)]);
  }

  async manual(): Promise<readonly Snapshot[]> {
    // Among the manual ones of clusters, RDS lists those of AWS Backup.
    const found = await this.tagged([this.instances('manual'), this.clusters('manual')]);
    return found.filter((one) => !isOfAwsBackup(one));
  }

  async shared(): Promise<readonly Snapshot[]> {
    const found = await Promise.all([this.instances('shared'), this.clusters('shared')]);
    return found.flat().map(({ snapshot }) => snapshot);
  }

  /** The snapshots of several listings, with the tags that RDS left out. */
  private async tagged(listings: readonly Promise<Listed[]>[]): Promise<Snapshot[]> {
    const listed = (await Promise.all(listings)).flat();
    const withoutTags = listed.filter(({ isTagged }) => !isTagged).map(({ snapshot }) => snapshot);
    if (withoutTags.length === 0) return listed.map(({ snapshot }) => snapshot);
    const tags = await withMissingTags(this.client, withoutTags, this.unreadable);
    return listed.map(({ snapshot }) => ({ ...snapshot, tags: tags.get(snapshot.arn) ?? snapshot.tags }));
  }

  private read<Found extends DBSnapshot | DBClusterSnapshot>(
    found: Found,
    arn: string | undefined,
    shape: (found: Found) => Snapshot,
  ): Listed[] {
    try {
      return [{ snapshot: shape(found), isTagged: found.TagList !== undefined }];
    } catch (error) {
      this.unreadable(arn ?? 'without an ARN', error instanceof Error ? error.message : String(error));
      return [];
    }
  }

  private async instances(SnapshotType: string | undefined): Promise<Listed[]> {
    const found: Listed[] = [];
    const input = { ...(SnapshotType && { SnapshotType }), MaxRecords: 100 };
    for await (const page of paginateDescribeDBSnapshots({ client: this.client }, input)) {
      for (const one of page.DBSnapshots ?? []) {
        for (const read of this.read(one, one.DBSnapshotArn, instanceSnapshot)) found.push(read);
      }
    }
    return found;
  }

  private async clusters(SnapshotType: string | undefined): Promise<Listed[]> {
    const found: Listed[] = [];
    const input = { ...(SnapshotType && { SnapshotType }), MaxRecords: 100 };
    for await (const page of paginateDescribeDBClusterSnapshots({ client: this.client }, input)) {
      for (const one of page.DBClusterSnapshots ?? []) {
        for (const read of this.read(one, one.DBClusterSnapshotArn, clusterSnapshot)) found.push(read);
      }
    }
    return found;
  }
}

interface Listed {
  readonly snapshot: Snapshot;
  /** RDS listed its tags, perhaps none. */
  readonly isTagged: boolean;
}
