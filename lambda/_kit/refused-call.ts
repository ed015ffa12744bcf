import { HOUR } from '../../src/contract/durations';
import type { AccountId } from '../../src/contract/ids';
import { type Alert, alertText } from '../../src/contract/management-alerts';
import type { Alerts } from './ports/alerts';
import type { EnrollmentRegistry } from './ports/registry';

/** A call on the StackSet that AWS refuses, and the accounts that wait for it. */
export interface RefusedCall {
  /** Such as `UpdateStackInstances`. */
  readonly call: string;
  /** AWS's message. */
  readonly because: string;
  readonly accounts: readonly AccountId[];
}

/** StackSets may be busy, or throttle, for about an hour without a fault. */
const PERSISTENT_HOURS = 2;
const MAX_NAMED = 10;

/** The alert about a call that AWS has refused since then; undefined while the refusal may end by itself. */
export function refusalAlert({ call, because, accounts }: RefusedCall, since: Date, now: Date): Alert | undefined {
  if (now.getTime() - since.getTime() < PERSISTENT_HOURS * HOUR) return undefined;
  const more = accounts.length > MAX_NAMED ? ` and ${accounts.length - MAX_NAMED} more` : '';
  return {
    kind: 'stack-set-call-refused',
    // The subject names no account: the accounts wait, and have no fault.
    accounts: [],
    lines: [
      `AWS refuses ${call} on the StackSet since ${since.toISOString()}: ${because}`,
      `Accounts that wait for it: ${accounts.slice(0, MAX_NAMED).join(', ')}${more}`,
    ],
  };
}

/** Records a refusal, and sends an alert once a day for each call when the refusal persists. */
export async function alertRefusedCall(
  refused: RefusedCall,
  {
    registry,
    alerts,
  }: { readonly registry: Pick<EnrollmentRegistry, 'recordAlert' | 'recordRefusal'>; readonly alerts: Alerts },
  now: Date,
): Promise<void> {
  const alert = refusalAlert(refused, await registry.recordRefusal(refused.call, now), now);
  const today = now.toISOString().slice(0, 10);
  if (!alert || !(await registry.recordAlert(`refused ${refused.call}`, today))) return;
  const { subject, message, article } = alertText(alert);
  await alerts.publish(subject, message, article);
}
