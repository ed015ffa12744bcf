import type { Access } from './access';

const SNS_KEYS = 'https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html';
const SQS_KEYS = 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html';
const TOPIC_POLICIES = 'https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html';

const accountIn = (arn: string): string => arn.split(':')[4] ?? '';

/**
 * Services that name no source to KMS. The keys `aws:SourceArn` and `aws:SourceAccount` are in the context of the topic's
 * policy and not in that of the key's, so that a condition on them in the key's policy refuses every event.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 * Assumption (eventbridge-sends-no-source-account-to-keys): EventBridge names no source to the key of an encrypted queue either; the page of SQS says nothing else.
 */
const NAMES_NO_SOURCE_TO_KMS: ReadonlySet<string> = new Set(['events.amazonaws.com']);

const from = (sourceArn: string): Access['context'] => ({
  'aws:SourceArn': sourceArn,
  'aws:SourceAccount': accountIn(sourceArn),
});

/** What a service needs of the key under which its message is kept. Assumption (messages-are-kept-without-via-service): `kms:ViaService` is not in the context. */
export function sealing(service: string, sourceArn: string, keyArn: string, page: string): readonly Access[] {
  const source = NAMES_NO_SOURCE_TO_KMS.has(service) ? {} : from(sourceArn);
  return ['kms:Decrypt', 'kms:GenerateDataKey'].map((action) => ({
    action,
    resource: keyArn,
    resourceAccount: accountIn(keyArn),
    context: { 'aws:SecureTransport': 'true', ...source },
    page,
  }));
}

/** A service publishes to a topic, for a rule, an alarm, a vault; `keyArn` is the key of an encrypted topic. */
export const publicationToTopic = (
  service: string,
  sourceArn: string,
  topicArn: string,
  keyArn: string | null = null,
): readonly Access[] => [
  {
    action: 'sns:Publish',
    resource: topicArn,
    resourceAccount: accountIn(topicArn),
    context: { 'aws:SecureTransport': 'true', ...from(sourceArn) },
    page: TOPIC_POLICIES,
  },
  ...(keyArn ? sealing(service, sourceArn, keyArn, SNS_KEYS) : []),
];

/** What a service needs beside the queue's policy to put a message into an encrypted queue. */
export const sealingInQueue = (service: string, sourceArn: string, keyArn: string | null = null): readonly Access[] =>
  keyArn ? sealing(service, sourceArn, keyArn, SQS_KEYS) : [];
