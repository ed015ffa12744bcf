import { DAY } from '../../contract/durations';
import { accountId } from '../../contract/ids';
import { type AttackScenario, BEGIN, CALM, configOf, scenarioDatabase } from './attack-scenario';
import { AttackedWorld } from './attacked-world';

/** Days after which the vault holds its full number of copies. */
const FILLING = 5;
const DAYS = 14;
const ROOM_FOR_ALL = 10_000;

/** A landing zone without an attack, with so many instances in each account and this quota in the vault. */
export function scenarioWithoutAttack(databasesOf: readonly number[], quota: number): AttackScenario {
  const accounts = databasesOf.map((_, at) => accountId(`2222${String(10_000_001 + at)}`));
  const databases = accounts.flatMap((account, at) =>
    Array.from({ length: databasesOf[at] ?? 0 }, (_, place) => scenarioDatabase(1, account, place, 'instance')),
  );
  const days = { before: DAYS, attack: 0, after: 0 };
  const config = configOf(databases, quota);
  return { seed: 1, accounts, owned: [], databases, config, room: 1, days, weather: CALM, withoutCoverage: true };
}

/** The databases whose copies are imported an hour or more later than with room for all, once the vault holds its full
 * number of copies. */
export async function delayedDatabases(databasesOf: readonly number[], quota: number): Promise<readonly string[]> {
  const [tight, roomy] = [scenarioWithoutAttack(databasesOf, quota), scenarioWithoutAttack(databasesOf, ROOM_FOR_ALL)];
  const [narrow, wide] = [new AttackedWorld(tight, [], {}), new AttackedWorld(roomy, [], {})];
  await narrow.play();
  await wide.play();
  const from = BEGIN.getTime() + FILLING * DAY;
  return [...narrow.watch.newest].flatMap(([database, newest]) => {
    const others = wide.watch.newest.get(database) ?? [];
    const isLate = newest.some((has, at) => (narrow.watch.sampledAt[at] ?? 0) > from && has < (others[at] ?? 0));
    return isLate ? [database] : [];
  });
}
