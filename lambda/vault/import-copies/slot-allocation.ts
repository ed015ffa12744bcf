import type { Snapshot } from '../../_kit/ports/snapshots';
import type { DueSnapshot } from './due-snapshot';
import type { VaultCapacity, WaitReason } from './vault-capacity';

/** A snapshot that waits, and why. */
export interface WaitingSnapshot {
  readonly snapshot: Snapshot;
  readonly because: WaitReason;
}

/**
 * Reserves capacity for the due snapshots of one kind, which are given in the order of urgency. Accounts that use no more than
 * their fair part of the slots come first; the others get what is left, by urgency. One account gets at most four fifths of the
 * slots, and two together at most nine tenths. The flood of one account, or of two that cooperate, therefore delays another
 * account's database by at most one run.
 */
export function reserveInTurn(due: readonly DueSnapshot[], capacity: VaultCapacity) {
  const reserved: Snapshot[] = [];
  const waiting: WaitingSnapshot[] = [];
  const fair = capacity.slots.fairPart(due.map(({ account }) => account));
  const second: DueSnapshot[] = [];
  const reserve = (due: DueSnapshot) => {
    const { snapshot } = due;
    const because = capacity.refusal(due);
    if (because) waiting.push({ snapshot, because });
    else {
      capacity.reserve(due);
      reserved.push(snapshot);
    }
  };
  const ranked = capacity.admission.inOrder(due.map((one) => ({ ...one, kind: one.snapshot.kind })));
  for (const one of ranked) {
    if (capacity.slots.usedBy(one.account) >= fair) second.push(one);
    else reserve(one);
  }
  for (const one of second) reserve(one);
  return { reserved, waiting };
}
