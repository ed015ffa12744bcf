import { Emulator } from '../emulator/emulator';
import type { CheckFailure } from './checks/check-flow';
import { coverageReports, untouchedAccounts, vaultCopies } from './checks/evidence';
import { Authorizer } from './host/authorizer';
import { ATTACK, PHASES, type Phase } from './phases/phases';
import { SavedPhases } from './phases/saved-phases';
import type { PhaseRow, RehearsalResult } from './result';
import { Stage, type StageOptions } from './stage';
import { withRoom } from './with-room';
import { worldOf } from './world';

/** What a rehearsal plays, and who watches. */
export interface RehearsalOptions extends StageOptions {
  /** Hears one line when a phase begins, and one for each account when it has ended. */
  readonly progress: (line: string) => void;
  /** Looks at what was asked of permissions, once all is played. */
  readonly audit?: (authorizer: Authorizer) => Promise<void>;
  /** Ends before this phase is played, with a look at the world as it stands there. */
  readonly stopBefore?: { readonly step: string; readonly look: (stage: Stage) => Promise<void> };
  /** Plays on where the phases end, on the same stage. For tests. */
  readonly encore?: (stage: Stage) => Promise<void>;
  /** Lets attackers try every access role in the end. */
  readonly attacked?: boolean;
  /** Other phases than those of the whole flow. */
  readonly phases?: readonly Phase[];
  /** Virtual start of the clock, ISO 8601; the machine's time by default. */
  readonly now?: string;
  /** Keeps the world before each phase, and at the end, for later runs. Not together with `alter`. */
  readonly keeps?: boolean;
  /** Begins with this phase, or as near before it as a kept world allows; implies `keeps`. `end`: plays nothing that was played before. */
  readonly from?: string | undefined;
  /** The emulator to play on, which is not ended; by default one of its own. */
  readonly emulator?: Emulator;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Plays the landing zone through on an emulator of its own. It stops at the first phase that fails and names it;
 * whatever happens, it resolves, and ends all that it started. It rejects only when the emulator cannot be started.
 *
 * @throws {CheckvalveError} EMULATOR_NOT_INSTALLED, EMULATOR_NOT_STARTED
 */
export async function rehearse(asked: RehearsalOptions): Promise<RehearsalResult> {
  const options = { ...asked, config: withRoom(asked.config) };
  const { config, progress } = options;
  const emulator = options.emulator ?? (await Emulator.start(options.now ? { now: options.now } : {}));
  await options.emulator?.reset(options.now);
  const world = worldOf(config);
  const authorizer = new Authorizer(emulator, world, options.switches);
  const stage = new Stage(emulator, world, {
    authorize: authorizer.call,
    authorizeDelivery: authorizer.delivery,
    authorizePublication: authorizer.publication,
    authorizeInvocation: authorizer.invocation,
    authorizeBackup: authorizer.backup,
    policies: () => authorizer.policies(),
    ...options,
  });
  const script = options.phases ?? [...PHASES, ...(options.attacked ? [ATTACK] : [])];
  const kept = new SavedPhases(script, options);
  const phases: PhaseRow[] = [];
  try {
    const played = { stage, authorizer, rows: phases };
    const first = await kept.begin(played);
    if (first > 0) progress(`The world before ${script[first]?.step ?? 'the end'} was kept: it begins there.`);
    for (const [at, phase] of script.entries()) {
      if (at < first) continue;
      await kept.keep(at, played);
      if (phase.step === options.stopBefore?.step) break;
      progress(`${phase.step}: ${phase.sentence}`);
      const findings = await play(phase, stage);
      for (const row of stage.rows(phase.step, findings)) {
        phases.push(row);
        progress(`  ${row.account}  ${row.outcome}, ${row.calls} calls, ${row.ms} ms`);
      }
      if (findings.length === 0) continue;
      const cause = findings.map((finding) => finding.cause).join('; ');
      progress(`  ${phase.step} failed: ${cause}`);
      return {
        ok: false,
        phases,
        ...(await ending(stage)),
        permissions: authorizer.asked.length,
        failure: { step: phase.step, cause },
      };
    }
    if (options.stopBefore) await options.stopBefore.look(stage);
    else await kept.keep(script.length, played);
    await options.audit?.(authorizer);
    await options.encore?.(stage);
    const attack = stage.attack && { attack: stage.attack.rows };
    return { ok: true, phases, ...(await ending(stage)), permissions: authorizer.asked.length, ...attack };
  } finally {
    await stage.stop();
    if (!options.emulator) await emulator.stop();
  }
}

/** Plays a phase and says what is wrong after it: what could not be done, which invocation failed, what is not true. */
async function play(phase: Phase, stage: Stage): Promise<CheckFailure[]> {
  const account = phase.home(stage.world);
  try {
    await phase.play(stage);
    if (stage.failures.length > 0) return unique(stage.failures);
    const problems = (await stage.emulator.problems()).map(({ kind, detail }) => `not emulated (${kind}): ${detail}`);
    if (problems.length > 0) return unique(problems.map((cause) => ({ account, cause })));
    return await phase.judge(stage);
  } catch (error) {
    const cause = messageOf(error);
    const told = stage.failures.some((failure) => failure.cause === cause);
    return unique(told ? stage.failures : [...stage.failures, { account, cause }]);
  }
}

const unique = (findings: readonly CheckFailure[]): CheckFailure[] => [
  ...new Map(findings.map((finding) => [`${finding.account} ${finding.cause}`, finding])).values(),
];

type Ending = Omit<RehearsalResult, 'ok' | 'phases' | 'permissions' | 'attack' | 'failure'>;

/** What stands in the end. A world that broke down may not be able to say. */
async function ending(stage: Stage): Promise<Ending> {
  const refusals = stage.attack?.refusals ?? stage.refusals;
  const { alarms, told } = stage.outcry ?? {};
  const heard = {
    ...(alarms && told && { alarms, told: told.map(({ subject }) => subject) }),
    ...{ refusals, ...(stage.attack && { refusalsUnderAttack: stage.refusals - refusals }) },
  };
  try {
    const copies = await vaultCopies(stage);
    return {
      vaultCopies: copies.map(({ arn, sourceArn, kmsKeyArn, status }) => ({ arn, sourceArn, kmsKeyArn, status })),
      coverage: await coverageReports(stage),
      untouched: await untouchedAccounts(stage),
      ...heard,
    };
  } catch {
    return { vaultCopies: [], coverage: [], untouched: [], ...heard };
  }
}
