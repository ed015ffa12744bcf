import type { Snapshot } from '../../lambda/_kit/ports/snapshots';
import { DAY } from '../contract/durations';
import { databaseArn, databaseParts, snapshotArn } from '../contract/ids';
import type { InMemoryRds } from './in-memory-rds';
import type { Invariants } from './invariants';
import { type DatabaseSpec, HERE, IMPORT_KEY, SOURCE_LIMITS, VAULT } from './scenario';

const TEAM_KEEPS = 10;

/** Snapshots that operators of the vault made long ago: Checkvalve must leave them, whatever their names. */
export function snapshotsByHand(now: Date): Snapshot[] {
  const before = new Date(now.getTime() - 400 * DAY);
  return ['final-db-1', 'checkvalve-by-hand'].map(
    (name): Snapshot => ({
      arn: snapshotArn(`arn:aws:rds:${HERE}:${VAULT}:snapshot:${name}`),
      kind: 'instance',
      name,
      status: 'available',
      type: 'manual',
      database: databaseArn(`arn:aws:rds:${HERE}:${VAULT}:db:db-1`),
      engine: 'postgres',
      encrypted: true,
      kmsKeyArn: IMPORT_KEY,
      createdAt: before,
      takenAt: before,
      sizeGiB: 20,
      tags: new Map([['owner', 'operations']]),
    }),
  );
}

/** A team takes its own snapshot, if its quota has room, and keeps the last ten. */
export function takeTeamSnapshot(rds: InMemoryRds, spec: DatabaseSpec, invariants: Invariants): void {
  const { account, kind, name } = databaseParts(spec.database.arn);
  const manual = rds.all(account).filter((one) => one.type === 'manual' && one.kind === kind);
  if (manual.length >= SOURCE_LIMITS.manualSnapshotQuota) {
    invariants.teamRefused(spec);
    return;
  }
  const own = manual.filter((one) => one.name.startsWith(`team-${name}-`));
  for (const { arn } of own.slice(0, Math.max(0, own.length + 1 - TEAM_KEEPS))) rds.change(arn, undefined);
  const type = kind === 'cluster' ? 'cluster-snapshot' : 'snapshot';
  const called = `team-${name}-${rds.time.getTime() / 1000}`;
  rds.plant({
    arn: snapshotArn(`arn:aws:rds:${HERE}:${account}:${type}:${called}`),
    kind,
    name: called,
    status: 'available',
    type: 'manual',
    database: spec.database.arn,
    engine: spec.database.engine,
    encrypted: spec.database.key !== undefined,
    kmsKeyArn: spec.database.key,
    createdAt: rds.time,
    takenAt: rds.time,
    sizeGiB: spec.database.sizeGiB,
    tags: new Map(),
  });
}
