import {
  DeleteRecoveryPointCommand,
  DescribeRegionSettingsCommand,
  ListBackupJobsCommand,
  ListRecoveryPointsByBackupVaultCommand,
  UpdateRegionSettingsCommand,
} from '@aws-sdk/client-backup';
import { DeleteStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  DeleteDBClusterCommand,
  DeleteDBClusterSnapshotCommand,
  DeleteDBInstanceCommand,
  DeleteDBSnapshotCommand,
  DescribeDBClusterSnapshotsCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
} from '@aws-sdk/client-rds';
import { CheckvalveError } from '../../contract/errors';
import type { AccountClients } from './clients';
import { moveBack, removeStackSet, removeUnit, stackSetExists, unitExists } from './organization';
import { nameOf } from './refusals';

/** One kind of created resource: how it is deleted, and whether it still exists. */
interface Deletion {
  /** Requests the deletion; may reject with a `NotFound` when the resource does not exist. */
  remove(clients: AccountClients, id: string): Promise<unknown>;
  /** Whether it still exists; may reject with a `NotFound`. */
  exists(clients: AccountClients, id: string): Promise<boolean>;
}

/** The kinds of resources that probes create, and how each is deleted. */
export const DELETIONS = {
  stack: {
    remove: ({ cloudformation }, StackName) => cloudformation.send(new DeleteStackCommand({ StackName })),
    exists: async ({ cloudformation }, StackName) => {
      const { Stacks = [] } = await cloudformation.send(new DescribeStacksCommand({ StackName }));
      return Stacks.some(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE');
    },
  },
  'db-instance': {
    remove: ({ rds }, DBInstanceIdentifier) =>
      rds.send(
        new DeleteDBInstanceCommand({ DBInstanceIdentifier, SkipFinalSnapshot: true, DeleteAutomatedBackups: true }),
      ),
    exists: async ({ rds }, DBInstanceIdentifier) => {
      const { DBInstances = [] } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }));
      return DBInstances.length > 0;
    },
  },
  'db-cluster': {
    remove: ({ rds }, DBClusterIdentifier) =>
      rds.send(new DeleteDBClusterCommand({ DBClusterIdentifier, SkipFinalSnapshot: true })),
    exists: async ({ rds }, DBClusterIdentifier) => {
      const { DBClusters = [] } = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier }));
      return DBClusters.length > 0;
    },
  },
  snapshot: {
    remove: ({ rds }, DBSnapshotIdentifier) => rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier })),
    exists: async ({ rds }, DBSnapshotIdentifier) => {
      const { DBSnapshots = [] } = await rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier }));
      return DBSnapshots.length > 0;
    },
  },
  'cluster-snapshot': {
    remove: ({ rds }, DBClusterSnapshotIdentifier) =>
      rds.send(new DeleteDBClusterSnapshotCommand({ DBClusterSnapshotIdentifier })),
    exists: async ({ rds }, DBClusterSnapshotIdentifier) => {
      const input = { DBClusterSnapshotIdentifier };
      const { DBClusterSnapshots = [] } = await rds.send(new DescribeDBClusterSnapshotsCommand(input));
      return DBClusterSnapshots.length > 0;
    },
  },
  /** The recovery points of a probe’s backup vault; the vault itself belongs to a stack. */
  'backups-in': { remove: removePoints, exists: async (clients, vault) => (await pointsIn(clients, vault)).length > 0 },
  /** The opt-in of a service, which is turned on again; the id is the service. */
  'opt-in': {
    remove: async ({ backup }, service) => {
      const { ResourceTypeOptInPreference } = await backup.send(new DescribeRegionSettingsCommand({}));
      const whole = { ...ResourceTypeOptInPreference, [service]: true };
      await backup.send(new UpdateRegionSettingsCommand({ ResourceTypeOptInPreference: whole }));
    },
    exists: async () => false,
  },
  /** An OU directly under the root; the id is its name. */
  unit: { remove: removeUnit, exists: unitExists },
  /** The OU that an account was moved out of; the id is `ACCOUNT:PARENT`. */
  'account-home': { remove: moveBack, exists: async () => false },
  'stack-set': { remove: removeStackSet, exists: stackSetExists },
} satisfies Record<string, Deletion>;

/** A kind of resource that probes create. */
export type CreatedKind = keyof typeof DELETIONS;

async function pointsIn({ backup }: AccountClients, BackupVaultName: string): Promise<readonly string[]> {
  const { RecoveryPoints = [] } = await backup.send(new ListRecoveryPointsByBackupVaultCommand({ BackupVaultName }));
  const jobs = await backup.send(new ListBackupJobsCommand({ ByBackupVaultName: BackupVaultName }));
  const running = (jobs.BackupJobs ?? []).filter(({ State }) => /^(CREATED|PENDING|RUNNING)$/.test(State ?? ''));
  return [
    ...RecoveryPoints.flatMap(({ RecoveryPointArn }) => RecoveryPointArn ?? []),
    ...running.map(({ BackupJobId = '' }) => BackupJobId),
  ];
}

async function removePoints(clients: AccountClients, BackupVaultName: string): Promise<void> {
  for (const RecoveryPointArn of await pointsIn(clients, BackupVaultName)) {
    if (!RecoveryPointArn.startsWith('arn:')) continue;
    await clients.backup.send(new DeleteRecoveryPointCommand({ BackupVaultName, RecoveryPointArn }));
  }
}

const isMissing = (error: unknown): boolean => /NotFound|does not exist/.test(`${nameOf(error)} ${String(error)}`);
/** The time limit of a deletion: a database takes ten minutes, a running backup longer. */
const MAX_MINUTES = 45;

/**
 * Deletes a resource and waits until it no longer exists. A missing resource is no error. A resource that cannot be deleted
 * yet, such as a database during a backup, is deleted again later.
 * @throws CheckvalveError `AWS_CALL_FAILED` when it still exists at the time limit
 */
export async function removeCreated(
  clients: AccountClients,
  kind: CreatedKind,
  id: string,
  within: (minutes: number, observe: () => Promise<true | undefined>) => Promise<true | undefined>,
): Promise<void> {
  const deletion: Deletion = DELETIONS[kind];
  let refusal: unknown;
  const isDeleted = await within(MAX_MINUTES, async () => {
    try {
      refusal = undefined;
      await deletion.remove(clients, id);
    } catch (error) {
      if (isMissing(error)) return true;
      refusal = error;
    }
    try {
      return (await deletion.exists(clients, id)) ? undefined : true;
    } catch (error) {
      if (isMissing(error)) return true;
      throw error;
    }
  });
  if (isDeleted) return;
  const because = refusal instanceof Error ? `: ${refusal.message}` : '';
  const message = `${kind} ${id} in account ${clients.account}, ${clients.region}, cannot be deleted${because}`;
  throw new CheckvalveError('AWS_CALL_FAILED', message, 'Run `checkvalve probe` again: it starts with the clean-up.');
}
