import {
  AddTagsToResourceCommand,
  CopyDBSnapshotCommand,
  CreateDBInstanceCommand,
  CreateDBSnapshotCommand,
  ModifyDBSnapshotAttributeCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { PREFIX, TAGS } from '../../contract/names';
import type { Emulator } from '../../emulator/emulator';
import { type SeenSnapshot, snapshotsOf } from '../checks/evidence';
import type { Stage } from '../stage';
import { EXAMPLE, type WorldDatabase } from '../world';
import { type Deed, OUTSIDER, SOURCE, said } from './deed';
import { type CopyStates, changesOf, checkAddedCopy, copiesOf } from './standing-copies';

/** Tag values that make no sense, and times that would end or lengthen a term if anybody believed them. */
const NONSENSE: Readonly<Record<string, string>> = {
  [TAGS.sourceTime]: '9999-12-31T23:59:59.000Z',
  [TAGS.importedAt]: '1999-01-01T00:00:00.000Z',
  [TAGS.plan]: 'keep for one day',
  [TAGS.database]: 'arn:aws:rds:eu-central-1:222200002222:cluster:ledger',
  [TAGS.exportCopy]: 'nothing',
  [TAGS.failedAt]: 'yesterday',
};
const COPY_SECONDS = 1200;

/** Name of the one snapshot that a source may add: of our name and with our mark, whatever else its tags say. */
export const ADDED = `${PREFIX}-added-0011223344556677`;

/** What is shared with the vault that nobody asked for, and what is written on what it has taken. */
export function unaskedShares(stage: Stage, victim: WorldDatabase, before: CopyStates): readonly Deed[] {
  const { emulator, world } = stage;
  const { region } = victim;
  return [
    {
      who: SOURCE,
      what: 'shares a snapshot of another name',
      comesTo: 'passed over: its name is not ours',
      do: () => shareCopy(stage, victim, 'final-backup', world.vault),
      verify: said('its name is not ours'),
    },
    {
      who: SOURCE,
      what: 'shares a snapshot of our name without our mark',
      comesTo: 'passed over: not an export copy',
      do: () => shareCopy(stage, victim, `${PREFIX}-unmarked-0011223344556677`, world.vault),
      verify: said('not an export copy'),
    },
    {
      who: SOURCE,
      what: 'shares a snapshot of our name and mark, with nonsense in every other tag',
      comesTo: 'added, as the vault sees it: its own clock, its own names',
      do: () => shareCopy(stage, victim, ADDED, world.vault, { ...NONSENSE, [TAGS.role]: 'export' }),
      verify: async () => checkAddedCopy(before, await copiesOf(stage), ADDED, victim.arn)[0],
    },
    {
      who: SOURCE,
      what: 'writes nonsense on the export copies that the vault has taken',
      comesTo: 'the vault’s copies have tags of their own',
      do: () => retag(emulator, victim),
      verify: async () => {
        const nonsense = NONSENSE[TAGS.failedAt];
        const written = (await exportCopies(emulator, victim)).filter(
          ({ name, tags }) => name !== ADDED && tags.get(TAGS.failedAt) === nonsense,
        );
        return written.length > 0 ? changesOf(before, await copiesOf(stage))[0] : 'no export copy carries the nonsense';
      },
    },
    {
      who: OUTSIDER,
      what: 'shares a snapshot of our name and mark',
      comesTo: 'passed over: its account is not accepted',
      do: () => shareFromNowhere(stage, region, world.vault),
      verify: said('its account is not accepted'),
    },
  ];
}

/** Copies the export copy that still stands under a name of the attacker's choice, and shares it when it is there. */
async function shareCopy({ emulator, pump }: Stage, victim: WorldDatabase, name: string, vault: string, tags = {}) {
  const rds = new RDSClient(emulator.client(victim.account, victim.region));
  const Tags = Object.entries<string>(tags).map(([Key, Value]) => ({ Key, Value }));
  const [standing] = await exportCopies(emulator, victim);
  await rds.send(
    new CopyDBSnapshotCommand({
      SourceDBSnapshotIdentifier: standing?.name,
      TargetDBSnapshotIdentifier: name,
      KmsKeyId: standing?.kmsKeyArn,
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

const exportCopies = async (emulator: Emulator, { account, region }: WorldDatabase): Promise<SeenSnapshot[]> =>
  (await snapshotsOf(emulator, account, region)).filter(
    ({ tags, status, kind }) => tags.get(TAGS.role) === 'export' && status === 'available' && kind === 'instance',
  );

async function retag(emulator: Emulator, victim: WorldDatabase): Promise<void> {
  const rds = new RDSClient(emulator.client(victim.account, victim.region));
  const Tags = Object.entries(NONSENSE).map(([Key, Value]) => ({ Key, Value }));
  for (const { arn, name } of await exportCopies(emulator, victim)) {
    if (name !== ADDED) await rds.send(new AddTagsToResourceCommand({ ResourceName: arn, Tags }));
  }
}

async function shareFromNowhere({ emulator, pump }: Stage, region: string, vault: string): Promise<void> {
  const rds = new RDSClient(emulator.client(EXAMPLE.missingTag, region));
  const size = { DBInstanceClass: 'db.t4g.medium', AllocatedStorage: 20, Engine: 'postgres' };
  const login = { MasterUsername: 'owner', MasterUserPassword: 'not-a-secret' };
  await rds.send(new CreateDBInstanceCommand({ DBInstanceIdentifier: 'nobodys', ...size, ...login }));
  const name = `${PREFIX}-nobodys-0011223344556677`;
  const made = {
    DBSnapshotIdentifier: name,
    DBInstanceIdentifier: 'nobodys',
    Tags: [{ Key: TAGS.role, Value: 'export' }],
  };
  await rds.send(new CreateDBSnapshotCommand(made));
  await pump.pass(COPY_SECONDS);
  await share(rds, name, vault);
}
