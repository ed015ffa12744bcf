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

/** StackSets is busy, or throttles, for an hour or so without anything being wrong. */
const PERSISTENT_HOURS = 2;
const MAX_NAMED = 10;

/** The alert on a call that is refused and refused again; undefined while that may still pass by itself. */
export function refusalAlert({ call, because, since, accounts }: RefusedCall, now: Date): Alert | undefined {
  if (now.getTime() - since.getTime() < PERSISTENT_HOURS * 3600 * 1000) return undefined;
  const more = accounts.length > MAX_NAMED ? ` and ${accounts.length - MAX_NAMED} more` : '';
  return {
    kind: 'stack-set-call-refused',
    // It is about the call: the accounts wait, and nothing is wrong with them.
    accounts: [],
    lines: [
      `AWS refuses ${call} on the StackSet since ${since.toISOString()}: ${because}`,
      `Accounts that wait for it: ${accounts.slice(0, MAX_NAMED).join(', ')}${more}`,
    ],
  };
}

/** Under what a refused call is noted as told, and what is noted: one alert a call and day. */
export const refusalNews = (call: string, now: Date): readonly [about: string, text: string] => [
  `refused ${call}`,
  now.toISOString().slice(0, 10),
];
