/**
 * The Regions of the `aws` partition, in one list: any other Region is unknown. A copy of the list of AWS, which grows with
 * every Region. https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
 */
const ENABLED_BY_DEFAULT = [
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
  'ap-south-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ca-central-1',
  'eu-central-1',
  'eu-north-1',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'sa-east-1',
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
];
const OPT_IN = [
  'af-south-1',
  'ap-east-1',
  'ap-east-2',
  'ap-south-2',
  'ap-southeast-3',
  'ap-southeast-4',
  'ap-southeast-5',
  'ap-southeast-6',
  'ap-southeast-7',
  'ca-west-1',
  'eu-central-2',
  'eu-south-1',
  'eu-south-2',
  'il-central-1',
  'me-central-1',
  'me-south-1',
  'me-west-1',
  'mx-central-1',
];

/** Regions of the `aws` partition, opt-in Regions included. */
export const REGIONS: readonly string[] = [...ENABLED_BY_DEFAULT, ...OPT_IN].sort();

/** Regions that an account must opt in to. */
export const OPT_IN_REGIONS: ReadonlySet<string> = new Set(OPT_IN);

/** The day of the list: that of the release of `aws-cdk-lib` with whose table a test compares it. */
export const REGIONS_AS_OF = '2026-11-10';

/** Every other Region, always in the same order. */
export const otherRegions = (covered: readonly string[]): readonly string[] =>
  REGIONS.filter((region) => !covered.includes(region));
