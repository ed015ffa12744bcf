import { attack, checkAttack } from '../attack/attack';
import { checkAlarms, raisedAlarms } from '../checks/check-alarms';
import { checkCoverage } from '../checks/check-coverage';
import {
  checkBackups,
  checkEnrollment,
  checkExports,
  checkFollowing,
  checkImports,
  checkRetirement,
} from '../checks/check-flow';
import { checkRollout } from '../checks/check-rollout';
import { checkPruning, checkYears } from '../checks/check-years';
import { untouchedAccounts } from '../checks/evidence';
import { type Alter, Deployment } from '../host/deploy';
import { eachStack } from '../host/each-stack';
import type { CheckFailure } from '../result';
import type { Stage } from '../stage';
import { buildWorld, type World } from '../world';
import { loseProtection, ROLLOUT_SECONDS } from './lose-protection';
import { passYears } from './pass-years';
import { doing, type Phase } from './phase';
import { runBackupPlans } from './run-backup-plans';

const management = (world: World): string => world.management;
const vault = (world: World): string => world.vault;
const source = ({ databases: [first], vault: other }: World): string => first?.account ?? other;
const noCheck = async (): Promise<readonly CheckFailure[]> => [];
const firing = (step: string): Phase['play'] => doing((stage) => stage.fire(step));

/** The last phase, where it is asked for: no other phase can use the world that it leaves. */
export const ATTACK: Phase = {
  step: 'attack',
  sentence:
    'The prover evaluates every access to the vault; administrators of a source, of the management account and of an account that is not enrolled do what their own accounts allow.',
  home: vault,
  play: async (stage) => ({ attack: await attack(stage) }),
  check: async (stage, results) => (results.attack ? checkAttack(stage, results.attack) : []),
};

/** The phases in the order in which they are played. */
export const PHASES: readonly Phase[] = [
  {
    step: 'make-organization',
    sentence: 'The emulator creates an organization, a vault account and two databases.',
    home: management,
    play: doing((stage) =>
      stage.timed(stage.world.management, () => buildWorld(stage.emulator, stage.world, stage.config)),
    ),
    check: noCheck,
  },
  {
    step: 'deploy',
    sentence: 'CloudFormation deploys the synthesized stacks.',
    home: management,
    play: doing(deploy),
    check: noCheck,
  },
  {
    step: 'enroll-accounts',
    sentence: 'Production accounts get the tooling.',
    home: management,
    play: doing(async (stage) => {
      await stage.fire('enroll-accounts');
      await stage.pump.pass(ROLLOUT_SECONDS);
    }),
    check: checkEnrollment,
  },
  {
    step: 'watch-rollout',
    sentence: 'The registry records in which accounts and Regions the tooling is current.',
    home: management,
    play: firing('watch-rollout'),
    check: checkRollout,
  },
  {
    step: 'follow-sources',
    sentence: 'The vault subscribes to the topics of the production accounts.',
    home: vault,
    play: firing('follow-sources'),
    check: checkFollowing,
  },
  {
    step: 'run-backup-plans',
    sentence: 'AWS Backup runs the daily plan of each production account.',
    home: source,
    play: runBackupPlans,
    check: checkBackups,
  },
  {
    step: 'export-snapshots',
    sentence: 'The sources copy the snapshots under the export key, share the copies and notify the vault.',
    home: source,
    play: doing(async (stage) => {
      stage.pump.delivers = false;
      await untilChecked(stage, 'export-snapshots', checkExports);
    }),
    check: checkExports,
  },
  {
    step: 'import-copies',
    sentence: 'The vault copies the export copies under the import key, and marks those that it has imported.',
    home: vault,
    play: doing(async (stage) => {
      stage.pump.delivers = true;
      await untilChecked(stage, 'import-copies', checkImports);
    }),
    check: checkImports,
  },
  {
    step: 'check-all',
    sentence: 'The checks of the phases before run again.',
    home: vault,
    play: doing(async () => undefined),
    check: (stage) => stage.timed(stage.world.vault, () => checkAll(stage)),
  },
  {
    step: 'retire-copies',
    sentence: 'The sources delete export copies that the vault has imported, except the newest of an instance.',
    home: source,
    play: firing('export-snapshots'),
    check: checkRetirement,
  },
  {
    step: 'pass-years',
    sentence: 'Six years pass. One database is deleted; AWS Backup backs up the other again, and the vault imports it.',
    home: vault,
    play: passYears,
    check: checkYears,
  },
  {
    step: 'prune-copies',
    sentence: 'The vault deletes copies past their retention, but never the last copy of a database.',
    home: vault,
    play: firing('prune-copies'),
    check: checkPruning,
  },
  {
    step: 'report-coverage',
    sentence: 'The vault reports how old the newest copy of each database is.',
    home: vault,
    play: firing('report-coverage'),
    check: checkCoverage,
  },
  {
    step: 'lose-protection',
    sentence:
      'One database is late, one was never copied, one cannot be copied, and the access role of one account denies access.',
    home: vault,
    play: async (stage) => ({
      alarms: await raisedAlarms(stage, await stage.recorded(() => loseProtection(stage))),
    }),
    check: async (stage, { alarms }) => (alarms ? checkAlarms(stage, alarms) : []),
  },
];

function deploy(stage: Stage): Promise<void> {
  const deployment = new Deployment(stage.emulator);
  return eachStack(stage.config, stage.options.alter, (stack) =>
    stage.timed(stack.environment.account, () => deployment.deploy(stack)),
  );
}

/** Updates the deployed stacks of the vault to templates that `alter` has changed. For tests. */
export function redeployVault(stage: Stage, alter: Alter): Promise<void> {
  const deployment = new Deployment(stage.emulator);
  return eachStack(stage.config, alter, async (stack) => {
    if (stack.environment.account === stage.world.vault) await deployment.update(stack);
  });
}

/** Lets time pass, and fires the schedule of a step every five minutes, until the check passes. */
export const untilChecked = (
  stage: Stage,
  step: string,
  check: (stage: Stage) => Promise<readonly CheckFailure[]>,
): Promise<void> => stage.fireUntil([step], async () => (await check(stage)).length === 0);

async function checkAll(stage: Stage): Promise<readonly CheckFailure[]> {
  const checks = [checkEnrollment, checkFollowing, checkBackups, checkExports, checkImports];
  const failures: CheckFailure[] = [];
  for (const check of checks) for (const failure of await check(stage)) failures.push(failure);
  const untouched = await untouchedAccounts(stage);
  for (const account of stage.world.leftAlone) {
    if (!untouched.includes(account)) failures.push({ account, cause: 'Resources were created in this account' });
  }
  return failures;
}
