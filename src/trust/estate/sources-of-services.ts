import type { JudgedTemplate } from './estate';
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
