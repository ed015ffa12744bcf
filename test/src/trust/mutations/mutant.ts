import type { Zone } from '../../../../src/trust/templates/template';

/** Any JSON, to be changed. */
export type Loose = Record<string, unknown>;

/** A final template, as JSON. */
export interface LooseTemplate extends Loose {
  readonly Resources: Record<string, { Type: string; Properties: Loose } & Loose>;
}

/** A template with one thing changed. */
export interface TemplateMutant {
  readonly zone: Zone;
  /** What was changed, in general. */
  readonly kind: string;
  /** Where, and to what. */
  readonly what: string;
  readonly template: LooseTemplate;
}

/** A statement of a template: how to find it again in a copy of the template. */
export interface StatementLocation {
  readonly zone: Zone;
  readonly template: LooseTemplate;
  readonly resource: string;
  readonly type: string;
  /** `permission`: the resource itself is the statement. */
  readonly family: 'identity' | 'trust' | 'resource' | 'permission';
  readonly path: readonly (string | number)[];
  readonly statement: Loose;
}

export const listed = (value: unknown): readonly unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

const familyOf = (type: string, path: readonly (string | number)[]): StatementLocation['family'] => {
  if (path.includes('AssumeRolePolicyDocument')) return 'trust';
  return /^AWS::IAM::/.test(type) ? 'identity' : 'resource';
};

/** Every statement of a template, those that permissions of functions stand for included. */
export function statementsIn(zone: Zone, template: LooseTemplate): readonly StatementLocation[] {
  return Object.entries(template.Resources).flatMap(([resource, { Type: type, Properties }]) => {
    const found: StatementLocation[] = [];
    const location = (family: StatementLocation['family'], path: readonly (string | number)[], statement: Loose) =>
      found.push({ zone, template, resource, type, family, path: ['Resources', resource, ...path], statement });
    if (type === 'AWS::Lambda::Permission') location('permission', ['Properties'], Properties);
    const walk = (value: unknown, path: readonly (string | number)[]): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const [key, held] of Object.entries(value)) {
        const at = [...path, Array.isArray(value) ? Number(key) : key];
        if (key !== 'Statement') walk(held, at);
        else for (const [i, one] of listed(held).entries()) location(familyOf(type, path), [...at, i], one as Loose);
      }
    };
    walk(Properties, ['Properties']);
    return found;
  });
}

/** A copy of the template with the statement replaced: by one, by several, or by none. What is beside its path is shared. */
export const replaced = ({ template, path }: StatementLocation, ...statements: readonly Loose[]): LooseTemplate =>
  put(template, path, statements) as LooseTemplate;

function put(held: unknown, [key = '', ...rest]: readonly (string | number)[], statements: readonly Loose[]): unknown {
  if (Array.isArray(held)) {
    const at = Number(key);
    const inside = rest.length > 0 ? [put(held[at], rest, statements)] : statements;
    return [...held.slice(0, at), ...inside, ...held.slice(at + 1)];
  }
  const of = held as Loose;
  return { ...of, [key]: rest.length > 0 ? put(of[key], rest, statements) : statements[0] };
}

/** A copy of the template with something done to it. */
export function altered(template: LooseTemplate, change: (copy: LooseTemplate) => void): LooseTemplate {
  const copy = structuredClone(template);
  change(copy);
  return copy;
}

/** A statement without some of its keys. */
export const without = (statement: Loose, ...keys: readonly string[]): Loose =>
  Object.fromEntries(Object.entries(statement).filter(([key]) => !keys.includes(key)));
