import type { RDSClient } from '@aws-sdk/client-rds';
import type { AwsClock } from '../ports/aws-clock';

/**
 * {@link AwsClock} on the `Date` header of each answer of RDS. Assumption (answers-of-rds-carry-the-date). The answers come over
 * TLS, and RDS refuses a request whose signature is more than a few minutes off.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/CommonParameters.html
 */
export class RdsClock implements AwsClock {
  private latest: Date | undefined;

  constructor(client: RDSClient) {
    client.middlewareStack.add(
      (next) => async (args) => {
        const answer = await next(args);
        const { headers } = answer.response as { readonly headers?: Readonly<Record<string, string>> };
        const at = new Date(headers?.date ?? '');
        if (!Number.isNaN(at.getTime())) this.latest = at;
        return answer;
      },
      { step: 'deserialize', name: 'readDateOfAnswer', priority: 'low' },
    );
  }

  now(): Date | undefined {
    return this.latest;
  }
}
