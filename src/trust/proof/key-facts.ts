import { CONDITION_KEYS } from '../../policy-evaluator/condition-keys';
import type { KeyFacts } from './candidates';
import { ACCOUNTS, ARNS, CALLERS, exactly, likeArn } from './languages';

/** Keys that every request has: not to have them is no way around. Those of all services are in the table of condition keys.
 * https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-grant-is-for-aws-resource */
const ALWAYS: ReadonlySet<string> = new Set([
  ...CONDITION_KEYS.filter(({ of }) => Object.values(of).every(({ is }) => is === 'always')).map(({ key }) =>
    key.toLowerCase(),
  ),
  'kms:grantisforawsresource',
]);

/** What is known of keys when somebody of the account itself asks: he may make up whatever he likes. */
export const factsInside = (key: string): KeyFacts => (ALWAYS.has(key) ? { always: true } : {});

/** Whom a service can come for that is not the account itself. */
export interface Elsewhere {
  readonly account: string;
  /** ARNs of what the account itself has made: the same ARN is nobody else's. */
  readonly made: readonly string[];
  /** ARNs outside the account that read well. */
  readonly examples: readonly string[];
}

/**
 * What is known of keys when somebody outside an account asks, or a service for him. AWS writes by itself for whom a service
 * comes: that can be nobody, or anybody but the account. All other keys he may make up: that is more than he can, and so
 * no hole is overlooked.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 */
export function factsOutside({ account, made, examples }: Elsewhere): (key: string) => KeyFacts {
  const own = made.filter((arn) => !arn.split(':')[4]).map((arn) => exactly(arn));
  const facts: Readonly<Record<string, KeyFacts>> = {
    'aws:sourceaccount': {
      within: ACCOUNTS,
      preferred: examples.map((arn) => arn.split(':')[4] ?? ''),
      never: [exactly(account)],
    },
    // Tried only for callers of which AWS does not say what these hold.
    'aws:principalaccount': { within: ACCOUNTS, never: [exactly(account)] },
    'aws:principalarn': { within: CALLERS, never: [likeArn(`arn:aws:*:*:${account}:*`) ?? []] },
    'aws:sourcearn': { within: ARNS, preferred: examples, never: [likeArn(`arn:aws:*:*:${account}:*`) ?? [], ...own] },
  };
  return (key) => facts[key] ?? factsInside(key);
}
