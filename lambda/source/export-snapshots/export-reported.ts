import { countsTowardQuota, isOfAwsBackup } from '../../../src/contract/backup-snapshots';
import { HOUR } from '../../../src/contract/durations';
import { type Kind, snapshotArn } from '../../../src/contract/ids';
import { INTERVALS } from '../../../src/contract/intervals';
import { PREFIX, TAGS } from '../../../src/contract/names';
import { inFlight, isAvailable, isFailed, isLate, minutesToNextRun, NO_SLOT } from '../../_kit/copies';
import { isExportCopy } from '../../_kit/export-copies';
import type { Log } from '../../_kit/ports/log';
import type { Snapshot, SnapshotSearch } from '../../_kit/ports/snapshots';
import type { Wakeups } from '../../_kit/ports/wakeups';
import { failure } from '../../_kit/runtime/each';
import type { ExportPorts } from './act';
import type { ExportAction, SkippedSnapshot } from './export-action';
import { PART_OF_QUOTA } from './export-capacity';
import { isImported } from './export-copies';
import type { ExportSettings } from './facts';
import type { ReportedSnapshot } from './parse-events';
import { plan } from './plan';
import type { RunNotes } from './run-notes';

/** What the run needs to process single snapshots. */
export interface ReportPorts extends ExportPorts {
  readonly snapshots: ExportPorts['snapshots'] & SnapshotSearch;
  readonly wakeups: Wakeups;
}

/** The export memory of a younger snapshot is not read: nothing was written about it yet, or a second copy of it is harmless. */
const FRESH = HOUR;

type Because = SkippedSnapshot['because'];
/** Reasons after which a reported snapshot needs nothing. */
const SETTLED: ReadonlySet<Because> = new Set([
  'already-exported',
  'copied-from-another-region',
  'not-a-production-database',
  'tagged-for-another-key',
]);
/** Reasons that end when a copy finishes. */
const WAITS: ReadonlySet<Because> = new Set([NO_SLOT, 'earlier-copy-in-flight']);

/**
 * Processes only the snapshots that events report: shares finished export copies, and copies new snapshots of AWS Backup, by at
 * most three calls for each. It does what a run over all snapshots would do, and only where nothing stands in the way.
 * @returns whether that is all; otherwise, and after any failure or refusal, a run over all snapshots follows
 */
export async function exportReported(
  reported: readonly ReportedSnapshot[],
  ports: ReportPorts,
  settings: ExportSettings,
  notes: RunNotes,
  now: Date,
  log: Log,
): Promise<boolean> {
  if (notes.hasWaiting) return false;
  const fresh = reported.filter(({ name }) => !notes.has(name, now));
  const copies = fresh.filter(({ name }) => name.startsWith(`${PREFIX}-`));
  try {
    for (const copy of copies) if (!(await publish(copy, ports, settings, notes, now, log))) return false;
    for (const kind of ['instance', 'cluster'] as const) {
      const backups = fresh.filter((one) => one.kind === kind && !copies.includes(one)).map(({ name }) => name);
      if (backups.length > 0 && !(await copyReported(kind, backups, ports, settings, notes, now, log))) return false;
    }
    return true;
  } catch (error) {
    log('reported.failed', { because: failure(error) });
    return false;
  }
}

/**
 * Looks whether export copies of clusters have finished, whose end has no event, and shares those that have.
 * @returns whether that is all; otherwise a run over all snapshots follows
 */
export async function lookAgain(
  ports: ReportPorts,
  settings: ExportSettings,
  notes: RunNotes,
  now: Date,
  log: Log,
): Promise<boolean> {
  // Without notes of an earlier run, snapshots may wait.
  if (notes.hasWaiting !== false) return false;
  try {
    const copies = (await ports.snapshots.ofKind('cluster')).filter((one) => isExportCopy(one) && !isImported(one));
    if (copies.some((copy) => isFailed(copy) || isLate(copy, now, settings.limits))) return false;
    if (copies.some(inFlight)) await ports.wakeups.wakeIn(INTERVALS.reminderMinutes);
    for (const copy of copies.filter((one) => isAvailable(one) && !one.tags.has(TAGS.sharedAt)))
      if (!(await publish(copy, ports, settings, notes, now, log))) return false;
    return true;
  } catch (error) {
    log('reminder.failed', { because: failure(error) });
    return false;
  }
}

/** Shares a finished export copy. Its name is in an event of RDS; the role may share only copies with the tag of an export copy, and
 * RDS only those that are available. */
async function publish(
  { name, kind }: ReportedSnapshot,
  { snapshots, notifications }: ReportPorts,
  { exportKey, vaultAccount }: ExportSettings,
  notes: RunNotes,
  now: Date,
  log: Log,
): Promise<boolean> {
  const [, , , region, account] = exportKey.split(':');
  const type = kind === 'cluster' ? 'cluster-snapshot' : 'snapshot';
  const arn = snapshotArn(`arn:aws:rds:${region}:${account}:${type}:${name}`);
  const shared = await snapshots.share({ arn, kind, name }, vaultAccount);
  log(`publish.${shared.kind}`, { snapshot: arn });
  if (shared.kind !== 'shared') return false;
  await notifications.notify(arn);
  await snapshots.tag(arn, { [TAGS.sharedAt]: now.toISOString() });
  notes.add(name, now);
  return true;
}

/** Copies new snapshots of AWS Backup of one kind. */
async function copyReported(
  kind: Kind,
  names: readonly string[],
  { snapshots, wakeups }: ReportPorts,
  settings: ExportSettings,
  notes: RunNotes,
  now: Date,
  log: Log,
): Promise<boolean> {
  const { held, backups } = await listed(kind, names, snapshots);
  if (backups.length < names.length) {
    log('snapshots.not-found', { names: names.length, found: backups.length });
    return false;
  }
  if (backups.some((one) => !isFresh(one, now))) return false;
  const others = held.filter((one) => !isOfAwsBackup(one) && !one.name.startsWith('rds:'));
  const facts = { ...settings, snapshots: [...backups, ...others], memory: new Map(), reported: new Set(names), now };
  const { actions, passed } = plan(facts);
  const due = actions.filter((action): action is Extract<ExportAction, { do: 'copy' }> => action.do === 'copy');
  // The plan counts with places of copies that only a run over all snapshots deletes.
  if (
    actions.some((action) => action.do === 'retire' || action.do === 'give-way') &&
    isCrowded(kind, others, due.length, settings)
  )
    return false;
  const waiting = passed.filter(({ snapshot, because }) => names.includes(snapshot.name) && !SETTLED.has(because));
  if (waiting.some(({ because }) => !WAITS.has(because))) return false;
  notes.hasWaiting = waiting.length > 0;
  // No event reports the end of a copy of a cluster. Before the first copy: a run that is cut off is followed by another one.
  if (waiting.length > 0 || (kind === 'cluster' && due.length > 0)) await wakeups.wakeIn(minutesToNextRun(waiting));
  for (const { order, snapshot } of due) {
    const ended = await snapshots.copy(order);
    log(`copy.${ended.kind}`, { snapshot: snapshot.arn, copy: order.name });
    if (ended.kind !== 'started' && ended.kind !== 'already-there') return false;
    notes.add(snapshot.name, now);
  }
  return true;
}

/** The account's snapshots of a kind, and those with these names. Where one listing does not have both, a second one names them. */
async function listed(kind: Kind, names: readonly string[], snapshots: SnapshotSearch) {
  const namedIn = (some: readonly Snapshot[]) => some.filter(({ name }) => names.includes(name));
  const held = await snapshots.withBackups(kind);
  const backups = namedIn(held);
  if (backups.length === names.length || kind === 'cluster') return { held, backups };
  return { held, backups: namedIn(await snapshots.find(kind, names)) };
}

/** Whether so many new copies need a place that an existing one has: of the quota, or of the part for export copies. */
function isCrowded(kind: Kind, held: readonly Snapshot[], wanted: number, { limits }: ExportSettings): boolean {
  const ofKind = held.filter((one) => one.kind === kind && countsTowardQuota(one));
  const places = Math.floor(limits.manualSnapshotQuota * PART_OF_QUOTA);
  return ofKind.length + wanted > limits.manualSnapshotQuota || ofKind.filter(isExportCopy).length + wanted > places;
}

const isFresh = ({ createdAt }: Snapshot, now: Date): boolean =>
  createdAt !== undefined && now.getTime() - createdAt.getTime() < FRESH;
