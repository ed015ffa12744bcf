import type { EnrollmentSettings } from '../../../src/contract/enrollment-settings';
import { CheckvalveError } from '../../../src/contract/errors';
import type { Log } from '../../_kit/ports/log';
import { eachAction } from '../../_kit/runtime/each';
import { act } from './act';
import { type EnrollmentPorts, observe, type Sight } from './observe';
import { type EnrollmentFacts, plan } from './plan';

/** How a look is taken. */
export interface Looking extends Pick<EnrollmentFacts, 'withdrawals' | 'by' | 'now'> {
  readonly ports: EnrollmentPorts;
  readonly settings: EnrollmentSettings;
  readonly log: Log;
}

/**
 * Looks at these accounts, decides, does. An account that cannot be read, or an action that fails, stops no other.
 * @throws CheckvalveError `STEP_FAILED` in the end, when any did
 */
export async function look(sights: readonly Sight[], looking: Looking): Promise<void> {
  const { ports, settings, now, log } = looking;
  const { accounts, unread } = await observe(sights, ports, settings, now);
  const { actions, verdicts } = plan({ ...looking, accounts });
  for (const verdict of verdicts) if (verdict.verdict !== 'skip') log('account.judged', { ...verdict });
  for (const one of unread) log('account.unread', { ...one });
  await eachAction('enroll-accounts', actions, (action) => act(action, ports, now), log);
  if (unread.length === 0) return;
  const message = `${unread.length} account(s) could not be read: ${unread.map(({ account, because }) => `${account} (${because})`).join('; ')}`;
  throw new CheckvalveError('INCOMPLETE_LISTING', message, 'Nothing was decided on them; they are looked at again.');
}
