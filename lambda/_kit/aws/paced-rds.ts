import { RDSClient } from '@aws-sdk/client-rds';

/**
 * A client whose calls each wait for a turn, however many are in flight. Each retry waits as well: that is what a throttled account
 * needs. https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/CommonErrors.html
 */
export function pacedRds(pace: { turn(): Promise<void> }): RDSClient {
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
