import { type CfnResource, Stack } from 'aws-cdk-lib';
import { CheckvalveError } from '../contract/errors';

/** Properties of a resource as the template will have them. */
export type Properties = Readonly<Record<string, unknown>>;

/** Whether a value is an object with keys. */
export const isObject = (value: unknown): value is Properties =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * What stands in the template in the end, overrides included: a rule that reads a construct's own fields does not see
 * what `addPropertyOverride` puts there.
 */
export function finalProperties(node: CfnResource): Properties {
  // The one place where CDK renders a single resource is not part of its public types.
  const render = (node as unknown as { _toCloudFormation?: () => unknown })._toCloudFormation;
  const rendered: unknown = render ? Stack.of(node).resolve(render.call(node)) : undefined;
  const resources = isObject(rendered) ? rendered.Resources : undefined;
  const [resource] = isObject(resources) ? Object.values(resources) : [];
  if (!isObject(resource)) {
    throw new CheckvalveError(
      'TRUST_BROKEN',
      `${node.node.path} cannot be read as it will stand in the template`,
      'A rule that cannot see a resource takes it for guilty: this version of the CDK renders it in another way.',
    );
  }
  return isObject(resource.Properties) ? resource.Properties : {};
}

/** One or many, as a list. */
export const listed = (value: unknown): readonly unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

/**
 * A value as text: joins joined, references as `${Name}`, attributes as `${Name.Attribute}`.
 * What cannot be told at synthesis is `undefined`: a rule takes that for guilty.
 */
export function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!isObject(value)) return undefined;
  if (typeof value.Ref === 'string') return `\${${value.Ref}}`;
  const attribute = listed(value['Fn::GetAtt']);
  if (attribute.length === 2) return `\${${attribute.join('.')}}`;
  const sub = value['Fn::Sub'];
  if (typeof sub === 'string') return sub;
  const [separator, parts] = listed(value['Fn::Join']);
  if (typeof separator !== 'string' || !Array.isArray(parts)) return undefined;
  const texts = parts.map(asText);
  return texts.every((text) => text !== undefined) ? texts.join(separator) : undefined;
}
