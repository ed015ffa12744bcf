import { accountIn } from '../arn';
import type { JudgedTemplate } from './judged-templates';
import { isList, isObject, type Json, type ResolvedResource } from './template';

/** A bucket's name does not hold its account: only a bucket that the template creates is known to be in it. */
const NAMES_BUCKET = /Bucket(Name|Arn)?$/;

/** The ARNs, addresses and buckets outside the template's account that a property names. */
export function pointersToOtherAccounts(value: Json, template: JudgedTemplate, key = ''): readonly string[] {
  if (isList(value)) return value.flatMap((one) => pointersToOtherAccounts(one, template, key));
  if (isObject(value))
    return Object.entries(value).flatMap(([name, held]) => pointersToOtherAccounts(held, template, name));
  if (typeof value !== 'string') return [];
  const isOwn = (): boolean => isCreated(value, template);
  if (value.startsWith('arn:')) return accountIn(value) === template.place.account || isOwn() ? [] : [value];
  return (/^[a-z]+:\/\//.test(value) || NAMES_BUCKET.test(key)) && !isOwn() ? [value] : [];
}

const isCreated = (value: string, { resources }: JudgedTemplate): boolean =>
  resources.some(({ arn, ref }) => value === arn || value === ref);

/** Protocols of subscriptions in templates. An email address, a phone number and a URL have no account. */
const PROTOCOLS: readonly Json[] = ['sqs', 'lambda'];

/** The endpoint of a subscription, unless it is a queue or function of the template's account. */
export function subscribersInOtherAccounts(
  { type, properties }: ResolvedResource,
  template: JudgedTemplate,
): readonly string[] {
  if (type !== 'AWS::SNS::Subscription') return [];
  const { Protocol = null, Endpoint = null } = properties;
  const isOwn =
    typeof Endpoint === 'string' &&
    Endpoint.startsWith(`arn:aws:${String(Protocol)}:`) &&
    (accountIn(Endpoint) === template.place.account || isCreated(Endpoint, template));
  const endpoint = `${JSON.stringify(Endpoint)} by ${JSON.stringify(Protocol)}`;
  return PROTOCOLS.includes(Protocol) && isOwn
    ? []
    : [`it sends to ${endpoint}, which is not a queue or function of the account`];
}
