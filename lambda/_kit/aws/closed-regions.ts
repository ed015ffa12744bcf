import { OPT_IN_REGIONS } from '../../../src/contract/regions';

/** What RDS answers to credentials of an account that has not enabled the Region: it does not know the credentials.
 * Assumption (disabled-regions-refuse-credentials). */
const UNKNOWN_CREDENTIALS = /^(InvalidClientTokenId|UnrecognizedClientException|AuthFailure|OptInRequired)/;

/** AWS names the kind of policy that denies a call; only the management account writes service control policies.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
const BY_ORGANIZATION = /explicit deny in a (service|resource) control policy/;

/** Whether an error says that an account cannot have databases in a Region: it has not enabled the Region, or its organization
 * denies it to all principals. In a Region that every account has, unknown credentials do not say that. */
export const isRegionClosed = (region: string, error: unknown): boolean =>
  error instanceof Error &&
  ((OPT_IN_REGIONS.has(region) && UNKNOWN_CREDENTIALS.test(error.name)) ||
    (error.name.startsWith('AccessDenied') && BY_ORGANIZATION.test(error.message)));
