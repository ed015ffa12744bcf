import type { Log } from '../../_kit/ports/log';
import { eachAction } from '../../_kit/runtime/each';
import { act } from './act';
import { type EnrolmentPorts, observe } from './observe';
import { type EnrolmentSettings, plan } from './plan';

/** One run of the step: look, decide, do. Safe to run at any time, twice, or after a run that was cut off. */
export async function enrollAccounts(ports: EnrolmentPorts, settings: EnrolmentSettings, now: Date, log: Log) {
  const { actions, verdicts } = plan(await observe(ports, settings, now));
  for (const verdict of verdicts) log('account.judged', { ...verdict });
  return eachAction('enroll-accounts', actions, (action) => act(action, ports), log);
}
