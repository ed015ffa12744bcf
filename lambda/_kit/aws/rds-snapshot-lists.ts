import {
  type DBClusterSnapshot,
  type DBSnapshot,
  type Filter,
  paginateDescribeDBClusterSnapshots,
  paginateDescribeDBSnapshots,
  type RDSClient,
} from '@aws-sdk/client-rds';
import { isOfAwsBackup } from '../../../src/contract/backup-snapshots';
import type { Kind } from '../../../src/contract/ids';
import { BACKUP_PREFIX } from '../../../src/contract/names';
import type { Snapshot, SnapshotLists, SnapshotSearch } from '../ports/snapshots';
import { withMissingTags } from './missing-tags';
import { clusterSnapshot, instanceSnapshot } from './snapshot-shape';

/** Names in one filter. AWS names no limit; a page holds as many snapshots. */
const NAMES_PER_CALL = 100;

/** {@link SnapshotLists} on Amazon RDS: two of every call, one for instances and one for clusters. */
export class RdsSnapshotLists implements SnapshotLists, SnapshotSearch {
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

  /**
   * A filter on the identifier takes several values. AWS lists instances' snapshots of AWS Backup by their type alone.
   * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBSnapshots.html
   * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBClusterSnapshots.html
   * Assumption (filters-find-snapshots-by-name).
   */
  async find(kind: Kind, names: readonly string[]): Promise<readonly Snapshot[]> {
    const backups = names.filter((name) => name.startsWith(BACKUP_PREFIX) && kind === 'instance');
    const others = names.filter((name) => !backups.includes(name));
    const listings = [
      ...chunks(backups).map((some) => this.instances('awsbackup', named('db-snapshot-id', some))),
      ...chunks(others).map((some) =>
        kind === 'cluster'
          ? this.clusters(undefined, named('db-cluster-snapshot-id', some))
          : this.instances(undefined, named('db-snapshot-id', some)),
      ),
    ];
    return this.tagged(listings);
  }

  async ofKind(kind: Kind): Promise<readonly Snapshot[]> {
    return this.tagged([kind === 'cluster' ? this.clusters(undefined) : this.instances(undefined)]);
  }

  /** Assumption (a-type-filter-lists-backups-of-instances). */
  async withBackups(kind: Kind): Promise<readonly Snapshot[]> {
    const types = [{ Name: 'snapshot-type', Values: ['manual', 'awsbackup'] }];
    return this.tagged([kind === 'cluster' ? this.clusters(undefined) : this.instances(undefined, types)]);
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

  private async instances(SnapshotType: string | undefined, Filters?: Filter[]): Promise<Listed[]> {
    const found: Listed[] = [];
    const input = { ...(SnapshotType && { SnapshotType }), ...(Filters && { Filters }), MaxRecords: 100 };
    for await (const page of paginateDescribeDBSnapshots({ client: this.client }, input)) {
      for (const one of page.DBSnapshots ?? []) {
        for (const read of this.read(one, one.DBSnapshotArn, instanceSnapshot)) found.push(read);
      }
    }
    return found;
  }

  private async clusters(SnapshotType: string | undefined, Filters?: Filter[]): Promise<Listed[]> {
    const found: Listed[] = [];
    const input = { ...(SnapshotType && { SnapshotType }), ...(Filters && { Filters }), MaxRecords: 100 };
    for await (const page of paginateDescribeDBClusterSnapshots({ client: this.client }, input)) {
      for (const one of page.DBClusterSnapshots ?? []) {
        for (const read of this.read(one, one.DBClusterSnapshotArn, clusterSnapshot)) found.push(read);
      }
    }
    return found;
  }
}

const chunks = (names: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(names.length / NAMES_PER_CALL) }, (_, at) =>
    names.slice(at * NAMES_PER_CALL, (at + 1) * NAMES_PER_CALL),
  );

const named = (Name: string, names: readonly string[]): Filter[] => [{ Name, Values: [...names] }];

interface Listed {
  readonly snapshot: Snapshot;
  /** RDS listed its tags, perhaps none. */
  readonly isTagged: boolean;
}
