import { NAMES } from '../../contract/names';
import { type FindingTest, shownFindings } from '../../contract/shown-findings';
import { type Estate, type JudgedResource, type JudgedTemplate, templatesIn } from '../templates/judged-templates';
import { isList, isObject, type Json } from '../templates/template';

/** What is wrong with the watch over a vault: a template that hangs the bell has an analyzer of its account beside it, which
 * keeps still about the bell and about what is accepted, and about nothing else. */
export function watchFaults(
  template: JudgedTemplate,
  estate: Estate,
): readonly (readonly [at: string, what: string])[] {
  const inboxes = template.resources.filter(
    ({ type, physicalName }) => type === 'AWS::SQS::Queue' && physicalName === NAMES.inbox,
  );
  const analyzers = template.resources.filter(
    ({ type, properties }) => type === 'AWS::AccessAnalyzer::Analyzer' && properties.Type === 'ACCOUNT',
  );
  // Every way the template can come out is listed: an analyzer that is there in some of them only is too few.
  const isAdopted = estate.accounts.adoptedAnalyzer !== undefined;
  const unwatched = (isAdopted ? [] : inboxes)
    .slice(analyzers.length)
    .map(({ id }) => [id, 'no IAM Access Analyzer of the account watches what opens to others'] as const);
  const accepted = acceptedFindings(inboxes, estate).map(spelt);
  const second = isAdopted
    ? analyzers.map(
        ({ id }) => [id, 'an analyzer is adopted: AWS allows no second one in an account and Region'] as const,
      )
    : [];
  return [
    ...unwatched,
    ...second,
    ...analyzers.flatMap((one) => archiveFaults(one, accepted).map((what) => [one.id, what] as const)),
  ];
}

/** The bell at the inbox, and the powers that the configuration accepts: each the tests of its findings. */
function acceptedFindings(inboxes: readonly JudgedResource[], estate: Estate): readonly (readonly FindingTest[])[] {
  const { vault, management, accepted = [] } = estate.accounts;
  const regions = [...new Set(templatesIn(estate, 'vault').map(({ region }) => region))];
  const bell: readonly FindingTest[] = [
    { property: 'resource', eq: inboxes.slice(0, 1).flatMap(({ arn }) => arn ?? []) },
    { property: 'resourceType', eq: ['AWS::SQS::Queue'] },
    { property: 'condition.aws:SourceArn', eq: [`arn:aws:sns:*:*:${NAMES.copiesTopic}`] },
  ];
  return [bell, ...accepted.flatMap((power) => shownFindings(power, { vault, management, regions }))];
}

/** What an analyzer keeps still about beyond that, and what it does not although it was to. */
function archiveFaults({ properties }: JudgedResource, accepted: readonly string[]): readonly string[] {
  const rules = properties.ArchiveRules ?? [];
  const archived = isList(rules) ? rules.map(readArchiveRule) : [JSON.stringify(rules)];
  return [
    ...archived.filter((one) => !accepted.includes(one)).map((one) => `it keeps still about findings like ${one}`),
    ...accepted.filter((one) => !archived.includes(one)).map((one) => `it does not keep still about ${one}`),
  ];
}

/** An archive rule as its tests are spelt; whatever it has beside them, or lacks, makes it another. */
function readArchiveRule(rule: Json): string {
  if (!isObject(rule) || Object.keys(rule).some((key) => !['Filter', 'RuleName'].includes(key)) || !isList(rule.Filter))
    return JSON.stringify(rule);
  return spelt(
    rule.Filter.map((one) =>
      isObject(one)
        ? Object.fromEntries(Object.entries(one).map(([key, held]) => [key[0]?.toLowerCase() + key.slice(1), held]))
        : one,
    ),
  );
}

/** Tests without an order, and their values without one. */
function spelt(tests: readonly unknown[]): string {
  const inOrder = (held: unknown): unknown => (Array.isArray(held) ? [...held].sort() : held);
  const one = (test: unknown): string =>
    JSON.stringify(
      Object.entries(Object(test))
        .map(([key, held]) => [key, inOrder(held)] as const)
        .sort(([a], [b]) => a.localeCompare(b, 'en')),
    );
  return tests.map(one).sort().join(' and ');
}
