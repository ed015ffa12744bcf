import { RDSClient } from '@aws-sdk/client-rds';
import { Pace } from '../runtime/pace';

/** RDS calls that a function makes in the vault account, in the long run: 300 a minute. RDS publishes no rate; it throttles an
 * account that calls too often, and people and other tools call as well. */
const CALLS_PER_SECOND = 5;
/** Calls that need not wait: what a notification costs, and the listing of a small vault. */
const BURST = 60;

/**
 * A client whose calls keep to a rate, however many are in flight. Each retry counts: that is what a throttled account needs.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/CommonErrors.html
 */
export function pacedRds(pace: Pick<Pace, 'turn'> = new Pace(CALLS_PER_SECOND, undefined, BURST)): RDSClient {
  const client = new RDSClient({});
  client.middlewareStack.add(
    (next) => async (args) => {
      await pace.turn();
      return next(args);
    },
    // After the middleware that retries, so that it runs for each try.
    { step: 'finalizeRequest', name: 'pace', priority: 'low' },
  );
  return client;
}
