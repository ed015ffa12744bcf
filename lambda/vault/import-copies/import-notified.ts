import { type AccountId, type Kind, type SnapshotArn, snapshotParts } from '../../../src/contract/ids';
import { groupBy } from '../../_kit/copies';
import type { Log } from '../../_kit/ports/log';
import type { OwnCopiesIndex } from '../../_kit/ports/own-copies';
import type { Snapshot } from '../../_kit/ports/snapshots';
import type { Wakeups } from '../../_kit/ports/wakeups';
import { inParallel } from '../../_kit/runtime/in-parallel';
import { TimeBudget } from '../../_kit/runtime/time-budget';
import type { ImportSettings } from './facts';
import { type IndexedPorts, started } from './own-index';
import { type ImportAction, type Passed, plan } from './plan';

/** `done`: that is all. `more`: a run over all that is shared follows. `list`: RDS refused a copy for which the index has room, so
 * that this run must list the vault's own copies. */
export type ShortOutcome = 'done' | 'more' | 'list';

/** Accounts that are asked at the same time, and how long one may take. */
const MAX_AT_A_TIME = 10;
const MAX_ACCOUNT_MS = 30_000;

/** A notification about such a snapshot needs nothing. */
const SETTLED: ReadonlySet<Passed['because']> = new Set(['already-imported', 'foreign-name']);

/**
 * Copies the export copies that notifications name, by five calls for one of them: the run reads the index, and the export copy
 * through the access role of its account alone. It does what a run over all that is shared would do, and only where nothing
 * stands in the way.
 * Longer than most: what it does and does not do is read in one pass.
 * @param copies export copies of accounts that the vault follows
 */
export async function importNotified(
  copies: readonly SnapshotArn[],
  { records, followed }: OwnCopiesIndex,
  ports: IndexedPorts & { readonly wakeups: Wakeups },
  settings: ImportSettings,
  now: Date,
  log: Log,
): Promise<ShortOutcome> {
  const wanted = new Set<string>(copies);
  const own = records.map(({ copy }) => copy);
  const accounts = [...new Set(copies.map((arn) => snapshotParts(arn).account))];
  const throughAccessRoles = await readCopies([...wanted] as SnapshotArn[], ports.accessRoles);
  if (throughAccessRoles.size < wanted.size) return 'more';
  const facts = {
    ...settings,
    accepted: new Set<AccountId>([...followed, ...accounts]),
    // What RDS shows of a shared snapshot: the same, without tags. RDS refuses the copy of one that is not shared.
    shared: [...throughAccessRoles.values()].map((one) => ({
      ...one,
      type: 'shared',
      tags: new Map<string, string>(),
    })),
    own,
    throughAccessRoles,
    confirmed: new Set<string>(),
    now,
  };
  const { actions, passed, nextRunInMinutes } = plan(facts);
  const imports = actions.filter((action): action is Extract<ImportAction, { do: 'import' }> => action.do === 'import');
  if (imports.length < actions.length || passed.some(({ because }) => !SETTLED.has(because))) return 'more';
  log('copies.notified', { notified: wanted.size, imports: imports.length });
  if (nextRunInMinutes && imports.some(({ order }) => order.kind === 'cluster'))
    await ports.wakeups.wakeIn(nextRunInMinutes);
  const begun = [];
  let outcome: ShortOutcome = 'done';
  for (const action of imports) {
    const ended = await ports.snapshots.copy(action.order);
    log(`import.${ended.kind}`, { action, outcome: ended.kind });
    // A refusal is recorded by a run that sees the whole account.
    if (ended.kind !== 'started' && ended.kind !== 'already-there') {
      outcome = ended.kind === 'full' ? 'list' : 'more';
      break;
    }
    begun.push(started(action, settings.importKey, now));
  }
  if (begun.length > 0) await ports.ownCopies.record(begun);
  return outcome;
}

/** Reads export copies through the access roles of their accounts. A copy that does not exist is left out. */
async function readCopies(
  copies: readonly SnapshotArn[],
  accessRoles: IndexedPorts['accessRoles'],
): Promise<ReadonlyMap<string, Snapshot>> {
  const time = new TimeBudget(MAX_ACCOUNT_MS * 2);
  const byAccountAndKind = groupBy(copies, (arn) => `${snapshotParts(arn).account} ${kindOf(arn)}`);
  const found = await inParallel([...byAccountAndKind.values()], MAX_AT_A_TIME, (arns) =>
    time.within(MAX_ACCOUNT_MS, async (signal) => {
      const [first] = arns;
      if (!first) return [];
      const names = arns.map((arn) => snapshotParts(arn).name);
      return accessRoles.of(snapshotParts(first).account, signal).find(kindOf(first), names);
    }),
  );
  const wanted = new Set<string>(copies);
  return new Map(found.flat().flatMap((one) => (wanted.has(one.arn) ? [[one.arn, one] as const] : [])));
}

const kindOf = (arn: SnapshotArn): Kind => (arn.includes(':cluster-snapshot:') ? 'cluster' : 'instance');
