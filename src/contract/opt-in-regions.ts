/**
 * Regions of the `aws` partition that an account must opt in to: a copy of AWS's list, which grows with every Region.
 * https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
 */
export const OPT_IN_REGIONS: ReadonlySet<string> = new Set([
  ...['af-south-1', 'ap-east-1', 'ap-east-2', 'ap-south-2', 'ap-southeast-3', 'ap-southeast-4', 'ap-southeast-5'],
  ...['ap-southeast-6', 'ap-southeast-7', 'ca-west-1', 'eu-central-2', 'eu-south-1', 'eu-south-2', 'il-central-1'],
  ...['me-central-1', 'me-south-1', 'me-west-1', 'mx-central-1'],
]);

/** The day of the list: that of the release of `aws-cdk-lib` to whose table a test holds it. */
export const OPT_IN_REGIONS_AS_OF = '2026-11-10';
