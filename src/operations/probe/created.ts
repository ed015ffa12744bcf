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
import { moveBack, removeStackSet, removeUnit, stackSetStands, unitStands } from './organization';
import { nameOf } from './refusals';

/** One kind of created resource: how its deletion is asked for, and whether it is still there. */
interface Deletion {
  /** Asks for the deletion; of what is gone already it may reject with a `NotFound`. */
  remove(clients: AccountClients, id: string): Promise<unknown>;
  /** Whether it is still there; it may reject with a `NotFound`. */
  stands(clients: AccountClients, id: string): Promise<boolean>;
}

/** What probes create, and how each of it goes away. */
export const DELETIONS = {
  stack: {
    remove: ({ cloudformation }, StackName) => cloudformation.send(new DeleteStackCommand({ StackName })),
    stands: async ({ cloudformation }, StackName) => {
      const { Stacks = [] } = await cloudformation.send(new DescribeStacksCommand({ StackName }));
      return Stacks.some(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE');
    },
  },
  'db-instance': {
    remove: ({ rds }, DBInstanceIdentifier) =>
      rds.send(
        new DeleteDBInstanceCommand({ DBInstanceIdentifier, SkipFinalSnapshot: true, DeleteAutomatedBackups: true }),
      ),
    stands: async ({ rds }, DBInstanceIdentifier) => {
      const { DBInstances = [] } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }));
      return DBInstances.length > 0;
    },
  },
  'db-cluster': {
    remove: ({ rds }, DBClusterIdentifier) =>
      rds.send(new DeleteDBClusterCommand({ DBClusterIdentifier, SkipFinalSnapshot: true })),
    stands: async ({ rds }, DBClusterIdentifier) => {
      const { DBClusters = [] } = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier }));
      return DBClusters.length > 0;
    },
  },
  snapshot: {
    remove: ({ rds }, DBSnapshotIdentifier) => rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier })),
    stands: async ({ rds }, DBSnapshotIdentifier) => {
      const { DBSnapshots = [] } = await rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier }));
      return DBSnapshots.length > 0;
    },
  },
  'cluster-snapshot': {
    remove: ({ rds }, DBClusterSnapshotIdentifier) =>
      rds.send(new DeleteDBClusterSnapshotCommand({ DBClusterSnapshotIdentifier })),
    stands: async ({ rds }, DBClusterSnapshotIdentifier) => {
      const input = { DBClusterSnapshotIdentifier };
      const { DBClusterSnapshots = [] } = await rds.send(new DescribeDBClusterSnapshotsCommand(input));
      return DBClusterSnapshots.length > 0;
    },
  },
  /** The recovery points of a backup vault that a probe has made; the vault itself is of a stack. */
  'backups-in': { remove: removePoints, stands: async (clients, vault) => (await pointsIn(clients, vault)).length > 0 },
  /** The opt-in of a service, which is set back to on; the id is the service. */
  'opt-in': {
    remove: async ({ backup }, service) => {
      const { ResourceTypeOptInPreference } = await backup.send(new DescribeRegionSettingsCommand({}));
      const whole = { ...ResourceTypeOptInPreference, [service]: true };
      await backup.send(new UpdateRegionSettingsCommand({ ResourceTypeOptInPreference: whole }));
    },
    stands: async () => false,
  },
  /** A unit directly under the root; the id is its name. */
  unit: { remove: removeUnit, stands: unitStands },
  /** The unit that an account was moved out of; the id is `ACCOUNT:PARENT`. */
  'account-home': { remove: moveBack, stands: async () => false },
  'stack-set': { remove: removeStackSet, stands: stackSetStands },
} satisfies Record<string, Deletion>;

/** A kind of resource that probes create. */
export type Kind = keyof typeof DELETIONS;

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

const gone = (error: unknown): boolean => /NotFound|does not exist/.test(`${nameOf(error)} ${String(error)}`);
/** How long a deletion is awaited: a database takes ten minutes, a running backup longer. */
const MAX_MINUTES = 45;

/**
 * Deletes a resource, and waits until it is gone. What is gone already is no error; what cannot be deleted yet, such as a
 * database that is being backed up, is asked for again.
 * @throws CheckvalveError `AWS_CALL_FAILED` when it is still there in the end
 */
export async function removeCreated(
  clients: AccountClients,
  kind: Kind,
  id: string,
  within: (minutes: number, look: () => Promise<true | undefined>) => Promise<true | undefined>,
): Promise<void> {
  const deletion: Deletion = DELETIONS[kind];
  let refusal: unknown;
  const isGone = await within(MAX_MINUTES, async () => {
    try {
      refusal = undefined;
      await deletion.remove(clients, id);
    } catch (error) {
      if (gone(error)) return true;
      refusal = error;
    }
    try {
      return (await deletion.stands(clients, id)) ? undefined : true;
    } catch (error) {
      if (gone(error)) return true;
      throw error;
    }
  });
  if (isGone) return;
  const because = refusal instanceof Error ? `: ${refusal.message}` : '';
  const message = `${kind} ${id} in account ${clients.account}, ${clients.region}, cannot be deleted${because}`;
  throw new CheckvalveError('AWS_CALL_FAILED', message, 'Run `checkvalve probe` again: it begins with the clean-up.');
}
