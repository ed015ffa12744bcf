import { MISSED_STATES } from '../../../src/contract/backup-jobs';
import { isDatabaseService } from '../../../src/contract/database-services';
import { type DatabaseArn, databaseArn, type Kind } from '../../../src/contract/ids';
import { BACKUP_PREFIX, PREFIX } from '../../../src/contract/names';
import { SNAPSHOT_EVENTS } from '../../../src/contract/rds-events';

/** One parsed event. It causes a run and a log entry; the actions depend only on what the run observes. */
export type ParsedEvent =
  /** A snapshot may have changed; `snapshots` are the names in the event. */
  | { readonly kind: 'changed'; readonly snapshots: readonly string[] }
  /** The schedule, or the step's own wakeup. */
  | { readonly kind: 'sweep' }
  /** AWS Backup did not make a backup that was due. */
  | { readonly kind: 'missed'; readonly database: string; readonly state: string; readonly because: string }
  /** AWS Backup made a backup, and reports a problem with it. */
  | {
      readonly kind: 'warned';
      readonly database: string;
      readonly snapshots: readonly string[];
      readonly because: string;
    }
  | { readonly kind: 'ignored'; readonly because: IgnoredReason };

/** Why an event is ignored. */
export type IgnoredReason =
  | 'foreign-snapshot'
  | 'event-without-change'
  | 'job-not-ended'
  | 'not-a-database-backup'
  | 'unknown-event';

const object = (value: unknown): Record<string, unknown> =>
  value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Name of a snapshot from its ARN, with `awsbackup:`; empty for any other ARN. */
const snapshotName = (arn: unknown): string =>
  /^arn:aws:rds:[^:]*:\d{12}:(?:cluster-)?snapshot:(.+)$/.exec(text(arn))?.[1] ?? '';

const CLUSTER_EVENT = 'RDS DB Cluster Snapshot Event';
const isOfCluster = (arn: unknown): boolean => text(arn).includes(':cluster-snapshot:');

/** Parses a batch of the queue, or one event, of any shape. */
export function parseEvents(event: unknown): readonly ParsedEvent[] {
  const { Records: records } = object(event);
  return Array.isArray(records) ? records.map((record) => parseEvent(json(object(record).body))) : [parseEvent(event)];
}

/** Whether a batch has nothing but the step's own reminders. */
export function isReminder(event: unknown): boolean {
  const { Records: records } = object(event);
  return (
    Array.isArray(records) &&
    records.length > 0 &&
    records.every((record) => object(json(object(record).body)).wake === 'again')
  );
}

/** A snapshot in an event. */
export interface ReportedSnapshot {
  readonly name: string;
  readonly kind: Kind;
}

/** The snapshots that a batch reports; undefined when it has an event that needs a look at all snapshots. */
export function reportedSnapshots(event: unknown): readonly ReportedSnapshot[] | undefined {
  const { Records: records } = object(event);
  const events = Array.isArray(records) ? records.map((record) => json(object(record).body)) : [event];
  const found = new Map<string, ReportedSnapshot>();
  for (const one of events) {
    const parsed = parseEvent(one);
    if (parsed.kind === 'ignored' || parsed.kind === 'missed') continue;
    if (parsed.kind !== 'changed' || parsed.snapshots.length === 0) return undefined;
    const { 'detail-type': type, resources } = object(one);
    const isCluster = text(type) === CLUSTER_EVENT || (Array.isArray(resources) && resources.some(isOfCluster));
    const kind = isCluster ? 'cluster' : 'instance';
    for (const name of parsed.snapshots) found.set(`${kind} ${name}`, { name, kind });
  }
  return [...found.values()];
}

function json(body: unknown): unknown {
  try {
    return JSON.parse(text(body));
  } catch {
    return undefined;
  }
}

function parseEvent(event: unknown): ParsedEvent {
  const { source, detail, resources, wake, 'detail-type': type } = object(event);
  if (wake === 'again' || type === 'Scheduled Event') return { kind: 'sweep' };
  if (source === 'aws.rds') return parseRdsEvent(object(detail));
  if (source === 'aws.backup' && type === 'Backup Job State Change') {
    return parseBackupJob(object(detail), Array.isArray(resources) ? resources : []);
  }
  return { kind: 'ignored', because: 'unknown-event' };
}

function parseRdsEvent({ EventID, SourceIdentifier }: Record<string, unknown>): ParsedEvent {
  const name = text(SourceIdentifier);
  if (!name.startsWith(BACKUP_PREFIX) && !name.startsWith(`${PREFIX}-`)) {
    return { kind: 'ignored', because: 'foreign-snapshot' };
  }
  if (!SNAPSHOT_EVENTS.includes(text(EventID))) return { kind: 'ignored', because: 'event-without-change' };
  return { kind: 'changed', snapshots: [name] };
}

/** Some events of AWS Backup have the state in `state`, others in `status`.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html */
function parseBackupJob(detail: Record<string, unknown>, resources: readonly unknown[]): ParsedEvent {
  const state = (text(detail.state) || text(detail.status)).toUpperCase();
  const database = text(detail.resourceArn);
  if (!isDatabaseService(text(detail.resourceType)) && !asDatabase(database)) {
    return { kind: 'ignored', because: 'not-a-database-backup' };
  }
  const because = text(detail.statusMessage);
  if (MISSED_STATES.some((missed) => missed === state))
    return { kind: 'missed', database: database || 'unknown', state, because };
  if (state !== 'COMPLETED') return { kind: 'ignored', because: 'job-not-ended' };
  const snapshots = resources.map(snapshotName).filter(Boolean);
  return because ? { kind: 'warned', database, snapshots, because } : { kind: 'changed', snapshots };
}

function asDatabase(arn: string): DatabaseArn | undefined {
  try {
    return databaseArn(arn);
  } catch {
    return undefined;
  }
}
