import { cellSuffix, registryAccessOf } from '../../contract/cells';
import { isObject, type TemplateVariant } from './template';

/** Another cell of the same landing zone. */
export interface OtherCell {
  readonly name: string;
  /** Its vault account. */
  readonly vault: string;
}

/** A Region at the end of a stack's name: a cell may be called `eu`. */
const REGION_NAME = /^[a-z]{2}(-(gov|iso[a-z]?))?-[a-z]+-\d+$/;

/** Whether a stack belongs to another cell: by its name, which contains that of the cell unless it is the main one. */
export const isOfOtherCell = (stack: string, others: readonly OtherCell[]): boolean =>
  others.some(({ name }) => {
    const [tooling, vault] = [`Tooling${cellSuffix(name)}`, `Vault${cellSuffix(name)}-`];
    return stack === tooling || (stack.startsWith(vault) && REGION_NAME.test(stack.slice(vault.length)));
  });

/**
 * The template of the management account without the registry access roles of other cells. Each cell is judged with its own role; the
 * vaults of other cells count as outside.
 */
export function withoutOtherCells(template: unknown, others: readonly OtherCell[]): unknown {
  if (others.length === 0 || !isObject(template) || !isObject(template.Resources)) return template;
  const names = others.map(({ name }) => registryAccessOf(name));
  const isForeign = (resource: unknown) => {
    const { Type, Properties } = Object(resource) as { readonly Type?: unknown; readonly Properties?: unknown };
    return Type === 'AWS::IAM::Role' && names.includes(String(Object(Properties).RoleName));
  };
  const Resources = Object.fromEntries(Object.entries(template.Resources).filter(([, one]) => !isForeign(one)));
  return { ...template, Resources };
}

/** The same of a template that is deployed. */
export function variantWithoutOtherCells(variant: TemplateVariant, others: readonly OtherCell[]): TemplateVariant {
  const names = others.map(({ name }) => registryAccessOf(name));
  const isForeign = (type: string, name: string | undefined) => type === 'AWS::IAM::Role' && names.includes(name ?? '');
  const own = [...variant.resources].filter(([, { type, physicalName }]) => !isForeign(type, physicalName));
  return { ...variant, resources: new Map(own) };
}
