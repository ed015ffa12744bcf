import { NAMES } from '../../contract/names';
import type { JudgedTemplate } from './judged-templates';
import { type Statement, valuesOf } from './statement';

/** Operators under which a condition on the source narrows. */
export const NARROWING: readonly string[] = ['StringEquals', 'StringLike', 'ArnEquals', 'ArnLike'];

/**
 * An ARN up to its account. Nothing before that may be a wildcard: under an operator for texts it runs over colons, and so
 * moves another account to where the account stands.
 */
const UP_TO_ACCOUNT = /^arn:aws:[a-z0-9-]+:[a-z0-9-]*:([^:*?]+):/;

/** The account in an ARN; undefined when it is not told for certain. */
export const accountIn = (arn: string): string | undefined => UP_TO_ACCOUNT.exec(arn)?.[1];

/**
 * Whether a service may speak for the template's own account alone. Without such a condition whoever uses the service in
 * an account of his own speaks through it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 */
export function speaksForItself(statement: Statement, { account, made }: JudgedTemplate): boolean {
  const accounts = valuesOf(statement, 'aws:SourceAccount', NARROWING);
  const arns = valuesOf(statement, 'aws:SourceArn', NARROWING);
  return (
    (accounts.length > 0 && accounts.every((one) => one === account)) ||
    (arns.length > 0 && arns.every((one) => accountIn(one) === account || made.has(one)))
  );
}

/** What EventBridge does with the key of an encrypted topic. */
const SEALING: readonly string[] = ['kms:decrypt', 'kms:generatedatakey'];

/**
 * Whether a statement lets EventBridge encrypt what it publishes to the alerts topic, and nothing else. AWS documents that
 * `aws:SourceAccount` and `aws:SourceArn` in a key policy are not supported for EventBridge and encrypted topics, so here, and
 * only here, a service needs neither: the topic's own policy has them, and no copy is under that key.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export function sealsAlerts({ owner, principals, actions }: Statement, { zone, resources }: JudgedTemplate): boolean {
  const keys = resources.filter(({ type, arn }) => type === 'AWS::KMS::Key' && arn === owner);
  const isKeyOfAlerts = resources.some(
    ({ type, physicalName, properties: { KmsMasterKeyId: id } }) =>
      type === 'AWS::SNS::Topic' &&
      physicalName === NAMES.alertsTopic &&
      keys.some(({ arn, ref }) => id === arn || id === ref),
  );
  return (
    zone === 'vault' &&
    isKeyOfAlerts &&
    principals.every(({ kind, who }) => kind === 'Service' && who === 'events.amazonaws.com') &&
    actions.every((action) => SEALING.includes(action.toLowerCase()))
  );
}
