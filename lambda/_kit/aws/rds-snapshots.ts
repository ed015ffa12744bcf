import {
  AddTagsToResourceCommand,
  CopyDBClusterSnapshotCommand,
  CopyDBSnapshotCommand,
  DeleteDBClusterSnapshotCommand,
  DeleteDBSnapshotCommand,
  ModifyDBClusterSnapshotAttributeCommand,
  ModifyDBSnapshotAttributeCommand,
  paginateDescribeDBClusterSnapshots,
  paginateDescribeDBSnapshots,
  type RDSClient,
  type Tag,
} from '@aws-sdk/client-rds';
import type { SnapshotArn } from '../../../src/contract/ids';
import type { CopyOrder, CopyOutcome, ShareOutcome, Snapshot, Snapshots } from '../ports/snapshots';
import { copyRefusal, shareRefusal } from './copy-refusal';
import { clusterSnapshot, instanceSnapshot } from './snapshot-shape';

const awsTags = (tags: Readonly<Record<string, string>>): Tag[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** Whether RDS says that a snapshot does not exist. */
const isGone = (error: unknown): boolean =>
  error instanceof Error && /^DB(Cluster)?SnapshotNotFound(Fault)?$/.test(error.name);

/** {@link Snapshots} on Amazon RDS: two of every call, one for instances and one for clusters. */
export class RdsSnapshots implements Snapshots {
  /**
   * @param client credentials decide whose snapshots these are
   * @param unreadable hears of a snapshot that RDS describes in a way nobody expected; it is left out, so that one odd
   * snapshot, which anybody may share unasked, does not hide all others
   */
  constructor(
    private readonly client: RDSClient,
    private readonly unreadable: (arn: string, because: string) => void = () => {},
  ) {}

  async own(): Promise<readonly Snapshot[]> {
    // For clusters there is no type of AWS Backup to ask for, and asking for none brings all.
    // https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBClusterSnapshots.html
    const [backups, manual, clusters] = await Promise.all([
      this.instances('awsbackup'),
      this.instances('manual'),
      this.clusters(undefined),
    ]);
    return [...backups, ...manual, ...clusters];
  }

  async manual(): Promise<readonly Snapshot[]> {
    return (await Promise.all([this.instances('manual'), this.clusters('manual')])).flat();
  }

  async shared(): Promise<readonly Snapshot[]> {
    return (await Promise.all([this.instances('shared'), this.clusters('shared')])).flat();
  }

  async copy({ source, kind, name, key, tags }: CopyOrder): Promise<CopyOutcome> {
    const Tags = awsTags(tags);
    try {
      if (kind === 'cluster') {
        await this.client.send(
          new CopyDBClusterSnapshotCommand({
            SourceDBClusterSnapshotIdentifier: source,
            TargetDBClusterSnapshotIdentifier: name,
            KmsKeyId: key,
            CopyTags: false,
            Tags,
          }),
        );
      } else {
        await this.client.send(
          new CopyDBSnapshotCommand({
            SourceDBSnapshotIdentifier: source,
            TargetDBSnapshotIdentifier: name,
            KmsKeyId: key,
            CopyTags: false,
            Tags,
          }),
        );
      }
      return { kind: 'started' };
    } catch (error) {
      const refusal = copyRefusal(error);
      if (refusal) return refusal;
      throw error;
    }
  }

  async share({ kind, name }: Snapshot, account: string): Promise<ShareOutcome> {
    const grant = { AttributeName: 'restore', ValuesToAdd: [account] };
    try {
      if (kind === 'cluster') {
        const input = { DBClusterSnapshotIdentifier: name, ...grant };
        await this.client.send(new ModifyDBClusterSnapshotAttributeCommand(input));
      } else {
        await this.client.send(new ModifyDBSnapshotAttributeCommand({ DBSnapshotIdentifier: name, ...grant }));
      }
      return { kind: 'shared' };
    } catch (error) {
      const because = shareRefusal(error);
      if (because) return { kind: 'refused', because };
      throw error;
    }
  }

  async tag(snapshot: SnapshotArn, tags: Readonly<Record<string, string>>): Promise<void> {
    await this.client.send(new AddTagsToResourceCommand({ ResourceName: snapshot, Tags: awsTags(tags) }));
  }

  async remove({ kind, name }: Snapshot): Promise<void> {
    try {
      if (kind === 'cluster') {
        await this.client.send(new DeleteDBClusterSnapshotCommand({ DBClusterSnapshotIdentifier: name }));
      } else {
        await this.client.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: name }));
      }
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  private read(arn: string | undefined, shape: () => Snapshot): Snapshot[] {
    try {
      return [shape()];
    } catch (error) {
      this.unreadable(arn ?? 'without an ARN', error instanceof Error ? error.message : String(error));
      return [];
    }
  }

  private async instances(SnapshotType: string): Promise<Snapshot[]> {
    const found: Snapshot[] = [];
    for await (const page of paginateDescribeDBSnapshots({ client: this.client }, { SnapshotType, MaxRecords: 100 })) {
      for (const one of page.DBSnapshots ?? [])
        found.push(...this.read(one.DBSnapshotArn, () => instanceSnapshot(one)));
    }
    return found;
  }

  private async clusters(SnapshotType: string | undefined): Promise<Snapshot[]> {
    const found: Snapshot[] = [];
    const input = { ...(SnapshotType && { SnapshotType }), MaxRecords: 100 };
    for await (const page of paginateDescribeDBClusterSnapshots({ client: this.client }, input)) {
      for (const one of page.DBClusterSnapshots ?? []) {
        found.push(...this.read(one.DBClusterSnapshotArn, () => clusterSnapshot(one)));
      }
    }
    return found;
  }
}
