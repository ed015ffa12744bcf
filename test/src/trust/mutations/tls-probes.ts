import type { PolicyBook } from '../../../../src/trust/policy-book';
import type { Probe } from '../../../support/must-be-refused';
import { ACCOUNTS } from './mutated-templates';

/** A usual action on a resource of each service. */
const ASKED: Readonly<Record<string, string>> = {
  sqs: 'sqs:ReceiveMessage',
  sns: 'sns:Publish',
  s3: 's3:ListBucket',
};

/** An administrator of its own account asks each queue, topic and bucket that has a policy for something, without TLS. */
export const withoutTls = (book: PolicyBook): readonly Probe[] =>
  [...new Set(book.policies.filter(({ kind }) => kind === 'resource').map(({ ownerArn }) => ownerArn))].flatMap(
    (arn) => {
      const action = ASKED[arn.split(':')[2] ?? ''];
      // The ARN of a bucket names no account: the vault's are the only ones.
      const account = arn.split(':')[4] || ACCOUNTS.vault;
      if (action === undefined) return [];
      return [
        {
          name: `an administrator of its account asks ${arn} without TLS`,
          principal: `arn:aws:iam::${account}:role/administrator`,
          access: {
            action,
            resource: arn,
            resourceAccount: account,
            page: 'a probe',
            context: { 'aws:SecureTransport': 'false' },
          },
          allowsItselfAll: true,
        },
      ];
    },
  );
