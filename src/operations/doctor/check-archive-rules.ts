import { type FindingFilter, inboxFinding, powerFindings } from '../../contract/analyzer-findings';
import { NAMES } from '../../contract/names';
import type { ArchiveRule, Criterion, Expected } from './facts';
import type { Findings } from './finding';

/** Whether whatever passes a criterion passes a test, too. Operators without a bound on the value say nothing. */
function isWithin(criterion: Criterion | undefined, { eq = [], contains = [] }: FindingFilter): boolean {
  const passes = (value: string) => eq.includes(value) || contains.some((part) => value.includes(part));
  // A value that contains a text contains its parts as well.
  const partPasses = (part: string) => contains.some((one) => part.includes(one));
  if (criterion === undefined || criterion.neq !== undefined || criterion.exists !== undefined) return false;
  const { eq: values, contains: parts } = criterion;
  if (values === undefined && parts === undefined) return false;
  return (values ?? []).every(passes) && (parts ?? []).every(partPasses) && (values ?? parts ?? []).length > 0;
}

/**
 * The archive rules that archive more than what is accepted: all criteria of a rule must be met, so that one which has each
 * test of an accepted finding, or a narrower one, archives nothing else.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-archive-rules.html
 */
export const archivingMore = (
  rules: readonly ArchiveRule[],
  accepted: readonly (readonly FindingFilter[])[],
): readonly ArchiveRule[] =>
  rules.filter(({ filter }) => !accepted.some((tests) => tests.every((test) => isWithin(filter[test.property], test))));

/** What the analyzer that watches the vault archives beyond the bell at the inbox and the powers that are accepted. */
export function checkArchiveRules(
  rules: readonly ArchiveRule[],
  { vault, management, regions, placement, accepted, adoptedAnalyzer }: Expected,
  { region, where }: { readonly region: string; readonly where: string },
): Findings {
  const watching = rules.filter(({ analyzer }) => analyzer === (adoptedAnalyzer ?? NAMES.analyzer));
  const findings = [
    inboxFinding(`arn:aws:sqs:${region}:${vault}:${NAMES.inbox}`),
    // Over a vault outside the organization nothing is accepted: no power of the organization reaches it.
    ...(placement === 'inside' ? accepted : []).flatMap((power) =>
      powerFindings(power, { vault, management, regions }),
    ),
  ];
  return archivingMore(watching, findings).map(({ analyzer, name }) => ({
    severity: 'critical',
    check: 'analyzer',
    what: `The archive rule ${name} of the analyzer ${analyzer} archives more than is accepted: what it archives sends no alert`,
    where,
    remedy: `Read it (aws accessanalyzer get-archive-rule --analyzer-name ${analyzer} --rule-name ${name}), and delete it or narrow it.`,
  }));
}
