import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CopyDBSnapshotCommand, DeleteDBClusterCommand, RDSClient } from '@aws-sdk/client-rds';
import { CheckvalveError } from '../../contract/errors';
import { TAGS } from '../../contract/names';
import { recordDecision } from '../../operations/accept/record-decision';
import type { CheckFailure } from '../checks/check-flow';
import { type EmulatedWorld, type SeenSnapshot, snapshotsOf, vaultCopies } from '../checks/evidence';
import type { Stage } from '../stage';
import type { World, WorldDatabase } from '../world';

const DAY_SECONDS = 86_400;
/** Longer than any term of the example configuration. */
const YEARS_SECONDS = 6 * 366 * DAY_SECONDS;
const TURN_SECONDS = 300;
const MOST_TURNS = 24;
/** A snapshot that somebody in the vault made by hand: none of ours, however old. */
const BY_HAND = 'final-by-hand';

/** What the rehearsal lets happen elsewhere as well. */
export interface Moves {
  readonly runBackupPlans: (stage: Stage) => Promise<void>;
  readonly fire: (stage: Stage, step: string) => Promise<void>;
}

/** The database that goes on, and the one that is deleted. @throws CheckvalveError `REHEARSAL_FAILED` without the two */
export function exampleDatabases({ databases }: World): {
  readonly living: WorldDatabase;
  readonly gone: WorldDatabase;
} {
  const living = databases.find(({ kind }) => kind === 'instance');
  const gone = databases.find(({ kind }) => kind === 'cluster');
  if (living && gone) return { living, gone };
  throw new CheckvalveError('REHEARSAL_FAILED', 'The world lacks a database of each kind.', 'Give it both.');
}

const copiesOf = async (emulated: EmulatedWorld, { arn }: WorldDatabase): Promise<SeenSnapshot[]> =>
  (await vaultCopies(emulated)).map(({ seen }) => seen).filter(({ tags }) => tags.get(TAGS.database) === arn);
const importedAt = ({ tags }: SeenSnapshot): number => Date.parse(tags.get(TAGS.importedAt) ?? '');

/** Somebody in the vault copies a snapshot by hand, a team deletes its cluster, and years later the rest goes on. */
export async function passYears(stage: Stage, { runBackupPlans, fire }: Moves): Promise<void> {
  const { emulator, world } = stage;
  const { living, gone } = exampleDatabases(world);
  const inVault = new RDSClient(emulator.client(world.vault, living.region));
  const [copy] = await copiesOf(stage, living);
  const byHand = { SourceDBSnapshotIdentifier: copy?.name, TargetDBSnapshotIdentifier: BY_HAND };
  await inVault.send(new CopyDBSnapshotCommand({ ...byHand, KmsKeyId: copy?.kmsKeyArn }));
  const team = new RDSClient(emulator.client(gone.account, gone.region));
  await team.send(new DeleteDBClusterCommand({ DBClusterIdentifier: gone.id, SkipFinalSnapshot: true }));
  const now = await emulator.advance(YEARS_SECONDS);
  // To the vault the time jumped: without a person's word prune-copies deletes nothing.
  for (const region of world.regions) {
    const dynamo = new DynamoDBClient(emulator.client(world.vault, region));
    await recordDecision(dynamo, { kind: 'clock', subject: 'vault', by: 'the operator', at: now.toISOString() });
  }
  await runBackupPlans(stage);
  for (let turn = 0; turn < MOST_TURNS && (await checkYears(stage)).length > 0; turn += 1) {
    await stage.pump.pass(TURN_SECONDS);
    for (const step of ['export-snapshots', 'import-copies']) await fire(stage, step);
    if (stage.failures.length > 0) return;
  }
}

/** The vault has a new copy of the database that goes on, beside the old ones of both. */
export async function checkYears(emulated: EmulatedWorld): Promise<CheckFailure[]> {
  const { living, gone } = exampleDatabases(emulated.world);
  const findings: CheckFailure[] = [];
  for (const [database, expected] of [
    [living, 2],
    [gone, 1],
  ] as const) {
    const copies = (await copiesOf(emulated, database)).filter(({ status }) => status === 'available');
    if (copies.length === expected) continue;
    const cause = `after the years the vault has ${copies.length} good copies of ${database.arn}, not ${expected}`;
    findings.push({ account: emulated.world.vault, cause });
  }
  return findings;
}

/** The old copy of the living database is gone; the last copy of the other stays, and so does what is not ours. */
export async function checkPruning(emulated: EmulatedWorld): Promise<CheckFailure[]> {
  const { emulator, world } = emulated;
  const { living, gone } = exampleDatabases(world);
  const findings: CheckFailure[] = [];
  const blame = (cause: string) => findings.push({ account: world.vault, cause });
  const longAgo = (await emulator.now()).getTime() - (YEARS_SECONDS - DAY_SECONDS) * 1000;

  const ofLiving = await copiesOf(emulated, living);
  for (const old of ofLiving.filter((seen) => importedAt(seen) < longAgo)) {
    blame(`${old.arn} is years past its term, and still there`);
  }
  if (ofLiving.length === 0) blame(`the vault has no copy of ${living.arn} any more`);
  const ofGone = await copiesOf(emulated, gone);
  if (ofGone.length !== 1) blame(`the last copy of ${gone.arn} should stay; the vault has ${ofGone.length}`);
  const all = await snapshotsOf(emulator, world.vault, living.region);
  if (!all.some(({ name }) => name === BY_HAND)) blame(`${BY_HAND} was deleted: it was not made by Checkvalve`);
  return findings;
}
