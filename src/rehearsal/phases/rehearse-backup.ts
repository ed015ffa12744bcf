import { nearest } from '../../config/edit-distance';
import { CheckvalveError } from '../../contract/errors';
import { ON_DEMAND_PLAN, RECOVERY_POINT_TAGS } from '../../contract/names';
import { type BackupOrder, type StartedBackup, startBackup } from '../../operations/backup/start-backup';
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

/** What came of a backup out of turn in the rehearsal's world. */
export interface BackupRehearsal extends RehearsalResult {
  readonly started?: StartedBackup;
}

const STEP_SECONDS = 900;
const MAX_WAIT_SECONDS = 24 * 3600;
const BEFORE = ['make-organization', 'deploy', 'enroll-accounts', 'follow-sources'];
const source = ({ databases: [first], vault }: World): string => first?.account ?? vault;

/**
 * Starts a backup out of turn where everything else of the landing zone stands, and follows it into the vault. AWS Backup
 * takes no turn of its own: what the vault has in the end is of this backup.
 * @throws CheckvalveError what {@link startBackup} throws
 */
export async function rehearseBackup(order: BackupOrder, options: RehearsalOptions): Promise<BackupRehearsal> {
  const asked: { started?: StartedBackup; refusal?: unknown } = {};
  const result = await rehearse({ from: 'run-backup-plans', ...options, phases: phasesFor(order, asked) });
  if (asked.refusal instanceof CheckvalveError) throw asked.refusal;
  return { ...result, ...(asked.started && { started: asked.started }) };
}

function phasesFor(order: BackupOrder, asked: { started?: StartedBackup; refusal?: unknown }): readonly Phase[] {
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
      sentence: `Somebody starts a backup of ${order.database}, out of turn.`,
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
      sentence: 'The snapshot is copied under the export key, shared and announced.',
      home: source,
      play: doing((stage) => untilChecked(stage, 'export-snapshots', exported)),
      check: async () => [],
    },
    {
      step: 'import-copies',
      sentence: 'The vault makes a copy of its own.',
      home: ({ vault }) => vault,
      play: doing((stage) => untilChecked(stage, 'import-copies', imported)),
      check: async (stage) => [...(await imported(stage)), ...(await checkPlan(stage))],
    },
  ];
}

async function start(order: BackupOrder, stage: Stage): Promise<StartedBackup> {
  const { emulator, world } = stage;
  // Whoever misspells a name has credentials of the account in which the right one is.
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

/** The operator waits until no window of any database is in the way: AWS Backup would start nothing in one. */
async function outsideWindows({ config, emulator, world }: Stage): Promise<void> {
  const windows = world.databases.map(({ id }) => clearWindows(config, id));
  const isClear = (now: Date) => !windows.some((one) => isInWindow(now, one));
  for (let waited = 0; waited < MAX_WAIT_SECONDS && !isClear(await emulator.now()); waited += STEP_SECONDS) {
    await emulator.advance(STEP_SECONDS);
  }
}

/** The vault's copy says that it is of a backup out of turn. */
async function checkPlan(stage: Stage): Promise<CheckFailure[]> {
  const wrong = (await vaultCopies(stage)).filter(
    ({ seen }) => seen.tags.get(RECOVERY_POINT_TAGS.plan) !== ON_DEMAND_PLAN,
  );
  return wrong.map(({ arn, seen }) => ({
    account: stage.world.vault,
    cause: `${arn} is of the plan ${seen.tags.get(RECOVERY_POINT_TAGS.plan)}, not ${ON_DEMAND_PLAN}`,
  }));
}
