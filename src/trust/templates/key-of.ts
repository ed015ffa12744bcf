import type { TemplateVariant } from './template';

/**
 * The key of a topic or queue; undefined without one. It may be a key that no template creates: no known policy allows a
 * service to use it, and that of `alias/aws/sns` allows none.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export function keyOf(arn: string, templates: readonly TemplateVariant[]): string | undefined {
  for (const { place, resources } of templates) {
    const all = [...resources.values()];
    const key = all.find((one) => one.arn === arn)?.properties.KmsMasterKeyId;
    if (key === undefined) continue;
    const id = String(key);
    const own = all.find(({ arn: one, ref }) => [one, ref].includes(id))?.arn;
    const name = id.includes('/') ? id : `key/${id}`;
    return own ?? (id.startsWith('arn:') ? id : `arn:aws:kms:${place.region}:${place.account}:${name}`);
  }
  return undefined;
}
