import { CheckvalveError } from '../../contract/errors';
import type { InheritedPower } from '../../contract/inherited-powers';
import type { OtherCell } from './other-cells';
import { allPoliciesOf } from './policies-of';
import { resolveTemplate } from './resolve-template';
import type { RuleFinding } from './rule-finding';
import { readPolicy, type Statement } from './statement';
import { isObject, type ResolvedResource, type TemplatePlace, type TemplateVariant, type Zone } from './template';
import { unreadPolicies, unreadSections, unreadValues } from './unread-parts';

/** What the rules know beside the templates: the accounts with a known id, the organization, and what is accepted. */
export interface Accounts {
  readonly vault: string;
  readonly management: string;
  /** `o-…` */
  readonly organization: string;
  /** Inherited powers over the vault that the configuration accepts. */
  readonly accepted?: readonly InheritedPower[];
  /** The cell that is judged, and the others; without them, the landing zone has one. */
  readonly cell?: string;
  readonly otherCells?: readonly OtherCell[];
  /** Name of an analyzer that exists in the vault already. The vault's templates create none then. */
  readonly adoptedAnalyzer?: string;
}

/** A final template, and where it is deployed. A rule reports a place that is left out as a finding. */
export interface TemplateToJudge {
  readonly name: string;
  readonly zone?: Zone;
  readonly region?: string;
  readonly template: unknown;
  /** The digest of its text, by which a StackSet's template URL names it. */
  readonly digest?: string;
}

/** A template as the rules read it: the resources and statements of all its variants together. */
export interface JudgedTemplate {
  readonly zone: Zone;
  /** Placeholders replace the account and the Region of a source, which only the deployment knows. */
  readonly place: TemplatePlace;
  readonly digest?: string;
  readonly resources: readonly ResolvedResource[];
  readonly statements: readonly Statement[];
  /** Types of the resources that it creates, by ARN. */
  readonly created: ReadonlyMap<string, string>;
  /** What cannot be read before deployment. */
  readonly unread: readonly RuleFinding[];
}

/** The templates of a landing zone, as the rules judge them. */
export interface JudgedTemplates {
  readonly accounts: Accounts;
  readonly templates: readonly JudgedTemplate[];
}

const UNKNOWN_PLACE = { account: 'the-source', region: 'the-region' };

/** @throws CheckvalveError `UNRESOLVED_TEMPLATE` for JSON that is no template, and for too many open conditions. */
export const judgedTemplatesOf = (accounts: Accounts, templates: readonly TemplateToJudge[]): JudgedTemplates => ({
  accounts,
  templates: templates.map((one) => judgedTemplateOf(one, accounts)),
});

/** The templates of these kinds of account. */
export const templatesIn = ({ templates }: JudgedTemplates, ...zones: readonly Zone[]): readonly JudgedTemplate[] =>
  templates.filter(({ zone }) => zones.includes(zone));

/** Reads one template. Throws what {@link judgedTemplatesOf} throws. */
export function judgedTemplateOf(
  { name, zone: knownZone, region = UNKNOWN_PLACE.region, template, digest }: TemplateToJudge,
  accounts: Accounts,
): JudgedTemplate {
  const zone = knownZone ?? 'vault';
  const place = { account: zone === 'source' ? UNKNOWN_PLACE.account : accounts[zone], region, stackName: name };
  const variants = variantsOf(template, place);
  const policies = variants.map(allPoliciesOf);
  const read = policies
    .flatMap((one, variant) => one.policies.map((policy) => ({ policy, variant })))
    .map(({ policy, variant }) => {
      const { statements, faults } = readPolicy(policy);
      const ofVariant = statements.map((one) => ({ ...one, variant }));
      return { at: policy.where.split('.')[0] ?? '', statements: ofVariant, faults };
    });
  const resources = variants.flatMap((variant) => [...variant.resources.values()]);
  const finding = (at: string, what: string): RuleFinding => ({ template: name, at, what });
  return {
    zone,
    place,
    ...(digest !== undefined && { digest }),
    resources,
    statements: read.flatMap(({ statements }) => statements),
    created: new Map(resources.flatMap(({ arn, type }) => (arn === undefined ? [] : [[arn, type] as const]))),
    unread: [
      ...(knownZone === undefined ? [finding('', 'the account of its stack is unknown')] : []),
      ...unreadSections(template).map((what) => finding('', what)),
      ...read.flatMap(({ at, faults }) => faults.map((fault) => finding(at, fault))),
      ...variants.flatMap((variant) => unreadValues(variant, name)),
      ...policies.flatMap(({ unread }) => unreadPolicies(unread, name)),
    ],
  };
}

/** Placeholder for the ids of replaced export keys. They only let more of a source's own snapshots be exported. */
export const PREVIOUS_KEYS = 'ids-of-previous-keys';

/** The parameters that a template may have, and the placeholder for their value. */
const PARAMETERS: Readonly<Record<string, string>> = { PreviousExportKeyIds: PREVIOUS_KEYS };
const MAX_CONDITIONS = 6;

/**
 * Every variant of a template: each condition that it uses is taken as true and as false, because only the deployment may
 * know its value. Other parameters are left out: a deployment can replace their defaults, so a reference to one is unknown.
 */
function variantsOf(template: unknown, place: TemplatePlace): readonly TemplateVariant[] {
  const { Resources = {}, Conditions = {}, ...rest } = isObject(template) ? template : {};
  const text = JSON.stringify(Resources);
  const names = Object.keys(Object(Conditions)).filter((name) => text.includes(JSON.stringify(name)));
  if (names.length > MAX_CONDITIONS) {
    throw new CheckvalveError(
      'UNRESOLVED_TEMPLATE',
      `${place.stackName} has ${names.length} conditions: more than ${MAX_CONDITIONS} are not judged`,
      'Decide at synthesis what does not depend on the deployment.',
    );
  }
  const Parameters = Object.fromEntries(
    Object.entries(PARAMETERS).map(([name, Default]) => [name, { Type: 'String', Default }]),
  );
  return Array.from({ length: 2 ** names.length }, (_, number) => {
    const conditions = Object.fromEntries(names.map((name, bit) => [name, ((number >> bit) & 1) === 0]));
    return resolveTemplate({ ...rest, Resources, Conditions, Parameters }, { ...place, conditions });
  });
}
