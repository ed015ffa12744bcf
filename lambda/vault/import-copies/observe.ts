import { decidedOf } from '../../../src/contract/decisions';
import { type AccountId, snapshotParts } from '../../../src/contract/ids';
import { PREFIX } from '../../../src/contract/names';
import { AccountAnswers } from '../../_kit/account-answers';
import type { Log } from '../../_kit/ports/log';
import type { SnapshotAccessRoles } from '../../_kit/ports/snapshot-access-roles';
import type { Snapshot, Snapshots } from '../../_kit/ports/snapshots';
import type { Sources } from '../../_kit/ports/sources';
import { isRefusal } from '../../_kit/refusals';
import { inParallel } from '../../_kit/runtime/in-parallel';
import { rotated } from '../../_kit/runtime/rotated';
import { TimeBudget } from '../../_kit/runtime/time-budget';
import type { FollowedAccounts, ImportFacts, ImportSettings } from './facts';

/** What import-copies reads and writes. */
export interface ImportPorts {
  /** The accounts that the vault has accepted, and what operators decided. */
  readonly sources: Pick<Sources, 'known'>;
  readonly snapshots: Snapshots;
  readonly accessRoles: SnapshotAccessRoles;
}

/** The facts, and how the accounts answered. */
export interface ImportObservation {
  readonly facts: ImportFacts;
  readonly answers: AccountAnswers;
}

/** Access roles in use at the same time, how long one account may take to list its snapshots, and how long all of them: a run
 * has five minutes. */
const MAX_AT_A_TIME = 20;
const MAX_ACCOUNT_MS = 30_000;
const MAX_ALL_MS = 100_000;

/** Reads which accounts the vault follows. It does not follow an account that an operator evicted. */
export async function followedAccounts(sources: ImportPorts['sources']): Promise<FollowedAccounts> {
  const { entries, decisions } = await sources.known();
  const evicted = decidedOf(decisions, 'evicted');
  const isFollowed = ({ state, account }: (typeof entries)[number]) => state !== 'left' && !evicted.has(account);
  return {
    accepted: new Set(entries.filter(isFollowed).map(({ account }) => account)),
    decided: { databases: decidedOf(decisions, 'database'), sizes: decidedOf(decisions, 'size') },
  };
}

/** Lists what is shared with the vault, what the vault has, and what the access roles of the sharing accounts show. */
export async function observe(
  ports: Pick<ImportPorts, 'snapshots' | 'accessRoles'>,
  settings: ImportSettings & FollowedAccounts,
  now: Date,
  log: Log,
): Promise<ImportObservation> {
  const [shared, own] = await Promise.all([ports.snapshots.shared(), ports.snapshots.manual()]);
  const asked = sharingAccounts(shared).filter((id) => settings.accepted.has(id));
  const { answers, ...found } = await readAccounts(ports.accessRoles, asked, settings.accepted.size, now, log);
  return { facts: { ...settings, shared, own, ...found, now }, answers };
}

/** The snapshots of accounts, read through their access roles. Another account begins in each run.
 * @param followed the number of accounts that the vault follows */
export async function readAccounts(
  accessRoles: SnapshotAccessRoles,
  accounts: readonly AccountId[],
  followed: number,
  now: Date,
  log: Log,
) {
  const throughAccessRoles = new Map<string, Snapshot>();
  const unreached = new Set<AccountId>();
  const answers = new AccountAnswers('Listing the snapshots', isRefusal, followed);
  const time = new TimeBudget(MAX_ALL_MS);
  await inParallel(rotated(accounts, now), MAX_AT_A_TIME, async (account) => {
    try {
      const found = await time.within(MAX_ACCOUNT_MS, (signal) => accessRoles.of(account, signal).manual());
      for (const snapshot of found) throughAccessRoles.set(snapshot.arn, snapshot);
      answers.recordSuccess(account);
    } catch (error) {
      // An account that denies access hides its own copies and no others; one that did not answer waits for the next run.
      const isDenied = isRefusal(error);
      if (!isDenied) unreached.add(account);
      log(isDenied ? 'access-role.denied' : 'account.not-reached', { ...answers.recordFailure(account, error) });
    }
  });
  return { throughAccessRoles, unreached, answers };
}

/** The accounts that share a snapshot with a name of ours. */
export const sharingAccounts = (shared: readonly Snapshot[]): AccountId[] => [
  ...new Set(
    shared
      .map(({ arn }) => snapshotParts(arn))
      .filter(({ name }) => name.startsWith(`${PREFIX}-`))
      .map(({ account }) => account),
  ),
];
