import { type AccountId, databaseParts, type KeyArn, type Kind, keyIdOf } from '../../../src/contract/ids';
import { attemptOf, exportCopyName, PREFIX, RECOVERY_POINT_TAGS, TAGS } from '../../../src/contract/names';
import { type CopyLimits, groupBy, inFlight, isAvailable, isFailed, MAX_ATTEMPTS } from '../../_kit/copies';
import type { CopyOrder, Snapshot } from '../../_kit/ports/snapshots';

/** What export-snapshots looks at. */
export interface ExportFacts {
  /** Every snapshot of the account, whoever made it. */
  readonly snapshots: readonly Snapshot[];
  readonly exportKey: KeyArn;
  readonly vaultAccount: AccountId;
  readonly limits: CopyLimits;
  readonly now: Date;
}

/** One thing to do. */
export type ExportAction =
  | { readonly do: 'copy'; readonly order: CopyOrder }
  /** Share with the vault, announce, and write down that both was done. */
  | { readonly do: 'publish'; readonly copy: Snapshot; readonly vaultAccount: AccountId; readonly at: Date }
  /** The vault has it: write that down on `source`, while AWS Backup still has it, and delete the copy. */
  | { readonly do: 'retire'; readonly copy: Snapshot; readonly source?: Snapshot; readonly takenAt: string };

/** A snapshot that nothing is done about, and why. */
export interface Passed {
  readonly snapshot: Snapshot;
  readonly because:
    | 'not made by AWS Backup'
    | 'not tagged for this export key'
    | 'exported already'
    | 'not available yet'
    | 'an earlier copy of this database is in flight'
    | 'as many copies as RDS allows are in flight'
    | 'failed too often';
}

/** What must happen, in this order, and what need not. */
export interface ExportPlan {
  readonly actions: readonly ExportAction[];
  readonly passed: readonly Passed[];
}

/** Our own export copies: by name and by mark. A snapshot that somebody merely named like ours is left alone. */
const isExportCopy = ({ name, tags }: Snapshot): boolean =>
  name.startsWith(`${PREFIX}-`) && tags.get(TAGS.role) === 'export';

const madeByBackup = ({ name }: Snapshot): boolean => name.startsWith('awsbackup:');

/** When the data was taken, as text that sorts; a copy carries it in a tag. */
const sourceTime = (snapshot: Snapshot): string =>
  snapshot.tags.get(TAGS.sourceTime) ?? (snapshot.takenAt ?? snapshot.createdAt)?.toISOString() ?? '';

const byTime = (a: Snapshot, b: Snapshot): number =>
  sourceTime(a).localeCompare(sourceTime(b)) || a.arn.localeCompare(b.arn);

/** Decides what must happen to the snapshots of an account. Pure, and linear in their number. */
export function plan(facts: ExportFacts): ExportPlan {
  const copies = facts.snapshots.filter(isExportCopy);
  const copiesOf = groupBy(copies, (copy) => copy.tags.get(TAGS.snapshot) ?? copy.arn);
  const copiesOfDatabase = groupBy(copies, ({ database }) => database);
  const sources = facts.snapshots.filter((snapshot) => !isExportCopy(snapshot));
  const free = freeSlots(facts, copies);
  const passed: Passed[] = [];
  const actions: ExportAction[] = [
    ...publications(facts, copies),
    ...retirements(copiesOfDatabase, new Map(sources.map((source) => [source.arn as string, source]))),
  ];

  const busy = new Set(copies.filter(inFlight).map(({ database }) => database));
  for (const snapshot of [...sources].sort(byTime)) {
    const because = whyNot(snapshot, facts, copiesOf.get(snapshot.arn) ?? []);
    if (because) passed.push({ snapshot, because });
    else if (busy.has(snapshot.database)) {
      passed.push({ snapshot, because: 'an earlier copy of this database is in flight' });
    } else if (free[snapshot.kind] < 1) {
      passed.push({ snapshot, because: 'as many copies as RDS allows are in flight' });
    } else {
      free[snapshot.kind] -= 1;
      busy.add(snapshot.database);
      actions.push({ do: 'copy', order: copyOrder(snapshot, facts, copiesOf.get(snapshot.arn) ?? []) });
    }
  }
  return { actions, passed };
}

/** Copies of the account's own making, by whomever, use up the same slots. */
function freeSlots({ snapshots, limits }: ExportFacts, copies: readonly Snapshot[]): Record<Kind, number> {
  const ours = new Set(copies);
  const used = (kind: Kind) =>
    snapshots.filter((at) => at.kind === kind && inFlight(at) && (ours.has(at) || at.status === 'copying')).length;
  return { instance: limits.instanceCopies - used('instance'), cluster: limits.clusterCopies - used('cluster') };
}

/** Why a snapshot is not exported now; undefined when it is due. */
function whyNot(
  snapshot: Snapshot,
  { exportKey }: ExportFacts,
  copies: readonly Snapshot[],
): Passed['because'] | undefined {
  if (!madeByBackup(snapshot)) return 'not made by AWS Backup';
  if (snapshot.tags.get(RECOVERY_POINT_TAGS.exportKey) !== keyIdOf(exportKey)) return 'not tagged for this export key';
  if (copies.some((copy) => !isFailed(copy))) return 'exported already';
  if (snapshot.tags.has(TAGS.takenAt)) return 'exported already';
  if (copies.length >= MAX_ATTEMPTS) return 'failed too often';
  if (!isAvailable(snapshot)) return 'not available yet';
  return undefined;
}

function copyOrder(snapshot: Snapshot, { exportKey }: ExportFacts, failed: readonly Snapshot[]): CopyOrder {
  const attempt = failed.reduce((most, copy) => Math.max(most, attemptOf(copy.name)), 0) + 1;
  const tags: Record<string, string> = {
    [TAGS.role]: 'export',
    [TAGS.database]: snapshot.database,
    [TAGS.snapshot]: snapshot.arn,
    [TAGS.sourceTime]: sourceTime(snapshot),
    [TAGS.plan]: snapshot.tags.get(RECOVERY_POINT_TAGS.plan) ?? 'unknown',
    ...(snapshot.resourceId && { [TAGS.resourceId]: snapshot.resourceId }),
  };
  const name = exportCopyName(databaseParts(snapshot.database).name, snapshot.arn, attempt);
  return { source: snapshot.arn, kind: snapshot.kind, name, key: exportKey, tags };
}

function publications({ vaultAccount, now }: ExportFacts, copies: readonly Snapshot[]): ExportAction[] {
  return copies
    .filter((copy) => isAvailable(copy) && !copy.tags.has(TAGS.sharedAt) && !copy.tags.has(TAGS.takenAt))
    .map((copy) => ({ do: 'publish', copy, vaultAccount, at: now }));
}

/**
 * Clusters are always copied whole, so a taken copy goes at once. An instance's newest taken copy stays until a newer
 * one has been taken: the next copy is then made from the difference alone.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CopySnapshot.html
 */
function retirements(
  copiesOfDatabase: ReadonlyMap<string, readonly Snapshot[]>,
  sources: ReadonlyMap<string, Snapshot>,
): ExportAction[] {
  return [...copiesOfDatabase.values()].flatMap((copies) => {
    const taken = copies.filter((copy) => isAvailable(copy) && copy.tags.has(TAGS.takenAt)).sort(byTime);
    const past = taken.filter(({ kind }, at) => kind === 'cluster' || at < taken.length - 1);
    return past.map((copy): ExportAction => {
      const source = sources.get(copy.tags.get(TAGS.snapshot) ?? '');
      return { do: 'retire', copy, source, takenAt: copy.tags.get(TAGS.takenAt) ?? '' };
    });
  });
}
