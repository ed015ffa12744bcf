import { RegionInfo } from 'aws-cdk-lib/region-info';
import { REGIONS } from '../../../src/config/schema';
import { OPT_IN_REGIONS, OPT_IN_REGIONS_AS_OF } from '../../../src/contract/opt-in-regions';

const known = new Set(RegionInfo.regions.filter(({ partition }) => partition === 'aws').map(({ name }) => name));

test("the Regions to opt in to are those of CDK's table", () => {
  expect([...OPT_IN_REGIONS].sort()).toEqual([...known].filter((name) => RegionInfo.get(name).isOptInRegion).sort());
  expect(OPT_IN_REGIONS_AS_OF).toMatch(/^20\d\d-\d\d-\d\d$/);
});

test('of every Region that a configuration may name it is known whether it is one of them', () => {
  expect(REGIONS.filter((name) => !known.has(name))).toEqual([]);
});
