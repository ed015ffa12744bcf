import {
  AddTagsToResourceCommand,
  CopyDBSnapshotCommand,
  CreateDBInstanceCommand,
  CreateDBSnapshotCommand,
  ModifyDBSnapshotAttributeCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import type { Passed } from '../../../lambda/vault/import-copies/plan';
import { PREFIX, TAGS } from '../../contract/names';
import type { Emulator } from '../../emulator/emulator';
import { type ListedSnapshot, snapshotsOf } from '../checks/evidence';
import type { Stage } from '../stage';
import { EXAMPLE, type WorldDatabase } from '../world';
import { type AttackAction, logged, SOURCE, STRANGER } from './attack-action';
import { type CopyStates, changesOf, checkAddedCopy, copyStates } from './copy-states';

/** Tag values that are invalid, and times that would end or extend a retention if a step used them. */
const FORGED_TAGS: Readonly<Record<string, string>> = {
  [TAGS.sourceTime]: '9999-12-31T23:59:59.000Z',
  [TAGS.importStartedAt]: '1999-01-01T00:00:00.000Z',
  [TAGS.plan]: 'keep for one day',
  [TAGS.database]: 'arn:aws:rds:eu-central-1:222200002222:cluster:ledger',
  [TAGS.exportCopy]: 'nothing',
  [TAGS.failedAt]: 'yesterday',
};
const COPY_SECONDS = 1200;

/** The one snapshot that a source may add: its name and its role tag are those of an export copy, its other tags do not count. */
export const ADDED = `${PREFIX}-added-0011223344556677`;

/** Snapshots that attackers share with the vault, and tags that they set on what the vault has imported. Longer than most: one list
 * of actions. */
export function unrequestedShares(stage: Stage, database: WorldDatabase, before: CopyStates): readonly AttackAction[] {
  const { emulator, world } = stage;
  const { region } = database;
  return [
    {
      attacker: SOURCE,
      action: 'shares a snapshot with a name that Checkvalve does not use',
      outcome: 'the vault does not import it: Checkvalve gives no such name',
      act: () => shareCopy(stage, database, 'final-backup', world.vault),
      verify: logged('foreign-name' satisfies Passed['because']),
    },
    {
      attacker: SOURCE,
      action: 'shares a snapshot named like an export copy, without the role tag',
      outcome: 'the vault does not import it: it is not an export copy',
      act: () => shareCopy(stage, database, `${PREFIX}-unmarked-0011223344556677`, world.vault),
      verify: logged('not-export-copy' satisfies Passed['because']),
    },
    {
      attacker: SOURCE,
      action: 'shares a snapshot named and tagged like an export copy, with forged values in every other tag',
      outcome: 'the vault imports it, and takes the times and the names from RDS',
      act: () => shareCopy(stage, database, ADDED, world.vault, { ...FORGED_TAGS, [TAGS.role]: 'export' }),
      verify: async () => checkAddedCopy(before, await copyStates(stage), ADDED, database.arn)[0],
    },
    {
      attacker: SOURCE,
      action: 'sets forged tags on the export copies that the vault has imported',
      outcome: 'the vault’s copies keep their own tags',
      act: () => retag(emulator, database),
      verify: async () => {
        const written = (await exportCopies(emulator, database)).filter(
          ({ name, tags }) => name !== ADDED && tags.get(TAGS.failedAt) === FORGED_TAGS[TAGS.failedAt],
        );
        return written.length > 0
          ? changesOf(before, await copyStates(stage))[0]
          : 'no export copy has the forged tags';
      },
    },
    {
      attacker: STRANGER,
      action: 'shares a snapshot named and tagged like an export copy',
      outcome: 'the vault does not import it: its account is not accepted',
      act: () => shareFromStranger(stage, region, world.vault),
      verify: logged('account-not-accepted' satisfies Passed['because']),
    },
  ];
}

/** Copies the export copy under another name, and shares the copy when it is available. */
async function shareCopy({ emulator, pump }: Stage, database: WorldDatabase, name: string, vault: string, tags = {}) {
  const rds = new RDSClient(emulator.client(database.account, database.region));
  const Tags = Object.entries<string>(tags).map(([Key, Value]) => ({ Key, Value }));
  const [existing] = await exportCopies(emulator, database);
  await rds.send(
    new CopyDBSnapshotCommand({
      SourceDBSnapshotIdentifier: existing?.name,
      TargetDBSnapshotIdentifier: name,
      KmsKeyId: existing?.kmsKeyArn,
      Tags,
    }),
  );
  await pump.pass(COPY_SECONDS);
  await share(rds, name, vault);
}

const share = (rds: RDSClient, DBSnapshotIdentifier: string, vault: string) =>
  rds.send(
    new ModifyDBSnapshotAttributeCommand({ DBSnapshotIdentifier, AttributeName: 'restore', ValuesToAdd: [vault] }),
  );

const exportCopies = async (emulator: Emulator, { account, region }: WorldDatabase): Promise<ListedSnapshot[]> =>
  (await snapshotsOf(emulator, account, region)).filter(
    ({ tags, status, kind }) => tags.get(TAGS.role) === 'export' && status === 'available' && kind === 'instance',
  );

async function retag(emulator: Emulator, database: WorldDatabase): Promise<void> {
  const rds = new RDSClient(emulator.client(database.account, database.region));
  const Tags = Object.entries(FORGED_TAGS).map(([Key, Value]) => ({ Key, Value }));
  for (const { arn, name } of await exportCopies(emulator, database)) {
    if (name !== ADDED) await rds.send(new AddTagsToResourceCommand({ ResourceName: arn, Tags }));
  }
}

async function shareFromStranger({ emulator, pump }: Stage, region: string, vault: string): Promise<void> {
  const rds = new RDSClient(emulator.client(EXAMPLE.missingTag, region));
  const size = { DBInstanceClass: 'db.t4g.medium', AllocatedStorage: 20, Engine: 'postgres' };
  const login = { MasterUsername: 'owner', MasterUserPassword: 'not-a-secret' };
  await rds.send(new CreateDBInstanceCommand({ DBInstanceIdentifier: 'strange', ...size, ...login }));
  const name = `${PREFIX}-strange-0011223344556677`;
  const made = {
    DBSnapshotIdentifier: name,
    DBInstanceIdentifier: 'strange',
    Tags: [{ Key: TAGS.role, Value: 'export' }],
  };
  await rds.send(new CreateDBSnapshotCommand(made));
  await pump.pass(COPY_SECONDS);
  await share(rds, name, vault);
}
