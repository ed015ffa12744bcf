import { type FindingFilter, inboxFinding, powerFindings } from '../../contract/analyzer-findings';
import { NAMES } from '../../contract/names';
import type { ArchiveRule, Criterion, Expected } from './facts';
import type { Findings } from './finding';

/** Whether every finding that matches a criterion matches the filter too. Operators that do not bound the value never do. */
function isWithin(criterion: Criterion | undefined, { eq = [], contains = [] }: FindingFilter): boolean {
  const passes = (value: string) => eq.includes(value) || contains.some((part) => value.includes(part));
  // A value that contains a text also contains the parts of the text.
  const partPasses = (part: string) => contains.some((one) => part.includes(one));
  if (criterion === undefined || criterion.neq !== undefined || criterion.exists !== undefined) return false;
  const { eq: values, contains: parts } = criterion;
  if (values === undefined && parts === undefined) return false;
  return (values ?? []).every(passes) && (parts ?? []).every(partPasses) && (values ?? parts ?? []).length > 0;
}

/**
 * The archive rules that archive more than the accepted findings. A finding must match all criteria of a rule, so a rule with
 * each filter of an accepted finding, or a narrower one, archives nothing else.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-archive-rules.html
 */
export const archivingMore = (
  rules: readonly ArchiveRule[],
  accepted: readonly (readonly FindingFilter[])[],
): readonly ArchiveRule[] =>
  rules.filter(({ filter }) => !accepted.some((tests) => tests.every((test) => isWithin(filter[test.property], test))));

/** What the vault's analyzer archives beyond the finding on the inbox and the findings of accepted powers. */
export function checkArchiveRules(
  rules: readonly ArchiveRule[],
  { vault, management, regions, placement, accepted, adoptedAnalyzer }: Expected,
  { region, where }: { readonly region: string; readonly where: string },
): Findings {
  const watching = rules.filter(({ analyzer }) => analyzer === (adoptedAnalyzer ?? NAMES.analyzer));
  const findings = [
    inboxFinding(`arn:aws:sqs:${region}:${vault}:${NAMES.inbox}`),
    // For a vault outside the organization nothing is accepted, because no power of the organization reaches it.
    ...(placement === 'inside' ? accepted : []).flatMap((power) =>
      powerFindings(power, { vault, management, regions }),
    ),
  ];
  return archivingMore(watching, findings).map(({ analyzer, name }) => ({
    severity: 'critical',
    check: 'analyzer',
    what: `The archive rule ${name} of the analyzer ${analyzer} archives findings that are not accepted, and archived findings send no alert`,
    where,
    remedy: `Read the rule (aws accessanalyzer get-archive-rule --analyzer-name ${analyzer} --rule-name ${name}), and delete or narrow it.`,
  }));
}
