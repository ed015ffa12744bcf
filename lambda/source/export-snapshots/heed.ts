import { type DatabaseArn, databaseArn } from '../../../src/contract/ids';
import { BACKUP_PREFIX, PREFIX } from '../../../src/contract/names';

/** What one wake-up amounts to. It never says what to do: that is seen by looking. */
export type News =
  /** Something may have changed; `snapshots` are the names that were told. */
  | { readonly kind: 'look'; readonly snapshots: readonly string[] }
  /** Nothing was told: the sweep, or the step's own reminder. */
  | { readonly kind: 'sweep' }
  /** A backup that was due was not made. */
  | { readonly kind: 'missed'; readonly database: string; readonly state: string; readonly because: string }
  /** A backup was made, and AWS Backup has something to say about it. */
  | {
      readonly kind: 'warned';
      readonly database: string;
      readonly snapshots: readonly string[];
      readonly because: string;
    }
  | { readonly kind: 'ignored'; readonly because: Ignored };

/** Why a wake-up changes nothing. */
export type Ignored =
  | 'not a snapshot of AWS Backup, nor a copy of ours'
  | 'an event that ends nothing'
  | 'a job that has not ended'
  | 'a backup of something else than a database of RDS'
  | 'an event of an unknown shape';

/** Snapshot created, copy finished, cluster snapshot created.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html */
const TELLING = ['RDS-EVENT-0042', 'RDS-EVENT-0197', 'RDS-EVENT-0075'];
const FAMILIES = ['RDS', 'Aurora', 'DocumentDB', 'Neptune'];
const MISSED = ['FAILED', 'EXPIRED', 'ABORTED'];

const object = (value: unknown): Record<string, unknown> =>
  value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Name of the snapshot that an ARN names, `awsbackup:` included; empty for any other ARN. */
const snapshotName = (arn: unknown): string =>
  /^arn:aws:rds:[^:]*:\d{12}:(?:cluster-)?snapshot:(.+)$/.exec(text(arn))?.[1] ?? '';

/** What the events of one wake-up amount to, whatever their shapes: a batch of the queue, or an event by itself. */
export function heed(event: unknown): readonly News[] {
  const { Records: records } = object(event);
  return Array.isArray(records) ? records.map((record) => heedOne(parsed(object(record).body))) : [heedOne(event)];
}

function parsed(body: unknown): unknown {
  try {
    return JSON.parse(text(body));
  } catch {
    return undefined;
  }
}

function heedOne(event: unknown): News {
  const { source, detail, resources, wake, 'detail-type': type } = object(event);
  if (wake === 'again' || type === 'Scheduled Event') return { kind: 'sweep' };
  if (source === 'aws.rds') return heedRds(object(detail));
  if (source === 'aws.backup' && type === 'Backup Job State Change') {
    return heedJob(object(detail), Array.isArray(resources) ? resources : []);
  }
  return { kind: 'ignored', because: 'an event of an unknown shape' };
}

function heedRds({ EventID, SourceIdentifier }: Record<string, unknown>): News {
  const name = text(SourceIdentifier);
  if (!name.startsWith(BACKUP_PREFIX) && !name.startsWith(`${PREFIX}-`)) {
    return { kind: 'ignored', because: 'not a snapshot of AWS Backup, nor a copy of ours' };
  }
  if (!TELLING.includes(text(EventID))) return { kind: 'ignored', because: 'an event that ends nothing' };
  return { kind: 'look', snapshots: [name] };
}

/** Some events of AWS Backup call it `state`, others `status`.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html */
function heedJob(detail: Record<string, unknown>, resources: readonly unknown[]): News {
  const state = (text(detail.state) || text(detail.status)).toUpperCase();
  const database = text(detail.resourceArn);
  if (!FAMILIES.includes(text(detail.resourceType)) && !asDatabase(database)) {
    return { kind: 'ignored', because: 'a backup of something else than a database of RDS' };
  }
  const because = text(detail.statusMessage);
  if (MISSED.includes(state)) return { kind: 'missed', database: database || 'unknown', state, because };
  if (state !== 'COMPLETED') return { kind: 'ignored', because: 'a job that has not ended' };
  const snapshots = resources.map(snapshotName).filter(Boolean);
  return because ? { kind: 'warned', database, snapshots, because } : { kind: 'look', snapshots };
}

function asDatabase(arn: string): DatabaseArn | undefined {
  try {
    return databaseArn(arn);
  } catch {
    return undefined;
  }
}
