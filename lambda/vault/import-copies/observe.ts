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
import type { ImportFacts } from './plan';

/** What import-copies is told by its stack. */
export type ImportSettings = Pick<ImportFacts, 'importKey' | 'limits' | 'admission'>;

/** What import-copies looks through. */
export interface ImportPorts {
  /** What the vault has accepted of the registry, and what people decided. */
  readonly sources: Pick<Sources, 'known'>;
  readonly snapshots: Snapshots;
  readonly accessRoles: SnapshotAccessRoles;
}

/** Which accounts the vault follows, and what people decided. */
export type Followed = Pick<ImportFacts, 'accepted' | 'decided'>;

/** What was seen, and how the accounts answered. */
export interface Observed {
  readonly facts: ImportFacts;
  readonly looks: AccountAnswers;
}

/** Access roles that are used at the same time, how long one account may take to list its snapshots, and how long all of them:
 * a run has five minutes. */
const AT_A_TIME = 10;
const LOOK_WITHIN_MS = 30_000;
const ALL_WITHIN_MS = 100_000;

/** Reads which accounts the vault follows: an account that a person evicted is none of them. */
export async function followed(sources: ImportPorts['sources']): Promise<Followed> {
  const { entries, decisions } = await sources.known();
  const evicted = decidedOf(decisions, 'evicted');
  const isFollowed = ({ state, account }: (typeof entries)[number]) => state !== 'left' && !evicted.has(account);
  return {
    accepted: new Set(entries.filter(isFollowed).map(({ account }) => account)),
    decided: { databases: decidedOf(decisions, 'database'), sizes: decidedOf(decisions, 'size') },
  };
}

/** Looks at what is shared, what is held, and what the access roles of the accounts concerned show. */
export async function observe(
  ports: Pick<ImportPorts, 'snapshots' | 'accessRoles'>,
  settings: ImportSettings & Followed,
  now: Date,
  log: Log,
): Promise<Observed> {
  const [shared, own] = await Promise.all([ports.snapshots.shared(), ports.snapshots.manual()]);
  const throughAccessRoles = new Map<string, Snapshot>();
  const unasked = new Set<AccountId>();
  const looks = new AccountAnswers('Listing the snapshots', isRefusal, settings.accepted.size);
  const time = new TimeBudget(ALL_WITHIN_MS);
  const asked = rotated(
    owners(shared).filter((id) => settings.accepted.has(id)),
    now,
  );
  await inParallel(asked, AT_A_TIME, async (account) => {
    try {
      const seen = await time.within(LOOK_WITHIN_MS, (signal) => ports.accessRoles.of(account, signal).manual());
      for (const snapshot of seen) throughAccessRoles.set(snapshot.arn, snapshot);
      looks.recordSuccess(account);
    } catch (error) {
      // An account that does not let the vault look in hides its own copies and no other's; one that could not be asked waits.
      const isShut = isRefusal(error);
      if (!isShut) unasked.add(account);
      log(isShut ? 'access-role.denied' : 'account.could-not-ask', { ...looks.recordFailure(account, error) });
    }
  });
  return { facts: { ...settings, shared, own, throughAccessRoles, unasked, now }, looks };
}

/** The accounts that share something under our name. */
const owners = (shared: readonly Snapshot[]): AccountId[] => [
  ...new Set(
    shared
      .map(({ arn }) => snapshotParts(arn))
      .filter(({ name }) => name.startsWith(`${PREFIX}-`))
      .map(({ account }) => account),
  ),
];
