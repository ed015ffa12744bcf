import { CONDITION_KEYS } from '../../policy-evaluator/condition-keys';
import { accountPart } from '../arn';
import type { KeyFacts } from './candidates';
import { ACCOUNTS, ARNS, CALLERS, exactly, likeArn } from './languages';

/**
 * Keys that every request has, so that no request avoids a condition on them. The table of condition keys holds those of all
 * services.
 * https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-grant-is-for-aws-resource
 */
const ALWAYS: ReadonlySet<string> = new Set([
  ...CONDITION_KEYS.filter(({ of }) => Object.values(of).every(({ is }) => is === 'always')).map(({ key }) =>
    key.toLowerCase(),
  ),
  'kms:grantisforawsresource',
]);

/** The facts about keys for a principal of the account: it can choose any value. */
export const factsInside = (key: string): KeyFacts => (ALWAYS.has(key) ? { always: true } : {});

/** An account, seen from outside. */
export interface OutsideFacts {
  readonly account: string;
  /** ARNs of the resources in the account. No other account has the same ARN. */
  readonly created: readonly string[];
  /** ARNs outside the account that read well in a report. */
  readonly examples: readonly string[];
}

/**
 * The facts about keys for a principal outside an account, or a service that acts for it. AWS sets the source of a service's
 * request: no account, or any account but this one. The principal can choose any value for all other keys. That is more than
 * it really can, so no counterexample is missed.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 */
export function factsOutside({ account, created, examples }: OutsideFacts): (key: string) => KeyFacts {
  const own = created.filter((arn) => !accountPart(arn)).map((arn) => exactly(arn));
  const ofAccount = likeArn(`arn:aws:*:*:${account}:*`) ?? [];
  const facts: Readonly<Record<string, KeyFacts>> = {
    'aws:sourceaccount': {
      within: ACCOUNTS,
      preferred: examples.map(accountPart),
      never: [exactly(account)],
    },
    // Tried only for callers for which AWS does not document the values of these keys.
    'aws:principalaccount': { within: ACCOUNTS, never: [exactly(account)] },
    'aws:principalarn': { within: CALLERS, never: [ofAccount] },
    'aws:sourcearn': { within: ARNS, preferred: examples, never: [ofAccount, ...own] },
  };
  return (key) => facts[key] ?? factsInside(key);
}
