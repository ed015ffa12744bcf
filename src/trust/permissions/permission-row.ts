import { matches, withWildcards } from '../../policy-evaluator/pattern';
import { type Accounts, type JudgedTemplate, PREVIOUS_KEYS } from '../templates/judged-templates';
import type { Statement } from '../templates/statement';
import { testsOf } from '../templates/statement';

/** A condition that must be there: operator, key, and values of which it may ask for one or more. */
export type Guard = readonly [operator: string, key: string, ...values: string[]];

/**
 * Something that roles, or AWS services, may do. In texts, `{account}` and `{region}` are the template's own, `{vault}`, `{management}` and
 * `{organization}` the landing zone's, `{key}` a key that the template makes, or has replaced; `*` stands for anything within its part.
 */
export interface Reach {
  /** Names of the roles, or of services. */
  readonly by: readonly string[];
  readonly may: readonly string[];
  /** Patterns of ARNs, `made TYPE` for what the same template makes, or `key of TYPE` for the key that such is under. */
  readonly on: readonly string[];
  readonly when?: readonly Guard[];
  /** What the role must deny itself of the same actions: on these, whenever the condition holds. */
  readonly denied?: { readonly on: readonly string[]; readonly when: readonly Guard[] };
  readonly because: string;
}

/** Where a statement stands: what the texts of a row mean there. */
export interface Ground {
  readonly template: JudgedTemplate;
  readonly accounts: Accounts;
}

/** What of a statement no row allows: action, resource, and the condition that is missing if that is all. */
export const beyond = (statement: Statement, rows: readonly Reach[], ground: Ground): readonly string[] =>
  beyondAs(roleName(statement), statement, rows, ground);

/** The same of a statement that lets somebody else than its owner do something: `name` is who. */
export function beyondAs(
  name: string,
  statement: Statement,
  rows: readonly Reach[],
  ground: Ground,
): readonly string[] {
  const mine = rows.filter(({ by }) => by.some((one) => covers(one, name, ground)));
  return statement.actions.flatMap((action) =>
    statement.resources.flatMap((resource) => {
      const fitting = mine.filter(
        ({ may, on }) =>
          may.some((one) => one.toLowerCase() === action.toLowerCase()) &&
          on.some((one) => reaches(one, resource, ground)),
      );
      const kept = fitting.filter(({ denied }) => !denied || isDenied(statement, action, denied, ground));
      const lacks = kept.map(({ when = [] }) => when.filter((guard) => !isGuarded(statement, guard, ground)));
      if (lacks.some((missing) => missing.length === 0)) return [];
      const without = lacks[0]?.map(([operator, key]) => `${operator} on ${key}`).join(' and ');
      return [`${name} may ${action} on ${resource}${without ? ` without ${without}` : ''}`];
    }),
  );
}

/**
 * Whether the owner of a statement denies itself an action on resources, under a condition and no narrower one: a statement
 * of the template that has another test besides, or other values, denies less.
 */
function isDenied(
  { owner, variant }: Statement,
  action: string,
  { on, when }: Required<Reach>['denied'],
  ground: Ground,
): boolean {
  const denying = ground.template.statements.filter(
    (one) =>
      one.kind === 'identity' &&
      one.effect === 'Deny' &&
      one.owner === owner &&
      one.variant === variant &&
      one.actions.some((denied) => denied.toLowerCase() === action.toLowerCase()) &&
      one.conditions.length === when.length &&
      when.every(([operator, key, ...values]) => {
        const [only, ...others] = testsOf(one, key, [operator]);
        const said = values.map((value) => fill(value, ground));
        return only && others.length === 0 && only.values.length === 1 && said.includes(only.values[0] ?? '');
      }),
  );
  return on.every((resource) =>
    denying.some(({ resources }) => resources.some((one) => one === '*' || one === fill(resource, ground))),
  );
}

/** The name of the role that a statement belongs to. */
export const roleName = ({ owner }: Statement): string => owner.replace(/^arn:aws:iam::[^:]*:(role\/)?/, '');

function fill(text: string, { template, accounts }: Ground): string {
  const { vault, management, organization } = accounts;
  const given: Readonly<Record<string, string>> = {
    ...{ vault, management, organization },
    account: template.account,
    region: template.region,
  };
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => given[name] ?? whole);
}

/** Patterns are few, and asked for many times: kept for each landing zone, place and text. */
const COVERING = new WeakMap<Accounts, Map<string, RegExp>>();

function patternOf(text: string, ground: Ground): RegExp {
  const { accounts, template } = ground;
  const patterns = COVERING.get(accounts) ?? new Map<string, RegExp>();
  COVERING.set(accounts, patterns);
  const key = `${template.account} ${template.region} ${text}`;
  const pattern = patterns.get(key) ?? covering(fill(text, ground));
  patterns.set(key, pattern);
  return pattern;
}

/** Whether a pattern covers a text, wildcards of the text included: a `*` of the pattern stays within one part of an ARN,
 * but at its end. */
const covers = (pattern: string, text: string, ground: Ground): boolean => patternOf(pattern, ground).test(text);

function covering(pattern: string): RegExp {
  const [body, end] = pattern.endsWith('*') ? [pattern.slice(0, -1), '.*'] : [pattern, ''];
  const parts = body.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\/]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^:]*')}${end}$`);
}

function reaches(on: string, resource: string, ground: Ground): boolean {
  const [, relation, type] = /^(made|key of) (.+)$/.exec(on) ?? [];
  if (type === undefined) return covers(on, resource, ground);
  return arnsOf(relation, type, ground.template).some(
    (arn) => resource === arn || resource.startsWith(`${arn}:`) || resource.startsWith(`${arn}/`),
  );
}

/** ARNs of what a template makes of a type, or of the keys it makes that those are under. */
function arnsOf(relation: string | undefined, type: string, { resources }: JudgedTemplate): readonly string[] {
  const made = resources.filter((one) => one.type === type);
  if (relation === 'made') return made.flatMap(({ arn }) => arn ?? []);
  return resources
    .filter((key) => key.type === 'AWS::KMS::Key')
    .filter((key) => made.some(({ properties: { KmsMasterKeyId: id } }) => id === key.arn || id === key.ref))
    .flatMap(({ arn }) => arn ?? []);
}

/** Whether a statement holds the condition, and every value it asks for is one of the guard's. */
export function isGuarded(statement: Statement, [operator, key, ...values]: Guard, ground: Ground): boolean {
  const keys = ground.template.resources.flatMap(({ type, ref }) => (type === 'AWS::KMS::Key' && ref ? [ref] : []));
  const allowed = values.flatMap((value) => (value === '{key}' ? [...keys, PREVIOUS_KEYS] : [fill(value, ground)]));
  const tests = testsOf(statement, key, [operator]);
  return tests.length > 0 && tests.every((test) => test.values.every((value) => allowed.includes(value)));
}

/** Whether a pattern of actions can mean one of these. */
export const canMean = (pattern: string, actions: readonly string[]): boolean =>
  actions.some((action) => matches(withWildcards(pattern.toLowerCase()), action.toLowerCase()));
