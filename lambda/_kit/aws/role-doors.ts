import { RDSClient } from '@aws-sdk/client-rds';
import type { AccountId, Region } from '../../../src/contract/ids';
import { roleArn, roleNames } from '../../../src/contract/names';
import type { Doors } from '../ports/doors';
import type { Snapshots } from '../ports/snapshots';
import type { AssumedRoles } from './assumed-roles';
import { RdsSnapshots } from './rds-snapshots';

/** {@link Doors} that are IAM roles in the sources. */
export class RoleDoors implements Doors {
  private readonly open = new Map<AccountId, Snapshots>();

  constructor(
    private readonly region: Region,
    private readonly roles: AssumedRoles,
    private readonly unreadable?: (arn: string, because: string) => void,
  ) {}

  of(account: AccountId): Snapshots {
    const known = this.open.get(account);
    if (known) return known;
    const door = roleArn(account, roleNames.vaultDoor(this.region));
    const client = new RDSClient({ region: this.region, ...this.roles.client(door) });
    const snapshots = new RdsSnapshots(client, this.unreadable);
    this.open.set(account, snapshots);
    return snapshots;
  }
}
