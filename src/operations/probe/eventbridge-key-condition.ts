import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Probe } from './probe';
import { queueResources, receive } from './queues';
import { keyResource, type Resources, stack } from './stacks';

const EVENTS = { Service: 'events.amazonaws.com' };

/** A topic under a key that EventBridge may use, with or without a condition on the account, and its subscription. */
function topic(id: string, name: string, account: string, condition?: object): Resources {
  const Action = ['kms:Decrypt', 'kms:GenerateDataKey*'];
  const use = { Effect: 'Allow', Principal: EVENTS, Action, Resource: '*' };
  const publish = { Effect: 'Allow', Principal: EVENTS, Action: 'sns:Publish', Resource: { Ref: id } };
  return {
    [`${id}Key`]: keyResource(account, { ...use, ...(condition && { Condition: condition }) }),
    [id]: {
      Type: 'AWS::SNS::Topic',
      Properties: { TopicName: name, KmsMasterKeyId: { 'Fn::GetAtt': [`${id}Key`, 'Arn'] } },
    },
    [`${id}Policy`]: {
      Type: 'AWS::SNS::TopicPolicy',
      Properties: { Topics: [{ Ref: id }], PolicyDocument: { Version: '2012-10-17', Statement: [publish] } },
    },
    [`${id}Subscription`]: {
      Type: 'AWS::SNS::Subscription',
      Properties: { TopicArn: { Ref: id }, Protocol: 'sqs', Endpoint: { 'Fn::GetAtt': ['Queue', 'Arn'] } },
    },
  };
}

/** Does an event reach a topic whose key EventBridge may use only for one account? */
export const eventbridgeKeyCondition: Probe = {
  id: 'eventbridge-key-condition',
  assumptions: ['eventbridge-sends-no-source-account-to-keys'],
  creates: 'two topics, each under a KMS key, an EventBridge rule and a queue',
  maxCostUsd: 0.1,
  assumed: 'only-without-condition',
  ask: async ({ source }, scope) => {
    const [queue, Source] = [scope.name('alerts'), scope.name('asks')];
    const mine = { StringEquals: { 'aws:SourceAccount': source.account } };
    const Targets = ['Bound', 'Free'].map((Id) => ({ Id, Arn: { Ref: Id } }));
    await stack(scope, 'source', 'alerts', {
      ...queueResources(queue, 'sns.amazonaws.com'),
      ...topic('Bound', scope.name('bound'), source.account, mine),
      ...topic('Free', scope.name('free'), source.account),
      Rule: { Type: 'AWS::Events::Rule', Properties: { Name: Source, EventPattern: { source: [Source] }, Targets } },
    });
    await scope.pause(60);
    await source.events.send(new PutEventsCommand({ Entries: [{ Source, DetailType: 'probe', Detail: '{}' }] }));
    const bodies = await receive(scope, source, queue, 5, (all) => all.length >= 2);
    const arrived = (name: string) => bodies.some((body) => body.includes(`${scope.name(name)}"`));
    if (arrived('bound')) return arrived('free') ? 'both' : 'only-with-condition';
    if (arrived('free')) return 'only-without-condition';
    // When the event without a condition does not arrive either, the other one proves nothing about the condition.
    throw new Error(`No event reached ${scope.name('free')}, whose key has no condition`);
  },
};
