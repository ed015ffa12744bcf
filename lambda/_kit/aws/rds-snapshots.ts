import {
  AddTagsToResourceCommand,
  CopyDBClusterSnapshotCommand,
  CopyDBSnapshotCommand,
  DeleteDBClusterSnapshotCommand,
  DeleteDBSnapshotCommand,
  ModifyDBClusterSnapshotAttributeCommand,
  ModifyDBSnapshotAttributeCommand,
  type Tag,
} from '@aws-sdk/client-rds';
import type { SnapshotArn } from '../../../src/contract/ids';
import type { CopyOrder, CopyOutcome, ShareOutcome, Snapshot, Snapshots } from '../ports/snapshots';
import { copyRefusal, shareRefusal } from './copy-refusal';
import { RdsSnapshotLists } from './rds-snapshot-lists';

const awsTags = (tags: Readonly<Record<string, string>>): Tag[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** Whether RDS says that a snapshot does not exist. */
const isGone = (error: unknown): boolean =>
  error instanceof Error && /^DB(Cluster)?SnapshotNotFound(Fault)?$/.test(error.name);

/** {@link Snapshots} on Amazon RDS: two of every call, one for instances and one for clusters. */
export class RdsSnapshots extends RdsSnapshotLists implements Snapshots {
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
}
