import { type AccountId, type Kind, snapshotParts } from '../../../src/contract/ids';
import { PREFIX, TAGS } from '../../../src/contract/names';
import { groupBy, inFlight, isAvailable, isFailed, isLate } from '../../_kit/copies';
import type { Log } from '../../_kit/ports/log';
import type { CopyRecord, OwnCopiesIndex } from '../../_kit/ports/own-copies';
import type { Snapshot } from '../../_kit/ports/snapshots';
import { isVaultCopy } from '../../_kit/vault-copies';
import type { FollowedAccounts, ImportSettings } from './facts';
import { type ImportObservation, readAccounts } from './observe';
import { corrected, type IndexedPorts, isAwaited, isUnfinished } from './own-index';

/** What a run with the index observes. */
export interface IndexedObservation extends ImportObservation {
  /** The index, corrected by what RDS said in this run. */
  readonly records: readonly CopyRecord[];
}

/**
 * Lists what is shared with the vault, and reads what the vault has from the index. RDS gives the state of the copies that are in
 * flight or whose export copy is not marked, in one call for each kind; access roles are assumed only in accounts with something
 * to copy, to mark or to report.
 */
export async function observeIndexed(
  ports: IndexedPorts,
  index: OwnCopiesIndex,
  settings: ImportSettings & FollowedAccounts,
  now: Date,
  log: Log,
): Promise<IndexedObservation> {
  const shared = await ports.snapshots.shared();
  const sharedArns = new Set<string>(shared.map(({ arn }) => arn));
  const isDue = accountsToAsk(shared, index.records, settings, now).length > 0;
  const unfinished = index.records.filter(
    (record) => isUnfinished(record, sharedArns) && (isDue || index.hasWaiting || !isAwaited(record, now)),
  );
  const found = await Promise.all(
    [...groupBy(unfinished, ({ copy }) => copy.kind)].map(([kind, some]) =>
      ports.snapshots.find(
        kind as Kind,
        some.map(({ copy }) => copy.name),
      ),
    ),
  );
  const fresh = corrected(unfinished, found.flat(), now);
  const byArn = new Map<string, CopyRecord>(fresh.map((record) => [record.copy.arn, record]));
  const records = index.records.map((record) => byArn.get(record.copy.arn) ?? record);
  const existing = records.filter(({ isGone }) => !isGone);
  const asked = accountsToAsk(shared, existing, settings, now);
  const { answers, ...roles } = await readAccounts(ports.accessRoles, asked, settings.accepted.size, now, log);
  const confirmed = new Set<string>(found.flat().map(({ arn }) => arn));
  const own = existing.map(({ copy }) => copy);
  return { facts: { ...settings, shared, own, ...roles, confirmed, now }, answers, records };
}

/** The accounts that the vault follows with an export copy that is not copied, not marked, or whose copy is late. */
function accountsToAsk(
  shared: readonly Snapshot[],
  records: readonly CopyRecord[],
  { accepted, limits }: ImportSettings & FollowedAccounts,
  now: Date,
): AccountId[] {
  const copiesOf = groupBy(
    records.filter(({ copy }) => isVaultCopy(copy) && !isFailed(copy)),
    ({ copy }) => copy.tags.get(TAGS.exportCopy) ?? '',
  );
  const needsNothing = ({ copy, isMarked }: CopyRecord) =>
    isAvailable(copy) ? isMarked : inFlight(copy) && !isLate(copy, now, limits);
  const asked = shared
    .filter(({ arn }) => snapshotParts(arn).name.startsWith(`${PREFIX}-`))
    .filter(({ arn }) => !copiesOf.get(arn)?.some(needsNothing))
    .map(({ arn }) => snapshotParts(arn).account);
  return [...new Set(asked)].filter((account) => accepted.has(account));
}
