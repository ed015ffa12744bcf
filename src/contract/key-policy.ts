import { isRecord } from './records';

/** The name of the policy that the account of a key writes. RAM adds a second one, `AWS_RAM`, to a key that it shares: no call
 * to KMS writes or removes that policy.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeyPolicies.html */
export const DEFAULT_KEY_POLICY = 'default';

interface KeyStatement {
  readonly Effect?: unknown;
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
}

const namesAllPrincipals = (principal: unknown): boolean =>
  [isRecord(principal) ? Object.values(principal) : principal].flat(2).includes('*');

/** Whether a statement denies something to all principals, or to all but some. */
const isDenial = ({ Effect, Principal, NotPrincipal }: KeyStatement): boolean =>
  Effect === 'Deny' && (NotPrincipal !== undefined || namesAllPrincipals(Principal));

/**
 * Whether a key policy denies something to all principals. AWS warns that such a statement, even with exceptions, can make
 * copies under the key fail. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CopySnapshot.html
 * @throws SyntaxError for a text that is not JSON, which KMS does not store
 */
export function deniesAllPrincipals(policy: string): boolean {
  const document: unknown = JSON.parse(policy);
  const statements = isRecord(document) ? [document.Statement].flat() : [];
  return statements.filter(isRecord).some(isDenial);
}
