import { TAGS } from '../../src/contract/names';
import { DeployedLandingZone } from '../support/deployed-landing-zone';
import { TAKES_ALL } from '../support/sample';

const DAY = 24 * 60;

// A busy machine takes its time.
jest.setTimeout(300_000);

let zone: DeployedLandingZone;

beforeAll(async () => {
  zone = await DeployedLandingZone.roomy();
  // Roles were asked for all the inputs: here it is the number that counts.
  zone.authorizes = false;
});
afterAll(() => zone.stop());
afterEach(async () => expect(await zone.emulator.problems()).toEqual([]));

// More than a page of a hundred takes a quarter of a minute: `npm test` has two full rounds of twenty.
const COUNT = TAKES_ALL ? 150 : 40;

// Case 33.
// Case 35.
test(`${COUNT} snapshots, in pages of a hundred and twenty in flight, are all copied to the vault with few calls`, async () => {
  const all = await zone.several('crowd-', COUNT);
  await zone.emulator.setRdsDurations({ defaultSeconds: 120 });
  await zone.backUp(...all);
  await zone.emulator.clearLog();
  await zone.until(async () => {
    const arns = new Set(
      (await zone.inVault()).filter(({ status }) => status === 'available').map(({ tags }) => tags.get(TAGS.database)),
    );
    return all.every(({ arn }) => arns.has(arn));
  });
  expect(await zone.calls('CopyDBSnapshot', undefined, 200)).toBe(2 * COUNT);
  expect(await zone.calls('CopyDBSnapshot', undefined, 400)).toBe(0);
  expect(all.flatMap(zone.verdicts)).toEqual([]);
  expect(zone.failures).toEqual([]);
});

test('a day later no snapshot has been copied twice', async () => {
  await zone.pass(DAY, 480);
  const names = (await zone.inVault()).map(({ tags }) => tags.get(TAGS.snapshot));
  expect(names.length).toBeGreaterThanOrEqual(COUNT);
  expect(new Set(names).size).toBe(names.length);
});
