import { NAMES } from '../../contract/names';
import { accountIn } from '../arn';
import type { JudgedTemplate } from './judged-templates';
import { type Statement, valuesOf } from './statement';

/** Operators under which a condition limits a statement. */
export const NARROWING_OPERATORS: readonly string[] = ['StringEquals', 'StringLike', 'ArnEquals', 'ArnLike'];

/**
 * Whether a statement limits a service principal to the template's own account. Without such a condition any account can use
 * the service to act through the statement.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 */
export function isLimitedToOwnAccount(statement: Statement, { place, created }: JudgedTemplate): boolean {
  const accounts = valuesOf(statement, 'aws:SourceAccount', NARROWING_OPERATORS);
  const arns = valuesOf(statement, 'aws:SourceArn', NARROWING_OPERATORS);
  return (
    (accounts.length > 0 && accounts.every((one) => one === place.account)) ||
    (arns.length > 0 && arns.every((one) => accountIn(one) === place.account || created.has(one)))
  );
}

/** What EventBridge does with the key of an encrypted topic. */
const TOPIC_KEY_ACTIONS: readonly string[] = ['kms:decrypt', 'kms:generatedatakey'];

/**
 * Whether a statement allows EventBridge to encrypt what it publishes to the alerts topic, and nothing else. AWS documents
 * that `aws:SourceAccount` and `aws:SourceArn` are not supported in the key policy for EventBridge and an encrypted topic.
 * Only here a service principal needs neither: the topic's policy has them, and no copy is under that key.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export function isAlertsKeyUse(
  { owner, principals, actions }: Statement,
  { zone, resources }: JudgedTemplate,
): boolean {
  const keys = resources.filter(({ type, arn }) => type === 'AWS::KMS::Key' && arn === owner);
  const isAlertsKey = resources.some(
    ({ type, physicalName, properties: { KmsMasterKeyId: id } }) =>
      type === 'AWS::SNS::Topic' &&
      physicalName === NAMES.alertsTopic &&
      keys.some(({ arn, ref }) => id === arn || id === ref),
  );
  return (
    zone === 'vault' &&
    isAlertsKey &&
    principals.every(({ kind, name }) => kind === 'Service' && name === 'events.amazonaws.com') &&
    actions.every((action) => TOPIC_KEY_ACTIONS.includes(action.toLowerCase()))
  );
}
