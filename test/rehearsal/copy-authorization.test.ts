import { LandingZone } from './landing-zone';

// A busy machine takes its time.
jest.setTimeout(300_000);

let zone: LandingZone;

beforeAll(async () => {
  zone = await LandingZone.deployed();
});
afterAll(() => zone.stop());

test.each([
  ['not in the context of its source', false],
  ['in the context of its source, too', true],
])('databases are copied to the vault while the tags of a copy request are %s', async (_, requestTagsOnCopySource) => {
  await zone.emulator.setSwitches({ requestTagsOnCopySource });
  expect(await zone.emulator.switches()).toMatchObject({ requestTagsOnCopySource });
  const instance = await zone.database({ id: `tags-${requestTagsOnCopySource}` });
  const cluster = await zone.database({ id: `tags-of-cluster-${requestTagsOnCopySource}`, kind: 'cluster' });
  await zone.backUp(instance, cluster);
  await zone.crossed([instance, cluster]);
  expect(zone.failures).toEqual([]);
});
