import { justEnough, roomWarnings } from '../../../../src/simulation/adversary/attack-scenario';
import { delayedDatabases, scenarioWithoutAttack } from '../../../../src/simulation/adversary/waiting-copies';
import { testSample } from '../../../support/sample';

/** Instances in each account. */
const SPREADS: readonly (readonly number[])[] = [
  [10, 0],
  [8, 2],
  [4, 4],
  [6],
  [1, 1, 1, 1, 1, 1],
  [9, 1, 1],
  [3, 3, 3],
];
/** Places more, or fewer, than `config check` asks for. */
const OFFSETS = [-12, -3, -1, 0, 1, 12];

const GRID = SPREADS.flatMap((spread) => OFFSETS.map((offset): [readonly number[], number] => [spread, offset]));

testSample(
  'grid of accounts, databases and quotas',
  GRID,
  1,
)(
  'databases %j, quota %i beside what is just enough: copies wait for room exactly when config check warns',
  async (databasesOf, offset) => {
    const quota = justEnough(scenarioWithoutAttack(databasesOf, 0).databases) + offset;
    const warns = roomWarnings(scenarioWithoutAttack(databasesOf, quota).config).length > 0;
    expect(warns).toBe(offset < 0);
    expect({ quota, starves: (await delayedDatabases(databasesOf, quota)).length > 0 }).toEqual({
      quota,
      starves: warns,
    });
  },
);
