import { eventToQueue } from '../implied/service-accesses';
import { publicationToTopic, queueKeyAccesses } from '../implied/service-messages';
import { keyOf } from '../templates/key-of';
import { isList, isObject, type Json, type ResolvedResource, type TemplateVariant } from '../templates/template';
import type { Need } from './need';

/** Resource types that publish: the service that does it, and the properties that name the destinations. */
const PUBLISHERS: Readonly<Record<string, { readonly service: string; readonly to: readonly string[] }>> = {
  'AWS::Events::Rule': { service: 'events.amazonaws.com', to: ['Targets'] },
  'AWS::CloudWatch::Alarm': {
    service: 'cloudwatch.amazonaws.com',
    to: ['AlarmActions', 'InsufficientDataActions', 'OKActions'],
  },
  'AWS::CloudWatch::CompositeAlarm': {
    service: 'cloudwatch.amazonaws.com',
    to: ['AlarmActions', 'InsufficientDataActions', 'OKActions'],
  },
};

/** The ARNs that a property names: of a target, of its dead-letter queue, of an action. */
function arnsIn(value: Json | undefined): readonly string[] {
  if (typeof value === 'string') return value.startsWith('arn:') ? [value] : [];
  if (isList(value)) return value.flatMap(arnsIn);
  // The input of a target can also contain ARNs, which are not destinations.
  return isObject(value) ? [...arnsIn(value.Arn), ...arnsIn(value.DeadLetterConfig)] : [];
}

function neededBy(
  { type, arn, properties }: ResolvedResource,
  templates: readonly TemplateVariant[],
): readonly (readonly [service: string, way: Need['ways'][number]])[] {
  const publisher = PUBLISHERS[type];
  if (!publisher || arn === undefined) return [];
  const { service, to } = publisher;
  return [...new Set(to.flatMap((name) => arnsIn(properties[name])))].flatMap((target) => {
    const key = keyOf(target, templates);
    switch (target.split(':')[2]) {
      case 'sns':
        return [[service, publicationToTopic(service, arn, target, key)] as const];
      case 'sqs':
        return [[service, [eventToQueue(arn, target), ...queueKeyAccesses(service, arn, key)]] as const];
      default:
        return [];
    }
  });
}

/**
 * What EventBridge and CloudWatch need to publish to topics and queues: permissions in the policies of these, and in the
 * policies of the keys that encrypt the messages.
 */
export const neededToNotify = (templates: readonly TemplateVariant[]): readonly Need[] =>
  templates.flatMap(({ resources }) =>
    [...resources.values()].flatMap((one) =>
      neededBy(one, templates).map(([service, way]) => ({ principal: { service }, ways: [way] })),
    ),
  );

/** What SNS needs from the key of a queue to send the messages of a topic to it, beside the queue policy. */
export const neededToEncrypt = (
  topic: string,
  queue: string,
  templates: readonly TemplateVariant[],
): Need['ways'][number] => queueKeyAccesses('sns.amazonaws.com', topic, keyOf(queue, templates));
