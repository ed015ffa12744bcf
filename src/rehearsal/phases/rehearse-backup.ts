import { nearest } from '../../config/nearest';
import { CheckvalveError } from '../../contract/errors';
import { ON_DEMAND_PLAN, RECOVERY_POINT_TAGS } from '../../contract/names';
import { type BackupRequest, type StartedBackup, startBackup } from '../../operations/backup/start-backup';
import { checkBackups, checkExports, checkImports } from '../checks/check-flow';
import { vaultCopies } from '../checks/evidence';
import { clearWindows, isInWindow } from '../clear-windows';
import type { RehearsalOptions } from '../rehearsal-options';
import { rehearse } from '../rehearse';
import type { CheckFailure, RehearsalResult } from '../result';
import type { Stage } from '../stage';
import type { World } from '../world';
import { doing, type Phase } from './phase';
import { PHASES, untilChecked } from './phases';
import { JOB_SECONDS, requireBackupPermission } from './run-backup-plans';

/** The result of an on-demand backup in the rehearsal's world. */
export interface BackupRehearsal extends RehearsalResult {
  readonly started?: StartedBackup;
}

const STEP_SECONDS = 900;
const MAX_WAIT_SECONDS = 24 * 3600;
const BEFORE = ['make-organization', 'deploy', 'enroll-accounts', 'follow-sources'];
const source = ({ databases: [first], vault }: World): string => first?.account ?? vault;

/**
 * Starts an on-demand backup in a deployed landing zone, and waits until the copy is in the vault. AWS Backup runs no plan:
 * what the vault has at the end is of this backup.
 * @throws CheckvalveError what {@link startBackup} throws
 */
export async function rehearseBackup(order: BackupRequest, options: RehearsalOptions): Promise<BackupRehearsal> {
  const asked: { started?: StartedBackup; refusal?: unknown } = {};
  const result = await rehearse({ from: 'run-backup-plans', ...options, phases: phasesFor(order, asked) });
  if (asked.refusal instanceof CheckvalveError) throw asked.refusal;
  return { ...result, ...(asked.started && { started: asked.started }) };
}

function phasesFor(order: BackupRequest, asked: { started?: StartedBackup; refusal?: unknown }): readonly Phase[] {
  // Only the database that was backed up is judged: the others had no backup.
  const started = ({ emulator, world }: Stage) => ({
    emulator,
    world: { ...world, databases: world.databases.filter(({ arn }) => arn === asked.started?.database) },
  });
  const [exported, imported] = [
    (stage: Stage) => checkExports(started(stage)),
    (stage: Stage) => checkImports(started(stage)),
  ];
  return [
    ...PHASES.filter(({ step }) => BEFORE.includes(step)),
    {
      step: 'run-backup-plans',
      sentence: `An operator starts an on-demand backup of ${order.database}.`,
      home: source,
      play: doing(async (stage) => {
        asked.started = await start(order, stage).catch((refusal: unknown) => {
          asked.refusal = refusal;
          throw refusal;
        });
      }),
      check: (stage) => checkBackups(started(stage)),
    },
    {
      step: 'export-snapshots',
      sentence: 'The source copies the snapshot under the export key, shares the copy and notifies the vault.',
      home: source,
      play: doing((stage) => untilChecked(stage, 'export-snapshots', exported)),
      check: async () => [],
    },
    {
      step: 'import-copies',
      sentence: 'The vault copies the export copy under the import key.',
      home: ({ vault }) => vault,
      play: doing((stage) => untilChecked(stage, 'import-copies', imported)),
      check: async (stage) => [...(await imported(stage)), ...(await checkPlan(stage))],
    },
  ];
}

async function start(order: BackupRequest, stage: Stage): Promise<StartedBackup> {
  const { emulator, world } = stage;
  // For a misspelled name the credentials are those of the account of the most similar name.
  const ids = world.databases.map(({ id }) => id);
  const [id = ids[0]] = nearest(order.database.toLowerCase().split(':').pop() ?? '', ids);
  const account = world.databases.find((database) => database.id === id)?.account ?? source(world);
  await outsideWindows(stage);
  const started = await stage.timed(account, () =>
    startBackup(order, (region) => ({ ...emulator.client(account, region) })),
  );
  if (started.recoveryPoint && !order.role)
    await requireBackupPermission(stage, started.database, started.recoveryPoint);
  await emulator.advance(JOB_SECONDS + 1);
  return started;
}

/** The operator waits until no window of any database is open: AWS Backup starts no job in one. */
async function outsideWindows({ config, emulator, world }: Stage): Promise<void> {
  const windows = world.databases.map(({ id }) => clearWindows(config, id));
  const isClear = (now: Date) => !windows.some((one) => isInWindow(now, one));
  for (let waited = 0; waited < MAX_WAIT_SECONDS && !isClear(await emulator.now()); waited += STEP_SECONDS) {
    await emulator.advance(STEP_SECONDS);
  }
}

/** The vault's copy has the plan tag of an on-demand backup. */
async function checkPlan(stage: Stage): Promise<CheckFailure[]> {
  const wrong = (await vaultCopies(stage)).filter(
    ({ snapshot }) => snapshot.tags.get(RECOVERY_POINT_TAGS.plan) !== ON_DEMAND_PLAN,
  );
  return wrong.map(({ arn, snapshot }) => ({
    account: stage.world.vault,
    cause: `${arn} has the plan tag ${snapshot.tags.get(RECOVERY_POINT_TAGS.plan)}, not ${ON_DEMAND_PLAN}`,
  }));
}
