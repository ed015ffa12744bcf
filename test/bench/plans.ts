import { DEFAULT_LIMITS } from '../../lambda/_kit/copies';
import type { Snapshot } from '../../lambda/_kit/ports/snapshots';
import { plan as exportPlan } from '../../lambda/source/export-snapshots/plan';
import { plan as importPlan } from '../../lambda/vault/import-copies/plan';
import { accountId, databaseArn, keyArn, keyIdOf, snapshotArn } from '../../src/contract/ids';
import { RECOVERY_POINT_TAGS, TAGS } from '../../src/contract/names';
import { median, medianMs } from './measure';
import { ADMISSION } from './timed-landing-zone';

const VAULT = accountId('333300002222');
const KEY = keyArn('arn:aws:kms:eu-central-1:222200001111:key/00000000-0000-4000-8000-000000000001');
const NOW = new Date('2026-01-01T00:00:00Z');

/** As many snapshots as wanted, of ten accounts, a fifth of them of one database each. */
function snapshots(count: number, ours: boolean): Snapshot[] {
  return Array.from({ length: count }, (_, at) => {
    const account = `22220000${String(1000 + (at % 10))}`;
    const name = ours ? `checkvalve-db-${at}` : `awsbackup:job-${at}`;
    return {
      arn: snapshotArn(`arn:aws:rds:eu-central-1:${account}:snapshot:${name}`),
      kind: 'instance' as const,
      name,
      status: 'available',
      type: ours ? 'manual' : 'awsbackup',
      database: databaseArn(`arn:aws:rds:eu-central-1:${account}:db:db-${at % (count / 5)}`),
      engine: 'postgres',
      encrypted: true,
      createdAt: new Date(NOW.getTime() - at * 1000),
      takenAt: new Date(NOW.getTime() - at * 1000),
      sizeGiB: 10,
      tags: new Map(ours ? [[TAGS.role, 'export']] : [[RECOVERY_POINT_TAGS.exportKey, keyIdOf(KEY)]]),
    };
  });
}

const RUNS = 25;

/** Both plans over so many snapshots, each as something to run. */
function plansOver(count: number): readonly (() => unknown)[] {
  const [backups, copies] = [snapshots(count, false), snapshots(count, true)];
  const throughAccessRoles = new Map(copies.map((copy) => [copy.arn as string, copy]));
  const accepted = new Set(copies.map(({ arn }) => accountId(arn.split(':')[4])));
  const both = { limits: DEFAULT_LIMITS, now: NOW };
  const databaseTag = { key: 'environment', value: 'production' };
  const ofSource = { exportKey: KEY, vaultAccount: VAULT, databaseTag, reported: new Set<string>(), memory: new Map() };
  return [
    () => exportPlan({ ...both, ...ofSource, snapshots: backups }),
    () =>
      importPlan({
        ...both,
        accepted,
        shared: copies,
        own: [],
        throughAccessRoles,
        importKey: KEY,
        admission: ADMISSION,
      }),
  ];
}

/**
 * How long the slower of the two plans takes over 10,000 snapshots, in ms, and how much longer than over 1,000. Each size
 * is measured right after the other, since a shared machine is twice as fast in one second as in the next: the growth is
 * the middle of the ratios.
 */
export function benchPlans(): { readonly ms10k: number; readonly growth: number } {
  const [small, large] = [plansOver(1000), plansOver(10_000)];
  const figures = small.map((over1k, at) => {
    const over10k = large[at] as () => unknown;
    // What a process runs for the first time is slower.
    for (let warm = 0; warm < RUNS; warm += 1) over1k();
    const pairs = Array.from({ length: RUNS }, () => [medianMs(3, over1k), medianMs(1, over10k)] as const);
    return { ms10k: median(pairs.map(([, ms]) => ms)), growth: median(pairs.map(([one, ten]) => ten / one)) };
  });
  return {
    ms10k: Math.max(...figures.map(({ ms10k }) => ms10k)),
    growth: Math.max(...figures.map(({ growth }) => growth)),
  };
}
