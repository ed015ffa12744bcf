import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CopyDBSnapshotCommand,
  CreateDBInstanceCommand,
  DeleteDBSnapshotCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { TAGS } from '../../src/contract/names';
import { vaultCopies } from '../../src/rehearsal/checks/evidence';
import type { Stage } from '../../src/rehearsal/stage';
import { OTHER_SOURCE, REGION, SOURCE, VAULT } from '../src/emulator/emulator-world';

/** An account that left and has no tooling. */
export const LEFT = '222200004444';
const arnOf = (account: string, id: string) => `arn:aws:rds:${REGION}:${account}:db:${id}`;

/** Adds a copy of another database to the vault, made like the vault's own copies. */
async function plantCopy(stage: Stage, account: string, id: string): Promise<string> {
  const rds = new RDSClient(stage.emulator.client(VAULT, REGION));
  const [like] = (await vaultCopies(stage)).filter(({ snapshot }) => snapshot.kind === 'instance');
  const name = `checkvalve-${account}-${id}-0011223344556677`;
  const now = (await stage.emulator.now()).toISOString();
  const tags = {
    [TAGS.role]: 'vault',
    [TAGS.database]: arnOf(account, id),
    [TAGS.exportCopy]: `arn:aws:rds:${REGION}:${account}:snapshot:checkvalve-${id}-1`,
    [TAGS.sourceTime]: now,
    [TAGS.importStartedAt]: now,
  };
  await rds.send(
    new CopyDBSnapshotCommand({
      SourceDBSnapshotIdentifier: like?.snapshot.name,
      TargetDBSnapshotIdentifier: name,
      KmsKeyId: like?.kmsKeyArn,
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    }),
  );
  return name;
}

async function enter(stage: Stage, account: string, state: string): Promise<void> {
  await new DynamoDBClient(stage.emulator.client(VAULT, REGION)).send(
    new PutItemCommand({
      TableName: 'checkvalve-sources',
      Item: {
        account: { S: account },
        state: { S: state },
        regions: { L: [{ S: REGION }] },
        since: { S: '2026-11-25T00:00:00.000Z' },
        reason: { S: 'a test' },
      },
    }),
  );
}

/** What goes wrong beside all with which the rehearsal ends: a database without the tag, an account that left, a thief. */
export async function loseMoreProtection(stage: Stage): Promise<void> {
  const team = new RDSClient(stage.emulator.client(SOURCE, REGION));
  await team.send(
    new CreateDBInstanceCommand({
      ...{ DBInstanceIdentifier: 'playground', Engine: 'postgres', DBInstanceClass: 'db.t4g.medium' },
      ...{ AllocatedStorage: 20, StorageEncrypted: true, MasterUsername: 'owner', MasterUserPassword: 'not-a-secret' },
    }),
  );
  await enter(stage, LEFT, 'left');
  await plantCopy(stage, LEFT, 'sold');
  const stolen = await plantCopy(stage, OTHER_SOURCE, 'stolen');
  await stage.emulator.advance(3600);
  await stage.fire('report-coverage');
  await new RDSClient(stage.emulator.client(VAULT, REGION)).send(
    new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: stolen }),
  );
  await stage.emulator.advance(29 * 3600);
  await stage.fire('report-coverage');
}
