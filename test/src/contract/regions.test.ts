import { RegionInfo } from 'aws-cdk-lib/region-info';
import { REGION } from '../../../src/config/schema';
import { region } from '../../../src/contract/ids';
import { OPT_IN_REGIONS, REGIONS, REGIONS_AS_OF } from '../../../src/contract/regions';

const known = RegionInfo.regions.filter(({ partition }) => partition === 'aws').map(({ name }) => name);

test("the Regions, and those to opt in to, are those of CDK's table", () => {
  expect(REGIONS).toEqual([...known].sort());
  expect([...OPT_IN_REGIONS].sort()).toEqual(known.filter((name) => RegionInfo.get(name).isOptInRegion).sort());
  expect(REGIONS_AS_OF).toMatch(/^20\d\d-\d\d-\d\d$/);
});

test('a configuration may name each Region, and each is an identifier of a Region', () => {
  expect(REGIONS.filter((name) => !REGION.safeParse(name).success)).toEqual([]);
  expect(REGIONS.map((name) => String(region(name)))).toEqual(REGIONS);
});
