import { DAY } from '../../../src/contract/durations';
import type { Alert } from '../../../src/contract/management-alerts';
import { historyWith } from '../../_kit/registry-writes';
import { isConfigured } from './cells';
import { batchesBy, type DecidedAccount } from './decided-accounts';
import type { EnrollmentAction } from './enrollment-action';
import type { EnrollmentFacts } from './facts';

/** A move that takes longer is alerted. */
const STUCK_AFTER = DAY;

/**
 * Continues the moves of accounts to other cells. The StackSets of all cells deploy resources of the same names, so that the
 * tooling of the old cell is withdrawn before that of the new one is deployed: first the instances of the old StackSet are
 * deleted; when none is left, the entry changes to the new cell; then the account lacks the tooling of its cell like any other,
 * and gets it. Each state follows from what is observed, so that a move continues after a crash at any point.
 */
export function planMoves(decided: readonly DecidedAccount[], facts: EnrollmentFacts): readonly EnrollmentAction[] {
  if (!facts.moves) return [];
  const moving = decided.filter(
    ({ observed, decision }) =>
      observed.entry?.moving && (decision.decision === 'enroll' || decision.decision === 'keep'),
  );
  const possible = moving.filter(({ observed }) =>
    isConfigured(observed.entry?.moving?.to ?? '', facts.settings.cells),
  );
  const ready = possible.filter(({ observed }) => observed.instances.length === 0);
  const toWithdraw = possible.filter(({ observed }) => observed.instances.length > 0 && !observed.isBusy);
  const entries = ready.flatMap((one) => movedEntry(one, facts));
  return [
    ...batchesBy(toWithdraw, ({ observed, cell }) => `${cell?.cell} ${observed.instances.join()}`).map(
      (batch): EnrollmentAction => ({
        do: 'withdraw-instances',
        cell: batch[0]?.cell?.cell ?? facts.settings.cells[0].name,
        accounts: batch.map(({ observed }) => observed.account),
        regions: batch[0]?.observed.instances ?? [],
        retain: false,
        entries: [],
      }),
    ),
    ...(entries.length > 0 ? [{ do: 'record', entries } as const] : []),
    ...moving.flatMap((one) => stuckAlert(one, facts)),
  ];
}

/** The entry of an account whose old StackSet has no instance left. */
function movedEntry({ observed: { entry }, cell }: DecidedAccount, { now, by }: EnrollmentFacts) {
  if (!entry?.moving) return [];
  const { to, by: operator, reason, since } = entry.moving;
  const why = `moved by ${operator} on ${since.slice(0, 10)}: ${reason}`;
  const change = { at: now.toISOString(), by, what: `cell ${cell?.cell} → ${to}`, why };
  return [
    {
      ...entry,
      cell: to,
      cellReason: why,
      moving: undefined,
      // It is the rollout of the old StackSet.
      rollout: undefined,
      history: historyWith([change], entry),
    },
  ];
}

/** A move that is older than a day, or that cannot end. It is alerted once. */
function stuckAlert(
  { observed, cell }: DecidedAccount,
  { settings, now }: EnrollmentFacts,
): readonly EnrollmentAction[] {
  const { account, entry, instances } = observed;
  const { to = '', since = '' } = entry?.moving ?? {};
  const isPossible = isConfigured(to, settings.cells);
  if (isPossible && (instances.length === 0 || now.getTime() - Date.parse(since) < STUCK_AFTER)) return [];
  const why = isPossible
    ? `the StackSet of the cell ${cell?.cell} still has instances in ${instances.join(', ')}`
    : `the configuration has no cell ${to}`;
  const alert: Alert = {
    kind: 'move-stuck',
    accounts: [account],
    lines: [
      `The move of ${account} from the cell ${cell?.cell} to ${to}, ordered on ${since}, is not complete: ${why}.`,
    ],
  };
  return [{ do: 'alert-once', key: `move-stuck ${account}`, alert }];
}
