import { isList, isObject, type Json } from '../templates/template';
import type { JudgedTemplate } from './estate';
import { accountIn } from './sources-of-services';

/** A bucket is named without its account: only one that the template makes is known to be its own. */
const NAMES_BUCKET = /Bucket(Name|Arn)?$/;

/** What a property points to outside its template's account: ARNs, addresses, buckets. */
export function pointersAbroad(value: Json, template: JudgedTemplate, key = ''): readonly string[] {
  if (isList(value)) return value.flatMap((one) => pointersAbroad(one, template, key));
  if (isObject(value)) return Object.entries(value).flatMap(([name, held]) => pointersAbroad(held, template, name));
  if (typeof value !== 'string') return [];
  const isOwn = (): boolean => template.resources.some(({ arn, ref }) => value === arn || value === ref);
  if (value.startsWith('arn:')) return accountIn(value) === template.account || isOwn() ? [] : [value];
  return (/^[a-z]+:\/\//.test(value) || NAMES_BUCKET.test(key)) && !isOwn() ? [value] : [];
}
