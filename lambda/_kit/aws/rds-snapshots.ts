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
import { copyRefusal, shareRefusal, wantsOptionGroup } from './copy-refusal';
import { RdsSnapshotLists } from './rds-snapshot-lists';

const awsTags = (tags: Readonly<Record<string, string>>): Tag[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** Whether RDS says that a snapshot does not exist. */
const isGone = (error: unknown): boolean =>
  error instanceof Error && /^DB(Cluster)?SnapshotNotFound(Fault)?$/.test(error.name);

/** {@link Snapshots} on Amazon RDS: two of every call, one for instances and one for clusters. */
export class RdsSnapshots extends RdsSnapshotLists implements Snapshots {
  async copy(order: CopyOrder): Promise<CopyOutcome> {
    try {
      await this.start(order).catch((error: unknown) => {
        // RDS does not show beforehand which snapshots need an option group, and treats one on the others as a change.
        if (order.optionGroup && wantsOptionGroup(error)) return this.start(order, order.optionGroup);
        throw error;
      });
      return { kind: 'started' };
    } catch (error) {
      const refusal = copyRefusal(error);
      if (refusal) return refusal;
      throw error;
    }
  }

  async share({ kind, name }: Pick<Snapshot, 'kind' | 'name'>, account: string): Promise<ShareOutcome> {
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
      const refusal = shareRefusal(error);
      if (refusal) return refusal;
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

  private async start({ source, kind, name, key, tags }: CopyOrder, OptionGroupName?: string): Promise<void> {
    const shared = { KmsKeyId: key, CopyTags: false, Tags: awsTags(tags) };
    if (kind === 'cluster') {
      const ids = { SourceDBClusterSnapshotIdentifier: source, TargetDBClusterSnapshotIdentifier: name };
      await this.client.send(new CopyDBClusterSnapshotCommand({ ...ids, ...shared }));
    } else {
      const ids = { SourceDBSnapshotIdentifier: source, TargetDBSnapshotIdentifier: name };
      await this.client.send(
        new CopyDBSnapshotCommand({ ...ids, ...shared, ...(OptionGroupName && { OptionGroupName }) }),
      );
    }
  }
}
