import { type AccountId, snapshotParts } from '../../../src/contract/ids';
import type { AccountAnswers } from '../../_kit/account-answers';
import type { Log } from '../../_kit/ports/log';
import type { SnapshotAccessRoles } from '../../_kit/ports/snapshot-access-roles';
import type { Snapshot } from '../../_kit/ports/snapshots';
import { TimeBudget } from '../../_kit/runtime/time-budget';

/** How long a run, which has five minutes, may take to tag export copies in one account, and in all. The next run tags the
 * rest. */
const MAX_ACCOUNT_MS = 10_000;
const MAX_ALL_MS = 90_000;

/** Errors about one snapshot: they say nothing of the next one of the account. After any other error, the run makes no further
 * call into the account. */
const OF_ONE_SNAPSHOT =
  /(NotFound|QuotaExceeded|LimitExceeded|TagQuota\w*|Invalid\w*|ValidationError)(Fault|Exception)?$/;

/** Tags an export copy. Resolves to whether its account allowed it. */
export type Tag = (exportCopy: Snapshot, tags: Readonly<Record<string, string>>) => Promise<boolean>;

/** Tags export copies through the access roles: the vault writes nothing else in a source. */
export function tagThroughAccessRoles(accessRoles: SnapshotAccessRoles, answers: AccountAnswers, log: Log): Tag {
  const time = new TimeBudget(MAX_ALL_MS);
  /** Milliseconds that the calls into an account have taken; infinite once the run makes no further call into it. */
  const spentMs = new Map<AccountId, number>();
  return async ({ arn }, tags) => {
    const { account } = snapshotParts(arn);
    const spent = spentMs.get(account) ?? 0;
    if (spent >= MAX_ACCOUNT_MS) return false;
    const began = performance.now();
    const spend = (ms: number) => spentMs.set(account, (spentMs.get(account) ?? 0) + ms);
    try {
      await time.within(MAX_ACCOUNT_MS - spent, (signal) => accessRoles.of(account, signal).tag(arn, tags));
      answers.recordSuccess(account);
      spend(performance.now() - began);
      return true;
    } catch (error) {
      const failed = answers.recordFailure(account, error);
      spend(OF_ONE_SNAPSHOT.test(failed.code) ? performance.now() - began : Number.POSITIVE_INFINITY);
      log('access-role.refused', { snapshot: arn, ...failed });
      return false;
    }
  };
}
