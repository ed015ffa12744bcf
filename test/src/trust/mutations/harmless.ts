import { COPY_KEY_ACTIONS } from '../../../../src/contract/names';
import type { Zone } from '../../../../src/trust/templates/template';
import {
  altered,
  type Loose,
  type LooseTemplate,
  listed,
  replaced,
  type StatementLocation,
  type TemplateMutant,
} from './mutant';

/** A change that means the same, or allows less. */
interface Whim {
  readonly kind: string;
  readonly to: (location: StatementLocation) => readonly (readonly Loose[])[];
}

const reversed = (statement: Loose): Loose =>
  Object.fromEntries(
    Object.entries(statement)
      .reverse()
      .map(([key, held]) => [key, backwards(held)]),
  );
const backwards = (held: unknown): unknown =>
  Array.isArray(held)
    ? [...held].reverse()
    : typeof held === 'object' && held !== null && !Object.keys(held).some((key) => /^(Ref|Fn::)/.test(key))
      ? Object.fromEntries(
          Object.entries(held)
            .reverse()
            .map(([key, value]) => [key, backwards(value)]),
        )
      : held;

const split = (statement: Loose, key: 'Action' | 'Resource'): readonly (readonly Loose[])[] => {
  const all = listed(statement[key]);
  return all.length < 2 ? [] : [all.map((one) => ({ ...statement, [key]: one }))];
};
/** One value as a list, a list of one as a value. */
const respelt = (statement: Loose, key: string): readonly (readonly Loose[])[] => {
  const held = statement[key];
  if (held === undefined) return [];
  if (!Array.isArray(held)) return [[{ ...statement, [key]: [held] }]];
  return held.length === 1 ? [[{ ...statement, [key]: held[0] }]] : [];
};
/** Texts with references, spelt by substitution. */
const substituted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(substituted);
  if (typeof value !== 'object' || value === null) return value;
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value as Loose;
  if (typeof Ref === 'string') return { 'Fn::Sub': `\${${Ref}}` };
  if (Array.isArray(attribute)) return { 'Fn::Sub': `\${${attribute.join('.')}}` };
  if (
    Array.isArray(join) &&
    join[0] === '' &&
    (join[1] as unknown[]).every((one) => typeof one === 'string' || (one as Loose).Ref)
  )
    return {
      'Fn::Sub': (join[1] as (string | { Ref: string })[])
        .map((one) => (typeof one === 'string' ? one : `\${${one.Ref}}`))
        .join(''),
    };
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, substituted(held)]));
};
const inCase = (statement: Loose, change: (text: string) => string): Loose => ({
  ...statement,
  Action: listed(statement.Action).map((action) => change(String(action))),
});

const WHIMS: readonly Whim[] = [
  { kind: 'rename the Sid', to: ({ statement }) => [[{ ...statement, Sid: 'AnotherName' }]] },
  { kind: 'drop the Sid', to: ({ statement: { Sid, ...rest } }) => (Sid ? [[rest]] : []) },
  { kind: 'reorder what is within', to: ({ statement }) => [[reversed(statement)]] },
  { kind: 'say it twice', to: ({ statement }) => [[statement, { ...statement, Sid: 'Again' }]] },
  { kind: 'split it by action', to: ({ statement }) => split(statement, 'Action') },
  { kind: 'split it by resource', to: ({ statement }) => split(statement, 'Resource') },
  { kind: 'an action as text or as list', to: ({ statement }) => respelt(statement, 'Action') },
  { kind: 'a resource as text or as list', to: ({ statement }) => respelt(statement, 'Resource') },
  { kind: 'actions in another case', to: ({ statement }) => [[inCase(statement, (text) => text.toLowerCase())]] },
  { kind: 'spell references by substitution', to: ({ statement }) => [[substituted(statement) as Loose]] },
  {
    // The account has the whole key, and the policy of a key is about nothing else: these are no further rights.
    kind: 'add an action to a principal that has the whole key',
    to: ({ statement, type }) =>
      type === 'AWS::KMS::Key' && statement.Effect === 'Allow' && listed(statement.Action).includes('kms:*')
        ? ['kms:ScheduleKeyDeletion', 'kms:Encrypt', 'sns:*', '*'].map((action) => [
            { ...statement, Action: ['kms:*', action] },
          ])
        : [],
  },
  {
    // Another statement of the same key lets the vault do this already, under the same condition or a wider one.
    kind: 'add what a copy needs to a principal that may grant for it',
    to: ({ statement, type }) =>
      type === 'AWS::KMS::Key' && statement.Effect === 'Allow' && listed(statement.Action).includes('kms:CreateGrant')
        ? [[{ ...statement, Action: [...listed(statement.Action), ...COPY_KEY_ACTIONS] }]]
        : [],
  },
  {
    kind: 'narrow what is allowed',
    to: ({ statement }) => {
      if (statement.Effect !== 'Allow') return [];
      const condition = (statement.Condition ?? {}) as Record<string, Loose>;
      const held = { ...condition.StringNotEquals, 'aws:RequestedRegion': 'us-west-2' };
      const narrower = { ...condition, StringNotEquals: held };
      return [[{ ...statement, Condition: narrower }]];
    },
  },
  {
    kind: 'condition values as text or as list, keys in another case',
    to: ({ statement }) => {
      const condition = Object.entries((statement.Condition ?? {}) as Record<string, Loose>);
      if (condition.length === 0) return [];
      const isIntrinsic = (value: unknown): boolean => typeof value === 'object' && value !== null && 'Fn::If' in value;
      const listedUp = condition.map(([operator, keys]) => [
        operator,
        Object.fromEntries(
          Object.entries(keys).map(([key, values]) => [
            key.replace(/^(aws|kms|sns|rds):(\w+)/, (all) => all.toUpperCase()),
            // What CloudFormation is to choose may be a list already: a list within a list is another thing.
            isIntrinsic(values) ? values : listed(values),
          ]),
        ),
      ]);
      return [[{ ...statement, Condition: Object.fromEntries(listedUp) }]];
    },
  },
  {
    kind: 'add a denial',
    to: ({ statement, family, type }) => {
      const { Action, Resource } = statement;
      if (family === 'trust') return [[statement, { Effect: 'Deny', Principal: '*', Action: 'sts:TagSession' }]];
      const denial = { Effect: 'Deny', Action, Resource, Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
      // In a key policy a Deny for every principal may break copies of RDS.
      return type === 'AWS::Lambda::Permission' || type === 'AWS::KMS::Key'
        ? []
        : [[statement, family === 'identity' ? denial : { ...denial, Principal: '*' }]];
    },
  },
];

const reorder = (template: LooseTemplate): LooseTemplate => ({
  ...template,
  Resources: Object.fromEntries(Object.entries(template.Resources).reverse()),
});

/** Every change to one statement that does no harm. */
export const harmlessChangesOf = (location: StatementLocation): readonly TemplateMutant[] =>
  location.family === 'permission'
    ? []
    : WHIMS.flatMap(({ kind, to }) =>
        to(location).map((changed) => ({
          zone: location.zone,
          kind,
          what: `${location.resource}: ${JSON.stringify(changed)}`,
          template: replaced(location, ...changed),
        })),
      );

/** Every change to a template that does no harm. */
export const harmlessChangesOfTemplate = (zone: Zone, template: LooseTemplate): readonly TemplateMutant[] => [
  { zone, kind: 'reorder the resources', what: 'all', template: reorder(template) },
  { zone, kind: 'reorder the statements', what: 'all', template: altered(template, (copy) => turnStatements(copy)) },
  {
    zone,
    kind: 'describe everything',
    what: 'all',
    template: altered(template, (copy) => {
      Object.assign(copy, { Description: 'Another', Outputs: { X: { Value: 'x' } } });
      for (const one of Object.values(copy.Resources)) Object.assign(one, { Metadata: { Note: 'x' }, DependsOn: [] });
    }),
  },
];

function turnStatements(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, held] of Object.entries(value)) {
    if (key === 'Statement' && Array.isArray(held)) held.reverse();
    else turnStatements(held);
  }
}
