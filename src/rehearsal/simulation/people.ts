import { groupBy } from '../../../lambda/_kit/copies';
import type { Snapshot } from '../../../lambda/_kit/ports/snapshots';
import { databaseParts, snapshotArn } from '../../contract/ids';
import { TAGS } from '../../contract/names';
import type { InMemoryRds } from './in-memory-rds';
import type { Invariants } from './invariants';
import { type DatabaseSpec, HERE, SOURCE_LIMITS, VAULT } from './scenario';

const DAY = 24 * 3_600_000;
/** How long the invented housekeeper keeps vault copies, by plan, in days. */
const TERMS: Record<string, number> = { daily: 4, monthly: 60 };
const TEAM_KEEPS = 10;

/**
 * The housekeeper stands for retention, which no step of the tooling does yet: he is invented, so that the vault does not
 * fill for ever. He removes vault copies past their term and failed ones after a day; never the last good copy of a
 * database, and never a copy whose export copy does not know yet that it was taken (it would be imported again).
 */
export function keepHouse(rds: InMemoryRds): void {
  const now = rds.time.getTime();
  const age = (copy: Snapshot) => (now - Date.parse(copy.tags.get(TAGS.importedAt) ?? '')) / DAY;
  const copies = rds.all(VAULT).filter(({ tags }) => tags.get(TAGS.role) === 'vault');
  for (const { arn, status, tags } of copies) {
    const since = Date.parse(tags.get(TAGS.failedAt) ?? '');
    if (status === 'failed' && now - since > DAY) rds.change(arn, undefined);
  }
  const good = copies.filter(({ status }) => status === 'available');
  for (const [, ofOne] of groupBy(good, ({ database }) => database)) {
    const [, ...older] = [...ofOne].sort((a, b) => age(a) - age(b));
    for (const copy of older) {
      const exportCopy = rds.find(copy.tags.get(TAGS.exportCopy) ?? '');
      const known = !exportCopy || exportCopy.tags.has(TAGS.takenAt);
      if (known && age(copy) > (TERMS[copy.tags.get(TAGS.plan) ?? ''] ?? 4)) rds.change(copy.arn, undefined);
    }
  }
}

/** A team takes a snapshot of its own, as RDS lets it, and keeps the last ten. */
export function takeTeamSnapshot(rds: InMemoryRds, spec: DatabaseSpec, invariants: Invariants): void {
  const { account, kind, name } = databaseParts(spec.database.arn);
  const manual = rds.all(account).filter((one) => one.type === 'manual' && one.kind === kind);
  if (manual.length >= SOURCE_LIMITS.manualSnapshots) {
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
