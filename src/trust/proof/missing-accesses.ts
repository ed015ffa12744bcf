import { CheckvalveError } from '../../contract/errors';
import type { PrincipalInput } from '../../policy-evaluator/case';
import type { Access } from '../implied/access';
import { decide, PolicyBook, type PolicyLookup, refusalText } from '../policy-book';
import type { Need } from './need';
import type { ProvedLandingZone } from './proved-landing-zone';
import type { Samples } from './samples';

/** The accesses that the flow needs and the policies refuse. */
export function missingAccesses(zone: ProvedLandingZone, needs: readonly Need[], samples: Samples): readonly string[] {
  const { templates } = zone;
  const book = PolicyBook.of([...templates.vault, ...templates.management, ...templates.source]);
  return needs.flatMap(({ principal, ways }) => {
    const refusals = ways.map((accesses) =>
      accesses.flatMap((access) => refusalOf(book, principal, access, samples.otherPolicies)),
    );
    return refusals.some((one) => one.length === 0) ? [] : (refusals[0] ?? []);
  });
}

function refusalOf(
  book: PolicyBook,
  principal: PrincipalInput,
  access: Access,
  otherPolicies: PolicyLookup,
): readonly string[] {
  try {
    const { decision, because } = decide(book, principal, access, otherPolicies);
    return decision === 'Allowed' ? [] : [refusalText(principal, access, because)];
  } catch (error) {
    if (!(error instanceof CheckvalveError)) throw error;
    return [`${access.action} on ${access.resource} cannot be judged: ${error.message}`];
  }
}
