/**
 * Regions of the `aws` partition that an account must opt in to: a copy of AWS's list, which grows with every Region.
 * https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
 */
export const OPT_IN_REGIONS: ReadonlySet<string> = new Set([
  ...['af-south-1', 'ap-east-1', 'ap-east-2', 'ap-south-2', 'ap-southeast-3', 'ap-southeast-4', 'ap-southeast-5'],
  ...['ap-southeast-6', 'ap-southeast-7', 'ca-west-1', 'eu-central-2', 'eu-south-1', 'eu-south-2', 'il-central-1'],
  ...['me-central-1', 'me-south-1', 'me-west-1', 'mx-central-1'],
]);

/** Regions of the `aws` partition that every account has. AWS makes no new ones of this kind: Regions since March 2019 are
 * opt-in. https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html */
export const DEFAULT_REGIONS: readonly string[] = [
  ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ca-central-1', 'sa-east-1'],
  ...['eu-central-1', 'eu-north-1', 'eu-west-1', 'eu-west-2', 'eu-west-3'],
  ...['ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-south-1', 'ap-southeast-1', 'ap-southeast-2'],
];

/** Every Region of the `aws` partition that is in none of these, the same order each time. */
export const otherRegions = (covered: readonly string[]): readonly string[] =>
  [...DEFAULT_REGIONS, ...OPT_IN_REGIONS].filter((region) => !covered.includes(region)).sort();

/** The day of the list: that of the release of `aws-cdk-lib` to whose table a test holds it. */
export const OPT_IN_REGIONS_AS_OF = '2026-11-10';
