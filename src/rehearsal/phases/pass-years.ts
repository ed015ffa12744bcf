import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CopyDBSnapshotCommand, DeleteDBClusterCommand, RDSClient } from '@aws-sdk/client-rds';
import { recordDecision } from '../../operations/accept/record-decision';
import { checkYears, copiesOfDatabase, MADE_BY_HAND, YEARS_MS } from '../checks/check-years';
import { exampleDatabases } from '../example-databases';
import type { Stage } from '../stage';
import type { PhaseResults } from './phase';
import { runBackupPlans } from './run-backup-plans';

/** An operator copies a snapshot in the vault and a team deletes its cluster; six years later AWS Backup backs up the
 * other database, and the vault imports the copy. */
export async function passYears(stage: Stage, results: PhaseResults): Promise<PhaseResults> {
  const { emulator, world } = stage;
  const { kept, deleted } = exampleDatabases(world);
  const inVault = new RDSClient(emulator.client(world.vault, kept.region));
  const [copy] = await copiesOfDatabase(stage, kept);
  const byHand = { SourceDBSnapshotIdentifier: copy?.name, TargetDBSnapshotIdentifier: MADE_BY_HAND };
  await inVault.send(new CopyDBSnapshotCommand({ ...byHand, KmsKeyId: copy?.kmsKeyArn }));
  const team = new RDSClient(emulator.client(deleted.account, deleted.region));
  await team.send(new DeleteDBClusterCommand({ DBClusterIdentifier: deleted.id, SkipFinalSnapshot: true }));
  const now = await emulator.advance(YEARS_MS / 1000);
  // The clock of the vault jumped: prune-copies deletes nothing until an operator confirms the time.
  for (const region of world.regions) {
    const dynamo = new DynamoDBClient(emulator.client(world.vault, region));
    await recordDecision(dynamo, { kind: 'clock', subject: 'vault', by: 'the operator', at: now.toISOString() });
  }
  const planned = await runBackupPlans(stage, results);
  const steps = ['export-snapshots', 'import-copies'];
  await stage.fireUntil(steps, async () => (await checkYears(stage)).length === 0);
  return planned;
}
