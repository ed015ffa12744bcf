import { Admission, type HeldCopy } from '../../../src/contract/admission';
import type { Kind } from '../../../src/contract/ids';
import { TAGS } from '../../../src/contract/names';
import { isFailed } from '../../_kit/copies';
import type { Snapshot } from '../../_kit/ports/snapshots';
import { type History, importTime, originOf } from '../../_kit/vault-copies';
import type { ImportFacts } from './plan';

/** The room in the vault. Whatever is not known to be a copy of some database counts as foreign: its place is taken. */
export function roomOf(
  { own, limits, admission, accepted, decided, now }: Omit<ImportFacts, 'shared' | 'throughAccessRoles'>,
  copies: readonly Snapshot[],
  { older }: Pick<History, 'older'>,
): Admission {
  const held = copies.flatMap((copy): HeldCopy[] => {
    const [account, database] = [originOf(copy), copy.tags.get(TAGS.database)];
    if (!account || !database) return [];
    const importedAt = importTime(copy).getTime();
    const sizeGiB = isFailed(copy) ? 0 : copy.sizeGiB;
    const onHold = copy.tags.has(TAGS.legalHold);
    return [{ kind: copy.kind, account, database, importedAt, sizeGiB, onHold, isOlder: older.has(copy) }];
  });
  const count = (of: readonly { readonly kind: Kind }[], kind: Kind) => of.filter((one) => one.kind === kind).length;
  const foreign = (kind: Kind) => count(own, kind) - count(held, kind);
  return new Admission({
    rules: admission,
    quota: limits.manualSnapshotQuota,
    held,
    foreign: { instance: foreign('instance'), cluster: foreign('cluster') },
    followed: accepted,
    accepted: decided?.databases,
    sizes: decided?.sizes,
    now: now.getTime(),
  });
}
