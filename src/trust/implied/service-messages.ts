import { accountPart } from '../arn';
import type { Access } from './access';

const SNS_KEYS = 'https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html';
const SQS_KEYS = 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html';
const TOPIC_POLICIES = 'https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html';

/**
 * Services whose requests to KMS have no source. The context of the topic policy holds `aws:SourceArn` and
 * `aws:SourceAccount`, that of the key policy does not, so a condition on them in the key policy refuses every event.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 * Assumption (eventbridge-sends-no-source-account-to-keys): EventBridge sends no source to the key of an encrypted queue either;
 * AWS’s page of SQS does not mention it.
 */
const SENDS_NO_SOURCE_TO_KMS: ReadonlySet<string> = new Set(['events.amazonaws.com']);

const from = (sourceArn: string): Access['context'] => ({
  'aws:SourceArn': sourceArn,
  'aws:SourceAccount': accountPart(sourceArn),
});

/**
 * What a service needs from the key that encrypts its message. Assumption (messages-are-kept-without-via-service): the context
 * does not hold `kms:ViaService`.
 */
export function keyAccesses(service: string, sourceArn: string, keyArn: string, page: string): readonly Access[] {
  const source = SENDS_NO_SOURCE_TO_KMS.has(service) ? {} : from(sourceArn);
  return ['kms:Decrypt', 'kms:GenerateDataKey'].map((action) => ({
    action,
    resource: keyArn,
    resourceAccount: accountPart(keyArn),
    context: { 'aws:SecureTransport': 'true', ...source },
    page,
  }));
}

/** A service publishes to a topic for a rule, an alarm or a backup vault. `keyArn` is the key of an encrypted topic. */
export const publicationToTopic = (
  service: string,
  sourceArn: string,
  topicArn: string,
  keyArn: string | null = null,
): readonly Access[] => [
  {
    action: 'sns:Publish',
    resource: topicArn,
    resourceAccount: accountPart(topicArn),
    context: { 'aws:SecureTransport': 'true', ...from(sourceArn) },
    page: TOPIC_POLICIES,
  },
  ...(keyArn ? keyAccesses(service, sourceArn, keyArn, SNS_KEYS) : []),
];

/** What a service needs beside the queue policy to send a message to an encrypted queue. */
export const queueKeyAccesses = (
  service: string,
  sourceArn: string,
  keyArn: string | null = null,
): readonly Access[] => (keyArn ? keyAccesses(service, sourceArn, keyArn, SQS_KEYS) : []);
