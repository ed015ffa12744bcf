// Longer than most: one entry for each phase, in the order in which they are played.
import { CheckvalveError } from '../../contract/errors';
import { attack, checkAttack } from '../attack/attack';
import { checkAlarms, raisedAlarms } from '../checks/check-alarms';
import { checkCoverage } from '../checks/check-coverage';
import {
  type CheckFailure,
  checkBackups,
  checkEnrollment,
  checkExports,
  checkFollowing,
  checkImports,
  checkRetirement,
} from '../checks/check-flow';
import { checkRollout } from '../checks/check-rollout';
import { untouchedAccounts } from '../checks/evidence';
import { type Alter, Deployment } from '../host/deploy';
import { eachStack } from '../host/each-stack';
import type { Stage } from '../stage';
import { buildWorld, type World } from '../world';
import { loseProtection } from './lose-protection';
import { checkPruning, checkYears, passYears } from './pass-years';
import { runBackupPlans } from './run-backup-plans';

/** One phase of the rehearsal. */
export interface Phase {
  readonly step: string;
  readonly sentence: string;
  /** The account that a failure is told of when it shows in no other. */
  readonly home: (world: World) => string;
  readonly play: (stage: Stage) => Promise<void>;
  /** What must be true once it was played. */
  readonly judge: (stage: Stage) => Promise<CheckFailure[]>;
}

const FUNCTION = (step: string) => `checkvalve-${step}`;
const TURN_SECONDS = 300;
const MOST_TURNS = 24;
const ROLLOUT_SECONDS = 900;
const management = (world: World): string => world.management;
const vault = (world: World): string => world.vault;
const source = ({ databases: [first], vault: other }: World): string => first?.account ?? other;
const nothing = async (): Promise<CheckFailure[]> => [];

/** The last phase, where it is asked for: the attackers leave a world behind that is good for nothing else. */
export const ATTACK: Phase = {
  step: 'attack',
  sentence:
    'Administrators of a source, of the management account and of a stranger’s try every access role of the vault.',
  home: vault,
  play: async (stage) => {
    stage.attack = await attack(stage, fire);
  },
  judge: async (stage) => (stage.attack ? checkAttack(stage, stage.attack) : []),
};

/** The phases in the order in which they are played. */
export const PHASES: readonly Phase[] = [
  {
    step: 'make-organization',
    sentence: 'An organization, a vault account and two databases come to be.',
    home: management,
    play: (stage) => stage.timed(stage.world.management, () => buildWorld(stage.emulator, stage.world, stage.config)),
    judge: nothing,
  },
  { step: 'deploy', sentence: 'The synthesized stacks are deployed.', home: management, play: deploy, judge: nothing },
  {
    step: 'enroll-accounts',
    sentence: 'Production accounts get the tooling.',
    home: management,
    play: async (stage) => {
      await fire(stage, 'enroll-accounts');
      await stage.pump.pass(ROLLOUT_SECONDS);
    },
    judge: checkEnrollment,
  },
  {
    step: 'watch-rollout',
    sentence: 'The rollout is watched, and what stands is written down.',
    home: management,
    play: (stage) => fire(stage, 'watch-rollout'),
    judge: checkRollout,
  },
  {
    step: 'follow-sources',
    sentence: 'The vault subscribes to them.',
    home: vault,
    play: (stage) => fire(stage, 'follow-sources'),
    judge: checkFollowing,
  },
  {
    step: 'run-backup-plans',
    sentence: 'AWS Backup takes its turn.',
    home: source,
    play: runBackupPlans,
    judge: checkBackups,
  },
  {
    step: 'export-snapshots',
    sentence: 'Snapshots are copied under the export key, shared and announced.',
    home: source,
    play: async (stage) => {
      stage.pump.delivers = false;
      await untilChecked(stage, 'export-snapshots', checkExports);
    },
    judge: checkExports,
  },
  {
    step: 'import-copies',
    sentence: 'The vault makes copies of its own, and marks those it has taken.',
    home: vault,
    play: async (stage) => {
      stage.pump.delivers = true;
      await untilChecked(stage, 'import-copies', checkImports);
    },
    judge: checkImports,
  },
  {
    step: 'check-all',
    sentence: 'All that must be true is looked at once more.',
    home: vault,
    play: async () => undefined,
    judge: (stage) => stage.timed(stage.world.vault, () => checkAll(stage)),
  },
  {
    step: 'retire-copies',
    sentence: 'Export copies that the vault has taken are deleted; the newest of an instance stays.',
    home: source,
    play: (stage) => fire(stage, 'export-snapshots'),
    judge: checkRetirement,
  },
  {
    step: 'pass-years',
    sentence: 'Six years pass. One database has been deleted, the other is backed up, and crosses, again.',
    home: vault,
    play: (stage) => passYears(stage, { runBackupPlans, fire }),
    judge: checkYears,
  },
  {
    step: 'prune-copies',
    sentence: 'The vault deletes what is past its term, but never the last copy of a database.',
    home: vault,
    play: (stage) => fire(stage, 'prune-copies'),
    judge: checkPruning,
  },
  {
    step: 'report-coverage',
    sentence: 'The vault says of every database how old its newest copy is.',
    home: vault,
    play: (stage) => fire(stage, 'report-coverage'),
    judge: checkCoverage,
  },
  {
    step: 'lose-protection',
    sentence:
      'A database is late, one was never copied, one cannot be copied, one account’s access role does not open.',
    home: vault,
    play: async (stage) => {
      stage.outcry = await raisedAlarms(stage, await loseProtection(stage, fire));
    },
    judge: async (stage) => (stage.outcry ? checkAlarms(stage, stage.outcry) : []),
  },
];

function deploy(stage: Stage): Promise<void> {
  const deployment = new Deployment(stage.emulator);
  return eachStack(stage.config, stage.options.alter, (stack) =>
    stage.timed(stack.environment.account, () => deployment.deploy(stack)),
  );
}

/** Brings the vault's stacks, which stand, to templates that `alter` has changed. For tests. */
export function redeployVault(stage: Stage, alter: Alter): Promise<void> {
  const deployment = new Deployment(stage.emulator);
  return eachStack(stage.config, alter, async (stack) => {
    if (stack.environment.account === stage.world.vault) await deployment.update(stack);
  });
}

/** Fires the schedule that wakes a step. @throws CheckvalveError `REHEARSAL_FAILED` when there is none */
export async function fire({ pump }: Stage, step: string): Promise<void> {
  if ((await pump.fire(FUNCTION(step))) > 0) return;
  const message = `No enabled schedule wakes ${FUNCTION(step)}.`;
  throw new CheckvalveError('REHEARSAL_FAILED', message, `Look at the schedule of ${step} in its stack.`);
}

/** Lets time pass in turns of five minutes, at whose end the step's own schedule fires, until its work shows. */
export async function untilChecked(
  stage: Stage,
  step: string,
  judge: (stage: Stage) => Promise<CheckFailure[]>,
): Promise<void> {
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    await stage.pump.pass(TURN_SECONDS);
    await fire(stage, step);
    if (stage.failures.length > 0 || (await judge(stage)).length === 0) return;
  }
}

async function checkAll(stage: Stage): Promise<CheckFailure[]> {
  const findings = [
    ...(await checkEnrollment(stage)),
    ...(await checkFollowing(stage)),
    ...(await checkBackups(stage)),
    ...(await checkExports(stage)),
    ...(await checkImports(stage)),
  ];
  const untouched = await untouchedAccounts(stage);
  for (const account of stage.world.leftAlone) {
    if (!untouched.includes(account)) findings.push({ account, cause: 'something was put into it' });
  }
  return findings;
}
