import { RDSClient } from '@aws-sdk/client-rds';
import type { AccountId, Region } from '../../../src/contract/ids';
import { roleArn, roleNames } from '../../../src/contract/names';
import type { SnapshotAccessRoles } from '../ports/snapshot-access-roles';
import type { AssumedRoles } from './assumed-roles';
import { RdsSnapshots } from './rds-snapshots';

/** {@link SnapshotAccessRoles} that are IAM roles in the sources. */
export class AssumedSnapshotAccess implements SnapshotAccessRoles {
  constructor(
    private readonly region: Region,
    private readonly roles: AssumedRoles,
    private readonly unreadable?: (arn: string, because: string) => void,
  ) {}

  // A new client each time: all clients share the sessions and the connections.
  of(account: AccountId, signal?: AbortSignal): RdsSnapshots {
    const accessRole = roleArn(account, roleNames.snapshotAccess(this.region));
    const client = new RDSClient({ region: this.region, ...this.roles.client(accessRole, signal) });
    return new RdsSnapshots(client, this.unreadable);
  }
}
