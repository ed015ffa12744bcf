import type { EnrollmentSettings } from '../../../src/contract/enrollment-settings';
import { CheckvalveError } from '../../../src/contract/errors';
import type { Log } from '../../_kit/ports/log';
import { eachAction } from '../../_kit/runtime/each';
import { act } from './act';
import type { AccountToObserve, EnrollmentFacts } from './facts';
import { type EnrollmentPorts, observe, observeLoad } from './observe';
import { plan } from './plan';

/** Ports, settings and clock of one invocation. */
export interface EnrollmentRun {
  readonly ports: EnrollmentPorts;
  readonly settings: EnrollmentSettings;
  readonly now: Date;
  readonly log: Log;
}

/** What a run may do with its accounts, and the principal that caused it. */
export type Mandate = Pick<EnrollmentFacts, 'withdrawals' | 'by' | 'moves'>;

/**
 * Observes, plans and acts on these accounts. An account that cannot be read, or an action that fails, stops no other.
 * @throws CheckvalveError `INCOMPLETE_LISTING` or `STEP_FAILED` at the end, when any account or action failed
 */
export async function processAccounts(
  toObserve: readonly AccountToObserve[],
  { ports, settings, now, log }: EnrollmentRun,
  mandate: Mandate,
): Promise<void> {
  const { accounts, unread } = await observe(toObserve, ports, settings, now);
  const load = await observeLoad(accounts, ports, settings, now);
  const { actions, decisions } = plan({ ...mandate, settings, now, accounts, load });
  for (const decision of decisions) if (decision.decision !== 'skip') log('account.decided', { ...decision });
  for (const one of unread) log('account.unread', { ...one });
  await eachAction('enroll-accounts', actions, (action) => act(action, ports, now), log);
  if (unread.length === 0) return;
  const list = unread.map(({ account, because }) => `${account} (${because})`).join('; ');
  const message = `${unread.length} account(s) could not be read: ${list}`;
  throw new CheckvalveError(
    'INCOMPLETE_LISTING',
    message,
    'Nothing was decided on these accounts; the queue retries them.',
  );
}
