import type { TemplateVariant } from './template';

/**
 * The key of a topic or queue; undefined without one. A key that no template makes counts: no policy that is known lets a
 * service use it, and that of `alias/aws/sns` lets none.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export function keyOf(arn: string, templates: readonly TemplateVariant[]): string | undefined {
  for (const { place, resources } of templates) {
    const made = [...resources.values()];
    const key = made.find((one) => one.arn === arn)?.properties.KmsMasterKeyId;
    if (key === undefined) continue;
    const id = String(key);
    const ours = made.find(({ arn: its, ref }) => [its, ref].includes(id))?.arn;
    const name = id.includes('/') ? id : `key/${id}`;
    return ours ?? (id.startsWith('arn:') ? id : `arn:aws:kms:${place.region}:${place.account}:${name}`);
  }
  return undefined;
}
