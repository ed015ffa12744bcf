import { eventToQueue } from '../implied/service-accesses';
import { publicationToTopic, sealingInQueue } from '../implied/service-messages';
import { keyOf } from '../templates/key-of';
import { isList, isObject, type Json, type ResolvedResource, type TemplateVariant } from '../templates/template';
import type { Need } from './needs';

/** What publishes by itself: for each type of resource the service that does it, and the properties that name where to. */
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

/** Every ARN that a property names: of a target, of the queue for its dead letters, of an action. */
function arnsIn(value: Json | undefined): readonly string[] {
  if (typeof value === 'string') return value.startsWith('arn:') ? [value] : [];
  if (isList(value)) return value.flatMap(arnsIn);
  // What a rule sends as its input may name topics and queues too.
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
        return [[service, [eventToQueue(arn, target), ...sealingInQueue(service, arn, key)]] as const];
      default:
        return [];
    }
  });
}

/**
 * What EventBridge and CloudWatch need to bring what rules and alarms say to topics and queues: that these let them in, and
 * that the keys under which messages are kept let them, too.
 */
export const neededToNotify = (templates: readonly TemplateVariant[]): readonly Need[] =>
  templates.flatMap(({ resources }) =>
    [...resources.values()].flatMap((one) =>
      neededBy(one, templates).map(([service, way]) => ({ principal: { service }, ways: [way] })),
    ),
  );

/** What SNS needs of the key of a queue to put the messages of a topic into it, beside the queue's policy. */
export const neededToSeal = (
  topic: string,
  queue: string,
  templates: readonly TemplateVariant[],
): Need['ways'][number] => sealingInQueue('sns.amazonaws.com', topic, keyOf(queue, templates));
