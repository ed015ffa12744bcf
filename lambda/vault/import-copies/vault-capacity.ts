import { Admission, type AdmissionWait, type HeldCopy, type WantedCopy } from '../../../src/contract/admission';
import type { Kind } from '../../../src/contract/ids';
import { TAGS } from '../../../src/contract/names';
import { inFlight, isFailed, type NO_SLOT, type SLOTS_KEPT } from '../../_kit/copies';
import type { Snapshot } from '../../_kit/ports/snapshots';
import { type History, importTime, originOf } from '../../_kit/vault-copies';
import type { ACCOUNT_BACKOFF, AccountBackoff } from './account-backoff';
import type { DueSnapshot } from './due-snapshot';
import type { ImportFacts } from './facts';
import { Slots } from './slots';

/** Why a snapshot that is due is not copied in this run. */
export type WaitReason = typeof NO_SLOT | typeof SLOTS_KEPT | typeof ACCOUNT_BACKOFF | AdmissionWait;

const wantedOf = ({ snapshot: { kind, database, arn, sizeGiB }, account, isOlder }: DueSnapshot): WantedCopy => ({
  kind,
  account,
  database,
  exportCopy: arn,
  sizeGiB,
  isOlder,
});

/** What a run may still copy of one kind of snapshot. Only `reserve` changes anything. */
export class VaultCapacity {
  constructor(
    /** The places in the vault. */
    readonly admission: Admission,
    /** Accounts whose copies fail. */
    readonly backoff: AccountBackoff,
    /** The slots of RDS for this kind. */
    readonly slots: Slots,
  ) {}

  /** Why a snapshot waits; undefined when it may be copied now. */
  refusal(due: DueSnapshot): WaitReason | undefined {
    return (
      this.backoff.refusal(due.account) ?? this.admission.refusal(wantedOf(due)) ?? this.slots.refusal(due.account)
    );
  }

  /** Uses a place and a slot for a copy that this run starts. */
  reserve(due: DueSnapshot): void {
    this.admission.reserve(wantedOf(due));
    this.backoff.reserve(due.account);
    this.slots.reserve(due.account);
  }
}

/** The slots of one kind of snapshot. */
export function slotsOf(kind: Kind, { own, limits, accepted }: ImportFacts, copies: readonly Snapshot[]): Slots {
  const all = kind === 'instance' ? limits.maxInstanceCopiesInFlight : limits.maxClusterCopiesInFlight;
  return new Slots({
    free: all - own.filter((one) => one.kind === kind && inFlight(one)).length,
    all,
    inFlight: copies.filter((copy) => copy.kind === kind && inFlight(copy)).map(originOf),
    accounts: accepted.size,
  });
}

/** The places in the vault. A snapshot that is not known to be a copy of a database counts as foreign: it uses a place. */
export function admissionOf(
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
