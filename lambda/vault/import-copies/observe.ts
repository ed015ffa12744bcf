import { decidedOf } from '../../../src/contract/decisions';
import { type AccountId, snapshotParts } from '../../../src/contract/ids';
import { PREFIX } from '../../../src/contract/names';
import type { Doors } from '../../_kit/ports/doors';
import type { Log } from '../../_kit/ports/log';
import type { Snapshot, Snapshots } from '../../_kit/ports/snapshots';
import type { Sources } from '../../_kit/ports/sources';
import { isRefusal } from '../../_kit/refusals';
import { failure } from '../../_kit/runtime/each';
import type { ImportFacts } from './plan';

/** What import-copies is told by its stack. */
export type ImportSettings = Pick<ImportFacts, 'importKey' | 'limits' | 'admission'>;

/** What import-copies looks through. */
export interface ImportPorts {
  /** What the vault has accepted of the registry, and what people decided. */
  readonly sources: Pick<Sources, 'known'>;
  readonly snapshots: Snapshots;
  readonly doors: Doors;
}

/** Looks at what is shared, what is held, and what the doors of the accounts concerned show. */
export async function observe(ports: ImportPorts, settings: ImportSettings, now: Date, log: Log): Promise<ImportFacts> {
  const [{ entries, decisions }, shared, own] = await Promise.all([
    ports.sources.known(),
    ports.snapshots.shared(),
    ports.snapshots.manual(),
  ]);
  const evicted = decidedOf(decisions, 'evicted');
  const isFollowed = ({ state, account }: (typeof entries)[number]) => state !== 'left' && !evicted.has(account);
  const accepted = new Set(entries.filter(isFollowed).map(({ account }) => account));
  const decided = { databases: decidedOf(decisions, 'database'), sizes: decidedOf(decisions, 'size') };
  const throughDoors = new Map<string, Snapshot>();
  const unasked = new Set<AccountId>();
  for (const account of owners(shared).filter((id) => accepted.has(id))) {
    const seen = await behind(ports.doors, account, log);
    if (seen === 'could not ask') unasked.add(account);
    else for (const snapshot of seen) throughDoors.set(snapshot.arn, snapshot);
  }
  return { ...settings, accepted, decided, shared, own, throughDoors, unasked, now };
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

/** An account that does not let the vault look in hides its own copies and no other's; one that could not be asked waits. */
async function behind(doors: Doors, account: AccountId, log: Log): Promise<readonly Snapshot[] | 'could not ask'> {
  try {
    return await doors.of(account).manual();
  } catch (error) {
    log(isRefusal(error) ? 'door.stayed-shut' : 'account.could-not-ask', { account, because: failure(error) });
    return isRefusal(error) ? [] : 'could not ask';
  }
}
