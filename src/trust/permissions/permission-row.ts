import { cellSuffix } from '../../contract/cells';
import { matches, withWildcards } from '../../policy-evaluator/pattern';
import { type Accounts, type JudgedTemplate, PREVIOUS_KEYS } from '../templates/judged-templates';
import { linesOn, type Statement } from '../templates/statement';

/** A condition that a statement must have: an operator, a key, and the values of which it may ask for one or more. */
export type RequiredCondition = readonly [operator: string, key: string, ...values: string[]];

/**
 * A row of a table of permissions: what roles, or AWS services, may do. In texts, `{account}` and `{region}` are those of the
 * template, `{vault}`, `{management}` and `{organization}` those of the landing zone, `{key}` a key that the template creates
 * or has replaced. `{cell}` is what the cell adds to a name, `{cells}` what any cell does: nothing where there is one cell. `*` means anything within one part of an ARN.
 */
export interface PermissionRow {
  /** Names of the roles, or of service principals. */
  readonly by: readonly string[];
  readonly may: readonly string[];
  /**
   * Patterns of ARNs, `created TYPE` for resources that the template creates, or `key of TYPE` for the key that encrypts
   * them.
   */
  readonly on: readonly string[];
  readonly when?: readonly RequiredCondition[];
  /** What a Deny of the same role must cover: the same actions on these resources, under this condition. */
  readonly denied?: { readonly on: readonly string[]; readonly when: readonly RequiredCondition[] };
  readonly because: string;
}

/** What the placeholders of a row mean for a statement: its template, and the accounts of the landing zone. */
export interface RuleContext {
  readonly template: JudgedTemplate;
  readonly accounts: Accounts;
}

/** What a statement of a role allows that no row lists: the action, the resource, and the condition that is missing. */
export const unlistedPermissions = (
  statement: Statement,
  rows: readonly PermissionRow[],
  context: RuleContext,
): readonly string[] => unlistedPermissionsOf(roleName(statement), statement, rows, context);

/** The same for a statement that allows something to another principal than its owner. */
export function unlistedPermissionsOf(
  principal: string,
  statement: Statement,
  rows: readonly PermissionRow[],
  context: RuleContext,
): readonly string[] {
  const own = rows.filter(({ by }) => by.some((one) => covers(one, principal, context)));
  return statement.actions.flatMap((action) =>
    statement.resources.flatMap((resource) => {
      const listing = own
        .filter(({ may }) => may.some((one) => one.toLowerCase() === action.toLowerCase()))
        .filter(({ on }) => on.some((one) => reaches(one, resource, context)))
        .filter(({ denied }) => !denied || isDenied(statement, action, denied, context));
      const lacks = listing.map(({ when = [] }) => when.filter((one) => !hasCondition(statement, one, context)));
      if (lacks.some((missing) => missing.length === 0)) return [];
      const without = lacks[0]?.map(([operator, key]) => `${operator} on ${key}`).join(' and ');
      return [`${principal} may ${action} on ${resource}${without ? ` without ${without}` : ''}`];
    }),
  );
}

/**
 * Whether the owner of a statement has a Deny for an action on resources, under exactly this condition. A Deny with another
 * line, or with other values, denies less.
 */
function isDenied(
  { owner, variant }: Statement,
  action: string,
  { on, when }: Required<PermissionRow>['denied'],
  context: RuleContext,
): boolean {
  const denying = context.template.statements.filter(
    (one) =>
      one.kind === 'identity' &&
      one.effect === 'Deny' &&
      one.owner === owner &&
      one.variant === variant &&
      one.actions.some((denied) => denied.toLowerCase() === action.toLowerCase()) &&
      one.conditions.length === when.length &&
      when.every(([operator, key, ...values]) => {
        const [only, ...others] = linesOn(one, key, [operator]);
        const filled = values.map((value) => fill(value, context));
        return only && others.length === 0 && only.values.length === 1 && filled.includes(only.values[0] ?? '');
      }),
  );
  return on.every((resource) =>
    denying.some(({ resources }) => resources.some((one) => one === '*' || one === fill(resource, context))),
  );
}

/** The name of the role that a statement belongs to. */
export const roleName = ({ owner }: Statement): string => owner.replace(/^arn:aws:iam::[^:]*:(role\/)?/, '');

function fill(text: string, { template: { place }, accounts }: RuleContext): string {
  const { vault, management, organization } = accounts;
  const { account, region } = place;
  const cell = cellSuffix(accounts.cell);
  const cells = accounts.cell === undefined ? '' : '*';
  const values: Readonly<Record<string, string>> = { vault, management, organization, account, region, cell, cells };
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

/** Rules ask for few patterns, many times: compiled once for each landing zone, place and text. */
const COMPILED = new WeakMap<Accounts, Map<string, RegExp>>();

function patternOf(text: string, context: RuleContext): RegExp {
  const { accounts, template } = context;
  const patterns = COMPILED.get(accounts) ?? new Map<string, RegExp>();
  COMPILED.set(accounts, patterns);
  const key = `${template.place.account} ${template.place.region} ${text}`;
  const pattern = patterns.get(key) ?? compile(fill(text, context));
  patterns.set(key, pattern);
  return pattern;
}

/**
 * Whether a pattern covers a text and every wildcard in it. A `*` of the pattern stays within one part of an ARN, except at
 * the end.
 */
const covers = (pattern: string, text: string, context: RuleContext): boolean => patternOf(pattern, context).test(text);

function compile(pattern: string): RegExp {
  const [body, end] = pattern.endsWith('*') ? [pattern.slice(0, -1), '.*'] : [pattern, ''];
  const parts = body.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\/]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^:]*')}${end}$`);
}

function reaches(on: string, resource: string, context: RuleContext): boolean {
  const [, relation, type] = /^(created|key of) (.+)$/.exec(on) ?? [];
  if (type === undefined) return covers(on, resource, context);
  return arnsOf(relation, type, context.template).some(
    (arn) => resource === arn || resource.startsWith(`${arn}:`) || resource.startsWith(`${arn}/`),
  );
}

/** ARNs of the resources of a type that a template creates, or of the keys it creates that encrypt them. */
function arnsOf(relation: string | undefined, type: string, { resources }: JudgedTemplate): readonly string[] {
  const created = resources.filter((one) => one.type === type);
  if (relation === 'created') return created.flatMap(({ arn }) => arn ?? []);
  return resources
    .filter((key) => key.type === 'AWS::KMS::Key')
    .filter((key) => created.some(({ properties: { KmsMasterKeyId: id } }) => id === key.arn || id === key.ref))
    .flatMap(({ arn }) => arn ?? []);
}

/** Whether a statement has the condition, and asks for no other value than those of the condition. */
export function hasCondition(
  statement: Statement,
  [operator, key, ...values]: RequiredCondition,
  context: RuleContext,
): boolean {
  const keys = context.template.resources.flatMap(({ type, ref }) => (type === 'AWS::KMS::Key' && ref ? [ref] : []));
  const allowed = values.flatMap((value) => (value === '{key}' ? [...keys, PREVIOUS_KEYS] : [fill(value, context)]));
  const lines = linesOn(statement, key, [operator]);
  return lines.length > 0 && lines.every((line) => line.values.every((value) => allowed.includes(value)));
}

/** Whether a pattern of actions can mean one of these actions. */
export const canMean = (pattern: string, actions: readonly string[]): boolean =>
  actions.some((action) => matches(withWildcards(pattern.toLowerCase()), action.toLowerCase()));
