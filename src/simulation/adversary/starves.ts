import { DAY } from '../../contract/durations';
import { accountId } from '../../contract/ids';
import { BEGIN, CALM, configOf, type Ground, groundDatabase } from './ground';
import { World } from './world';

/** Days in which the vault comes to hold as many copies as it ever will. */
const FILLING = 5;
const DAYS = 14;
const ROOM_FOR_ALL = 10_000;

/** A landing zone without an attack: so many instances in each account, and so many places in the vault. */
export function quietGround(databasesOf: readonly number[], quota: number): Ground {
  const accounts = databasesOf.map((_, at) => accountId(`2222${String(10_000_001 + at)}`));
  const databases = accounts.flatMap((account, at) =>
    Array.from({ length: databasesOf[at] ?? 0 }, (_, place) => groundDatabase(1, account, place, 'instance')),
  );
  const days = { before: DAYS, attack: 0, after: 0 };
  const config = configOf(databases, quota);
  return { seed: 1, accounts, owned: [], databases, config, room: 1, days, weather: CALM, withoutCoverage: true };
}

/** The databases whose copies come in later than they would with room for everything: by an hour or more, once the vault
 * holds what it holds day for day. */
export async function starvedIn(databasesOf: readonly number[], quota: number): Promise<readonly string[]> {
  const [tight, roomy] = [quietGround(databasesOf, quota), quietGround(databasesOf, ROOM_FOR_ALL)];
  const [narrow, wide] = [new World(tight, [], {}), new World(roomy, [], {})];
  await narrow.play();
  await wide.play();
  const from = BEGIN.getTime() + FILLING * DAY;
  return [...narrow.watch.newest].flatMap(([database, newest]) => {
    const others = wide.watch.newest.get(database) ?? [];
    const isLate = newest.some((has, at) => (narrow.watch.sampledAt[at] ?? 0) > from && has < (others[at] ?? 0));
    return isLate ? [database] : [];
  });
}
