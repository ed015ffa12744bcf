import { type FindingFilter, powerFindings } from '../../contract/analyzer-findings';
import { NAMES } from '../../contract/names';
import { type JudgedTemplate, type JudgedTemplates, templatesIn } from '../templates/judged-templates';
import { isList, isObject, type Json, type ResolvedResource } from '../templates/template';

/**
 * The faults of a vault template's IAM Access Analyzer. A template with the inbox has an analyzer of the account, which
 * archives the findings about the notifications at the inbox and about accepted inherited powers, and no others.
 */
export function accessAnalyzerFaults(
  template: JudgedTemplate,
  judged: JudgedTemplates,
): readonly (readonly [at: string, what: string])[] {
  const inboxes = template.resources.filter(
    ({ type, physicalName }) => type === 'AWS::SQS::Queue' && physicalName === NAMES.inbox,
  );
  const analyzers = template.resources.filter(
    ({ type, properties }) => type === 'AWS::AccessAnalyzer::Analyzer' && properties.Type === 'ACCOUNT',
  );
  const isAdopted = judged.accounts.adoptedAnalyzer !== undefined;
  // The resources of all variants are listed: an analyzer that some variants lack leaves an inbox over.
  const unwatched = (isAdopted ? [] : inboxes)
    .slice(analyzers.length)
    .map(({ id }) => [id, 'no IAM Access Analyzer of the account reports access from outside'] as const);
  const accepted = acceptedFindings(inboxes, judged).map(normalized);
  const second = isAdopted
    ? analyzers.map(
        ({ id }) =>
          [id, 'the configuration adopts an analyzer: AWS allows no second one in an account and Region'] as const,
      )
    : [];
  return [
    ...unwatched,
    ...second,
    ...analyzers.flatMap((one) => archiveFaults(one, accepted).map((what) => [one.id, what] as const)),
  ];
}

/** The notifications at the inbox, and the inherited powers that the configuration accepts: each as tests of findings. */
function acceptedFindings(
  inboxes: readonly ResolvedResource[],
  judged: JudgedTemplates,
): readonly (readonly FindingFilter[])[] {
  const { vault, management, accepted = [] } = judged.accounts;
  const regions = [...new Set(templatesIn(judged, 'vault').map(({ place }) => place.region))];
  const notifications: readonly FindingFilter[] = [
    { property: 'resource', eq: inboxes.slice(0, 1).flatMap(({ arn }) => arn ?? []) },
    { property: 'resourceType', eq: ['AWS::SQS::Queue'] },
    { property: 'condition.aws:SourceArn', eq: [`arn:aws:sns:*:*:${NAMES.copiesTopic}`] },
  ];
  return [notifications, ...accepted.flatMap((power) => powerFindings(power, { vault, management, regions }))];
}

/** The archive rules that an analyzer must not have, and those that it lacks. */
function archiveFaults({ properties }: ResolvedResource, accepted: readonly string[]): readonly string[] {
  const rules = properties.ArchiveRules ?? [];
  const archived = isList(rules) ? rules.map(readArchiveRule) : [JSON.stringify(rules)];
  return [
    ...archived.filter((one) => !accepted.includes(one)).map((one) => `it archives findings like ${one}`),
    ...accepted.filter((one) => !archived.includes(one)).map((one) => `it does not archive ${one}`),
  ];
}

/** The normalized tests of an archive rule. A rule with another key, or without a filter, stays as it is and so differs. */
function readArchiveRule(rule: Json): string {
  if (!isObject(rule) || Object.keys(rule).some((key) => !['Filter', 'RuleName'].includes(key)) || !isList(rule.Filter))
    return JSON.stringify(rule);
  return normalized(
    rule.Filter.map((one) =>
      isObject(one)
        ? Object.fromEntries(Object.entries(one).map(([key, held]) => [key[0]?.toLowerCase() + key.slice(1), held]))
        : one,
    ),
  );
}

/** Tests as text, independent of the order of tests, keys and values. */
function normalized(tests: readonly unknown[]): string {
  const inOrder = (held: unknown): unknown => (Array.isArray(held) ? [...held].sort() : held);
  const one = (test: unknown): string =>
    JSON.stringify(
      Object.entries(Object(test))
        .map(([key, held]) => [key, inOrder(held)] as const)
        .sort(([a], [b]) => a.localeCompare(b, 'en')),
    );
  return tests.map(one).sort().join(' and ');
}
