import { isList, isObject, type Json } from './template';
import type { JudgedResource, JudgedTemplate } from './judged-templates';
import { accountIn } from './service-principals';

/** A bucket is named without its account: only one that the template makes is known to be its own. */
const NAMES_BUCKET = /Bucket(Name|Arn)?$/;

/** What a property points to outside its template's account: ARNs, addresses, buckets. */
export function pointersAbroad(value: Json, template: JudgedTemplate, key = ''): readonly string[] {
  if (isList(value)) return value.flatMap((one) => pointersAbroad(one, template, key));
  if (isObject(value)) return Object.entries(value).flatMap(([name, held]) => pointersAbroad(held, template, name));
  if (typeof value !== 'string') return [];
  const isOwn = (): boolean => isMade(value, template);
  if (value.startsWith('arn:')) return accountIn(value) === template.account || isOwn() ? [] : [value];
  return (/^[a-z]+:\/\//.test(value) || NAMES_BUCKET.test(key)) && !isOwn() ? [value] : [];
}

const isMade = (value: string, { resources }: JudgedTemplate): boolean =>
  resources.some(({ arn, ref }) => value === arn || value === ref);

/** What a template may have a topic tell. Mail, telephones and sites have no account: people subscribe theirs by hand. */
const LISTENERS: readonly Json[] = ['sqs', 'lambda'];

/** Whom a subscription tells who is no queue or function of its template's account, or of whom nobody can tell. */
export function toldAbroad({ type, properties }: JudgedResource, template: JudgedTemplate): readonly string[] {
  if (type !== 'AWS::SNS::Subscription') return [];
  const { Protocol = null, Endpoint = null } = properties;
  const isOwn =
    typeof Endpoint === 'string' &&
    Endpoint.startsWith(`arn:aws:${String(Protocol)}:`) &&
    (accountIn(Endpoint) === template.account || isMade(Endpoint, template));
  return LISTENERS.includes(Protocol) && isOwn
    ? []
    : [`it tells ${JSON.stringify(Endpoint)} by ${JSON.stringify(Protocol)}: no queue or function of the account`];
}
