import { BackupClient } from '@aws-sdk/client-backup';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { RDSClient } from '@aws-sdk/client-rds';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { AccountId, Region } from '../../../src/contract/ids';
import { NAMES, roleArn, roleNames } from '../../../src/contract/names';
import type { CoverageAccessRoles, SourceView } from '../ports/coverage-access';
import type { AssumedRoles, RoleCredentials } from './assumed-roles';
import { AwsBackupJobs } from './aws-backup-jobs';
import { isRegionClosed } from './closed-regions';
import { heldSnapshots } from './dynamo-held-snapshots';
import { KmsKeyPolicies } from './kms-key-policies';
import { queueDepth } from './queue-depth';
import { RdsDatabases } from './rds-databases';
import { RdsSnapshotLists } from './rds-snapshot-lists';

/** {@link CoverageAccessRoles} that are IAM roles in the sources. */
export class AssumedCoverageAccess implements CoverageAccessRoles {
  constructor(
    private readonly region: Region,
    private readonly roles: AssumedRoles,
    private readonly unreadable?: (arn: string, because: string) => void,
  ) {}

  of(account: AccountId, signal?: AbortSignal): SourceView {
    const accessRole = roleArn(account, roleNames.coverageAccess(this.region));
    // A refused role is not assumed again for each part of the observation.
    let refused: Promise<RoleCredentials> | undefined;
    const credentials = () => {
      if (refused) return refused;
      const asked = this.roles.credentials(accessRole);
      asked.catch(() => {
        refused = asked;
      });
      return asked;
    };
    const settings = { region: this.region, ...this.roles.connections(signal), credentials };
    const rds = new RDSClient(settings);
    const sqs = new SQSClient(settings);
    return {
      databases: new RdsDatabases(rds),
      databasesIn: (region) =>
        new RdsDatabases(new RDSClient({ ...settings, region })).all().catch((error: unknown) => {
          if (isRegionClosed(region, error)) return undefined;
          throw error;
        }),
      snapshots: new RdsSnapshotLists(rds, this.unreadable),
      backups: new AwsBackupJobs(new BackupClient(settings)),
      held: () => heldSnapshots(new DynamoDBClient(settings), NAMES.exportMemoryTable),
      keyPolicies: new KmsKeyPolicies(new KMSClient(settings)),
      queueDepthOf: (queue) => queueDepth(sqs, queue),
    };
  }
}
