import { type AccountId, databaseParts, type KeyArn, type Kind, snapshotParts } from '../../../src/contract/ids';
import { attemptOf, PREFIX, TAGS, vaultCopyName } from '../../../src/contract/names';
import { type CopyLimits, groupBy, inFlight, isAvailable, isFailed, MAX_ATTEMPTS } from '../../_kit/copies';
import type { CopyOrder, Snapshot } from '../../_kit/ports/snapshots';

/** What import-copies looks at. */
export interface ImportFacts {
  /** Accounts that the vault has accepted and still follows. */
  readonly accepted: ReadonlySet<AccountId>;
  /** What anybody shares with the vault. */
  readonly shared: readonly Snapshot[];
  /** The vault's own manual snapshots. */
  readonly own: readonly Snapshot[];
  /** The accepted accounts' snapshots as seen through their doors, by ARN: here are the tags. */
  readonly throughDoors: ReadonlyMap<string, Snapshot>;
  readonly importKey: KeyArn;
  readonly limits: CopyLimits;
  readonly now: Date;
}

/** One thing to do. */
export type ImportAction =
  | { readonly do: 'import'; readonly order: CopyOrder }
  /** Tell the source, through its door, that the vault has the copy. */
  | { readonly do: 'mark-taken'; readonly exportCopy: Snapshot; readonly account: AccountId; readonly at: Date };

/** A shared snapshot that nothing is done about, and why. */
export interface Passed {
  readonly snapshot: Snapshot;
  readonly because:
    | 'its account is not accepted'
    | 'its name is not ours'
    | 'its door does not show it'
    | 'not an export copy'
    | 'not available yet'
    | 'imported already'
    | 'an earlier copy of this database is in flight'
    | 'as many copies as RDS allows are in flight'
    | 'failed too often';
}

/** What must happen, and what need not. */
export interface ImportPlan {
  readonly actions: readonly ImportAction[];
  readonly passed: readonly Passed[];
}

const isVaultCopy = ({ name, tags }: Snapshot): boolean =>
  name.startsWith(`${PREFIX}-`) && tags.get(TAGS.role) === 'vault';
const owner = ({ arn }: Snapshot): AccountId => snapshotParts(arn).account;
const time = (snapshot: Snapshot): number => (snapshot.takenAt ?? snapshot.createdAt)?.getTime() ?? 0;

/** Decides what the vault copies. Nothing that a source wrote chooses key, name or mark. Pure, and linear. */
export function plan(facts: ImportFacts): ImportPlan {
  const copies = facts.own.filter(isVaultCopy);
  const copiesOf = groupBy(copies, ({ tags }) => tags.get(TAGS.exportCopy) ?? '');
  const busy = new Set(copies.filter(inFlight).map((copy) => copy.tags.get(TAGS.database)));
  const used = (kind: Kind) => facts.own.filter((at) => at.kind === kind && inFlight(at)).length;
  const free = {
    instance: facts.limits.instanceCopies - used('instance'),
    cluster: facts.limits.clusterCopies - used('cluster'),
  };

  const actions: ImportAction[] = [];
  const passed: Passed[] = [];
  for (const snapshot of inTurn(facts.shared)) {
    const earlier = copiesOf.get(snapshot.arn) ?? [];
    if (earlier.some(isAvailable)) {
      const exportCopy = facts.throughDoors.get(snapshot.arn);
      const marked = !exportCopy || exportCopy.tags.has(TAGS.takenAt);
      if (!marked) actions.push({ do: 'mark-taken', exportCopy, account: owner(snapshot), at: facts.now });
    }
    const because = whyNot(snapshot, facts, earlier);
    if (because) passed.push({ snapshot, because });
    else if (busy.has(snapshot.database)) {
      passed.push({ snapshot, because: 'an earlier copy of this database is in flight' });
    } else if (free[snapshot.kind] < 1) {
      passed.push({ snapshot, because: 'as many copies as RDS allows are in flight' });
    } else {
      free[snapshot.kind] -= 1;
      busy.add(snapshot.database);
      actions.push({ do: 'import', order: importOrder(snapshot, facts, earlier) });
    }
  }
  return { actions, passed };
}

/** The oldest of each account by turns: one account's flood delays another's by one copy at the most. */
function inTurn(shared: readonly Snapshot[]): readonly Snapshot[] {
  const turns = new Map<AccountId, number>();
  return [...shared]
    .sort((a, b) => time(a) - time(b) || a.arn.localeCompare(b.arn))
    .map((snapshot) => {
      const turn = turns.get(owner(snapshot)) ?? 0;
      turns.set(owner(snapshot), turn + 1);
      return { snapshot, turn };
    })
    .sort((a, b) => a.turn - b.turn)
    .map(({ snapshot }) => snapshot);
}

/** Why a shared snapshot is not imported now; undefined when it is due. */
function whyNot(snapshot: Snapshot, facts: ImportFacts, earlier: readonly Snapshot[]): Passed['because'] | undefined {
  if (!facts.accepted.has(owner(snapshot))) return 'its account is not accepted';
  if (!snapshotParts(snapshot.arn).name.startsWith(`${PREFIX}-`)) return 'its name is not ours';
  if (earlier.some((copy) => !isFailed(copy))) return 'imported already';
  const seen = facts.throughDoors.get(snapshot.arn);
  if (!seen) return 'its door does not show it';
  if (seen.tags.get(TAGS.role) !== 'export') return 'not an export copy';
  if (seen.tags.has(TAGS.takenAt)) return 'imported already';
  if (earlier.length >= MAX_ATTEMPTS) return 'failed too often';
  if (!isAvailable(snapshot)) return 'not available yet';
  return undefined;
}

/** The source's own words are carried along as tags; the name comes from the export copy's ARN, which SNS and RDS vouch for. */
function importOrder(snapshot: Snapshot, facts: ImportFacts, failed: readonly Snapshot[]): CopyOrder {
  const told = facts.throughDoors.get(snapshot.arn)?.tags ?? new Map<string, string>();
  const attempt = failed.reduce((most, copy) => Math.max(most, attemptOf(copy.name)), 0) + 1;
  const carried = [TAGS.snapshot, TAGS.sourceTime, TAGS.plan, TAGS.resourceId].flatMap((key) => {
    const value = told.get(key);
    return value === undefined ? [] : [[key, value] as const];
  });
  return {
    source: snapshot.arn,
    kind: snapshot.kind,
    name: vaultCopyName(databaseParts(snapshot.database).name, snapshot.arn, attempt),
    key: facts.importKey,
    tags: {
      ...Object.fromEntries(carried),
      [TAGS.role]: 'vault',
      [TAGS.database]: snapshot.database,
      [TAGS.exportCopy]: snapshot.arn,
      [TAGS.importedAt]: facts.now.toISOString(),
    },
  };
}
