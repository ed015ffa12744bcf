import { MINUTE } from '../../src/contract/durations';
import { type DatabaseArn, isSnapshotArn, type SnapshotArn, snapshotParts } from '../../src/contract/ids';
import { TAGS } from '../../src/contract/names';
import type { CopyRecord } from './ports/own-copies';
import type { Snapshot } from './ports/snapshots';

/** The tags of a vault copy that plans read. Tags that a source carried along are not in the index. */
const TAGS_READ = [
  TAGS.role,
  TAGS.database,
  TAGS.exportCopy,
  TAGS.importStartedAt,
  TAGS.sourceTime,
  TAGS.failedAt,
  TAGS.legalHold,
] as const;

/** A listing may lag behind what a run has done: changes that are so much older than its beginning are in it. */
export const LISTING_LAG = 10 * MINUTE;

/** One record, as an array without names: gzip shrinks what repeats. */
type Packed = readonly [
  arn: string,
  status: string,
  type: string,
  database: string,
  engine: string,
  createdAt: number,
  takenAt: number,
  sizeGiB: number,
  flags: number,
  at: number,
  ...tags: string[],
];

const MARKED = 1;
const GONE = 2;
const ENCRYPTED = 4;

/** A record as JSON values. */
export function packed({ copy, isMarked, isGone, at }: CopyRecord): Packed {
  const flags = (isMarked ? MARKED : 0) + (isGone ? GONE : 0) + (copy.encrypted ? ENCRYPTED : 0);
  return [
    copy.arn,
    copy.status,
    copy.type,
    copy.database,
    copy.engine,
    copy.createdAt?.getTime() ?? 0,
    copy.takenAt?.getTime() ?? 0,
    copy.sizeGiB,
    flags,
    at.getTime(),
    ...TAGS_READ.map((tag) => copy.tags.get(tag) ?? ''),
  ];
}

/** The record; undefined for what is none. */
export function unpacked(value: unknown): CopyRecord | undefined {
  if (!Array.isArray(value)) return undefined;
  const [arn, status, type, database, engine, createdAt, takenAt, sizeGiB, flags, at, ...tags] = value as unknown[];
  if (typeof arn !== 'string' || !isSnapshotArn(arn) || typeof flags !== 'number' || typeof at !== 'number') {
    return undefined;
  }
  const copy: Snapshot = {
    arn,
    kind: arn.includes(':cluster-snapshot:') ? 'cluster' : 'instance',
    name: snapshotParts(arn as SnapshotArn).name,
    status: String(status),
    type: String(type),
    database: String(database) as DatabaseArn,
    engine: String(engine),
    encrypted: (flags & ENCRYPTED) !== 0,
    ...(Number(createdAt) > 0 && { createdAt: new Date(Number(createdAt)) }),
    ...(Number(takenAt) > 0 && { takenAt: new Date(Number(takenAt)) }),
    sizeGiB: Number(sizeGiB),
    tags: new Map(TAGS_READ.flatMap((tag, place) => (tags[place] ? [[tag, String(tags[place])] as const] : []))),
  };
  return { copy, isMarked: (flags & MARKED) !== 0, at: new Date(at), ...((flags & GONE) !== 0 && { isGone: true }) };
}

/** A listing with the changes since: a change replaces the record of the same snapshot, and what is gone is left out. */
export function merged(listing: readonly CopyRecord[], changes: readonly CopyRecord[]): readonly CopyRecord[] {
  const all = new Map<string, CopyRecord>(listing.map((one) => [one.copy.arn, one]));
  for (const change of changes) all.set(change.copy.arn, change);
  return [...all.values()].filter(({ isGone }) => !isGone);
}

/** Of the changes, those that a listing which began at a time may not have. */
export const laterThan = (changes: readonly CopyRecord[], listedAt: Date): readonly CopyRecord[] =>
  changes.filter(({ at }) => at.getTime() > listedAt.getTime() - LISTING_LAG);
