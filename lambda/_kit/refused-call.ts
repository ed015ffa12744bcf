import { HOUR } from '../../src/contract/durations';
import type { AccountId } from '../../src/contract/ids';
import type { Alert } from '../../src/contract/management-alerts';

/** A call on the StackSet that AWS refuses, and the accounts that wait for it. */
export interface RefusedCall {
  /** Such as `UpdateStackInstances`. */
  readonly call: string;
  /** AWS's words. */
  readonly because: string;
  readonly since: Date;
  readonly accounts: readonly AccountId[];
}

/** StackSets may be busy, or throttle, for about an hour without a fault. */
const PERSISTENT_HOURS = 2;
const MAX_NAMED = 10;

/** The alert about a call that AWS keeps refusing; undefined while that may end by itself. */
export function refusalAlert({ call, because, since, accounts }: RefusedCall, now: Date): Alert | undefined {
  if (now.getTime() - since.getTime() < PERSISTENT_HOURS * HOUR) return undefined;
  const more = accounts.length > MAX_NAMED ? ` and ${accounts.length - MAX_NAMED} more` : '';
  return {
    kind: 'callRefused',
    // The alert is about the call: nothing is wrong with the accounts.
    accounts: [],
    lines: [
      `AWS refuses ${call} on the StackSet since ${since.toISOString()}: ${because}`,
      `Accounts that wait for it: ${accounts.slice(0, MAX_NAMED).join(', ')}${more}`,
    ],
  };
}

/** Key and text by which the registry records the alert about a refused call: at most one alert for each call and day. */
export const refusalAlertKey = (call: string, now: Date): readonly [about: string, text: string] => [
  `refused ${call}`,
  now.toISOString().slice(0, 10),
];
