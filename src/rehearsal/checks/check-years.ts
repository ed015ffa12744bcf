import { DAY } from '../../contract/durations';
import { TAGS } from '../../contract/names';
import { exampleDatabases } from '../example-databases';
import type { CheckFailure } from '../result';
import type { WorldDatabase } from '../world';
import { type EmulatedWorld, type ListedSnapshot, snapshotsOf, vaultCopies } from './evidence';

/** The time between the first and the second backup: longer than any retention of the example configuration. */
export const YEARS_MS = 6 * 366 * DAY;
/** A snapshot that an operator made in the vault: Checkvalve never deletes it, however old it is. */
export const MADE_BY_HAND = 'final-by-hand';

/** The vault's copies of a database. */
export const copiesOfDatabase = async (emulated: EmulatedWorld, { arn }: WorldDatabase): Promise<ListedSnapshot[]> =>
  (await vaultCopies(emulated)).map(({ snapshot }) => snapshot).filter(({ tags }) => tags.get(TAGS.database) === arn);

const importStartedAt = ({ tags }: ListedSnapshot): number => Date.parse(tags.get(TAGS.importStartedAt) ?? '');

/** The vault has a new copy of the database that stays, and still the old copies of both. */
export async function checkYears(emulated: EmulatedWorld): Promise<CheckFailure[]> {
  const { kept, deleted } = exampleDatabases(emulated.world);
  const failures: CheckFailure[] = [];
  for (const [database, expected] of [
    [kept, 2],
    [deleted, 1],
  ] as const) {
    const copies = (await copiesOfDatabase(emulated, database)).filter(({ status }) => status === 'available');
    if (copies.length === expected) continue;
    const cause = `After the years the vault has ${copies.length} available copies of ${database.arn}, not ${expected}`;
    failures.push({ account: emulated.world.vault, cause });
  }
  return failures;
}

/** The old copy of the database that stays is gone; the last copy of the other stays, and so does the snapshot that an
 * operator made. */
export async function checkPruning(emulated: EmulatedWorld): Promise<CheckFailure[]> {
  const { emulator, world } = emulated;
  const { kept, deleted } = exampleDatabases(world);
  const failures: CheckFailure[] = [];
  const fail = (cause: string) => failures.push({ account: world.vault, cause });
  const longAgo = (await emulator.now()).getTime() - YEARS_MS + DAY;

  const ofKept = await copiesOfDatabase(emulated, kept);
  for (const old of ofKept.filter((copy) => importStartedAt(copy) < longAgo)) {
    fail(`${old.arn} is years past its retention, and prune-copies has not deleted it`);
  }
  if (ofKept.length === 0) fail(`The vault has no copy of ${kept.arn} any more`);
  const ofDeleted = await copiesOfDatabase(emulated, deleted);
  if (ofDeleted.length !== 1) fail(`The vault must keep the last copy of ${deleted.arn}; it has ${ofDeleted.length}`);
  const all = await snapshotsOf(emulator, world.vault, kept.region);
  if (!all.some(({ name }) => name === MADE_BY_HAND))
    fail(`${MADE_BY_HAND} was deleted, although Checkvalve did not make it`);
  return failures;
}
