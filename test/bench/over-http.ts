import { BackupClient, ListBackupPlansCommand } from '@aws-sdk/client-backup';
import type { CheckvalveConfig } from '../../src/config/checkvalve-config';
import { loadConfig } from '../../src/config/load-config';
import { INTERVALS } from '../../src/contract/intervals';
import { TAGS } from '../../src/contract/names';
import { Emulator } from '../../src/emulator/emulator';
import { snapshotsOf } from '../../src/rehearsal/checks/evidence';
import { failureOf, type Invocation } from '../../src/rehearsal/host/invocation';
import { PHASES } from '../../src/rehearsal/phases/phases';
import { Stage } from '../../src/rehearsal/stage';
import { type World, type WorldDatabase, worldOf } from '../../src/rehearsal/world';

/** All SDK calls of the deployed handlers in a night, in both accounts, for each snapshot of it. */
export interface HttpCalls {
  readonly databases: number;
  readonly callsPerSnapshot: number;
  /** How many, by function and operation. */
  readonly by: Readonly<Record<string, number>>;
  readonly invocations: number;
}

const SETTING_UP = ['make-organization', 'deploy', 'enroll-accounts', 'follow-sources'];
const STEPS = ['checkvalve-export-snapshots', 'checkvalve-import-copies'];
const JOB_SECONDS = 600;
const COPY_SECONDS = 600;
const SWEEP_SECONDS = INTERVALS.sourceSweepMinutes * 60;
const MAX_SWEEPS = 40;
const QUOTA = 1000;

/** So many databases in one production account of the rehearsal, each fifth a cluster. */
function worldWith(count: number, world: World): World {
  const [region = ''] = world.regions;
  const [account = ''] = world.production;
  const databases = Array.from({ length: count }, (_, at): WorldDatabase => {
    const kind = at % 5 === 0 ? 'cluster' : 'instance';
    const id = `db-${at}`;
    const arn = `arn:aws:rds:${region}:${account}:${kind === 'cluster' ? 'cluster' : 'db'}:${id}`;
    return { account, region, id, kind, arn };
  });
  return { ...world, databases };
}

/**
 * The deployed bundles copy two nights of so many databases to the vault, over HTTP against the emulator. Counts the calls of
 * the second night: from AWS Backup's snapshots until each is in the vault and marked, and every export copy that may be
 * deleted is deleted. (The newest export copy of an instance stays until the next night.)
 */
export async function benchOverHttp(count: number): Promise<HttpCalls> {
  const example = loadConfig(undefined);
  // Quotas and bounds large enough for this run: the vault reserves room for all copies of a database before the first.
  const config: CheckvalveConfig = {
    ...example,
    limits: { ...example.limits, manualSnapshotQuota: QUOTA },
    vault: { ...example.vault, manualSnapshotQuota: 100_000, admission: { maxNewDatabasesPerAccountPerDay: 1000 } },
  };
  const emulator = await Emulator.start();
  let invocations: readonly Invocation[] = [];
  const stage = new Stage(emulator, worldWith(count, worldOf(config)), {
    config,
  });
  try {
    for (const phase of PHASES.filter(({ step }) => SETTING_UP.includes(step))) await phase.play(stage, {});
    await emulator.setRdsLimits({ manualSnapshotQuota: QUOTA, manualClusterSnapshots: QUOTA });
    await emulator.setRdsDurations({ defaultSeconds: COPY_SECONDS });
    await night(stage, count);
    invocations = await stage.recorded(() => night(stage, 2 * count));
    const concerned = [stage.world.production[0], stage.world.vault];
    return counted(
      count,
      invocations.filter(({ account }) => concerned.includes(account)),
    );
  } finally {
    await stage.stop();
    await emulator.stop();
  }
}

/** AWS Backup runs its plan, and time passes until all is in the vault. */
async function night(stage: Stage, count: number): Promise<void> {
  const { emulator, pump, world } = stage;
  const [region = ''] = world.regions;
  const [account = ''] = world.production;
  const backup = new BackupClient(emulator.client(account, region));
  const { BackupPlansList = [] } = await backup.send(new ListBackupPlansCommand({}));
  const planName = BackupPlansList.map(({ BackupPlanName = '' }) => BackupPlanName).find((name) => /daily/i.test(name));
  await emulator.runBackup({ account, region, planName, durationSeconds: JOB_SECONDS });
  await pump.pass(JOB_SECONDS + 1);
  for (let sweeps = 0; sweeps < MAX_SWEEPS; sweeps += 1) {
    await pump.pass(SWEEP_SECONDS);
    if (await areImported(stage, count)) return;
    for (const step of STEPS) await pump.fire(step);
  }
  throw new Error(`not all of ${count} snapshots are in the vault after ${MAX_SWEEPS} sweeps`);
}

/** Every snapshot of AWS Backup is in the vault, and of each database at most one export copy is left, marked as imported. */
async function areImported({ emulator, world }: Stage, imported: number): Promise<boolean> {
  const [region = ''] = world.regions;
  const inVault = await snapshotsOf(emulator, world.vault, region);
  if (inVault.filter(({ status }) => status === 'available').length < imported) return false;
  const inSources = await Promise.all(world.production.map((account) => snapshotsOf(emulator, account, region)));
  const copies = inSources.flat().filter(({ tags }) => tags.get(TAGS.role) === 'export');
  const instances = world.databases.filter(({ kind }) => kind === 'instance').length;
  return (
    copies.length <= instances && copies.every(({ kind, tags }) => kind === 'instance' && tags.has(TAGS.importedAt))
  );
}

function counted(databases: number, all: readonly Invocation[]): HttpCalls {
  const failed = all.map(failureOf).find(Boolean);
  if (failed) throw new Error(failed);
  const by: Record<string, number> = {};
  for (const { functionName, calls } of all) {
    for (const { service, action } of calls) {
      const name = `${functionName} ${service}:${action}`;
      by[name] = (by[name] ?? 0) + 1;
    }
  }
  const calls = Object.values(by).reduce((sum, each) => sum + each, 0);
  return { databases, callsPerSnapshot: calls / databases, by, invocations: all.length };
}
