import { Emulator } from '../emulator/emulator';
import { provedLines } from './attack/deployed-proof';
import { coverageReports, untouchedAccounts, vaultCopies } from './checks/evidence';
import { Authorizer } from './host/authorizer';
import type { Phase, PhaseResults } from './phases/phase';
import { ATTACK, PHASES } from './phases/phases';
import { SavedPhases } from './phases/saved-phases';
import type { RehearsalOptions } from './rehearsal-options';
import type { CheckFailure, PhaseRow, RehearsalResult } from './result';
import { authorizedBy, Stage } from './stage';
import { withRoom } from './with-room';
import { worldOf } from './world';

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Plays the landing zone on an emulator. It stops at the first phase that fails, and names that phase. It resolves in each
 * case, and ends every process that it started; it rejects only when the emulator cannot start.
 *
 * @throws {CheckvalveError} EMULATOR_NOT_INSTALLED, EMULATOR_NOT_STARTED
 */
export async function rehearse(given: RehearsalOptions): Promise<RehearsalResult> {
  const options = { ...given, config: withRoom(given.config) };
  const { config } = options;
  const emulator = options.emulator ?? (await Emulator.start(options.now ? { now: options.now } : {}));
  await options.emulator?.reset(options.now);
  const world = worldOf(config);
  const authorizer = new Authorizer(emulator, world, options.switches);
  const stage = new Stage(emulator, world, { ...authorizedBy(authorizer), ...options });
  try {
    const { phases, results, failure } = await playPhases(stage, authorizer, options);
    if (!failure) {
      await options.audit?.(authorizer);
      await options.encore?.(stage, results);
    }
    return {
      ok: failure === undefined,
      phases,
      ...(await finalState(stage, results)),
      permissions: authorizer.asked.length,
      ...attackOf(stage, results),
      ...(failure && { failure }),
    };
  } finally {
    await stage.stop();
    if (!options.emulator) await emulator.stop();
  }
}

interface Played {
  readonly phases: readonly PhaseRow[];
  readonly results: PhaseResults;
  readonly failure?: { readonly step: string; readonly cause: string };
}

/** Plays the phases from the nearest saved world on, up to the first that fails or to the one to stop before. */
async function playPhases(stage: Stage, authorizer: Authorizer, options: RehearsalOptions): Promise<Played> {
  const { progress, stopBefore } = options;
  const script = options.phases ?? [...PHASES, ...(options.attacked ? [ATTACK] : [])];
  const saved = new SavedPhases(script, options);
  const start = await saved.begin(stage, authorizer);
  const phases: PhaseRow[] = [...start.rows];
  let { results } = start;
  const save = (at: number) => saved.save(at, { stage, authorizer, rows: phases, results });
  if (start.at > 0)
    progress(`The rehearsal begins with the saved world before ${script[start.at]?.step ?? 'the end'}.`);
  for (const [at, phase] of script.entries()) {
    if (at < start.at) continue;
    await save(at);
    if (phase.step === stopBefore?.step) break;
    progress(`${phase.step}: ${phase.sentence}`);
    const played = await play(phase, stage, results);
    results = played.results;
    for (const row of stage.rows(phase.step, played.failures)) {
      phases.push(row);
      progress(`  ${row.account}  ${row.outcome}, ${row.calls} calls, ${row.ms} ms`);
    }
    if (played.failures.length === 0) continue;
    const cause = played.failures.map((failure) => failure.cause).join('; ');
    progress(`  ${phase.step} failed: ${cause}`);
    return { phases, results, failure: { step: phase.step, cause } };
  }
  if (stopBefore) await stopBefore.look(stage);
  else await save(script.length);
  return { phases, results };
}

/** Plays a phase, and resolves to its failures: work that failed, invocations that failed, checks that do not pass. */
async function play(
  phase: Phase,
  stage: Stage,
  before: PhaseResults,
): Promise<{ readonly results: PhaseResults; readonly failures: readonly CheckFailure[] }> {
  const account = phase.home(stage.world);
  let results = before;
  try {
    results = { ...before, ...(await phase.play(stage, before)) };
    if (stage.failures.length > 0) return { results, failures: unique(stage.failures) };
    const problems = (await stage.emulator.problems()).map(({ kind, detail }) => `not emulated (${kind}): ${detail}`);
    if (problems.length > 0) return { results, failures: unique(problems.map((cause) => ({ account, cause }))) };
    return { results, failures: await phase.check(stage, results) };
  } catch (error) {
    const cause = messageOf(error);
    const isCounted = stage.failures.some((failure) => failure.cause === cause);
    return { results, failures: unique(isCounted ? stage.failures : [...stage.failures, { account, cause }]) };
  }
}

const unique = (failures: readonly CheckFailure[]): CheckFailure[] => [
  ...new Map(failures.map((failure) => [`${failure.account} ${failure.cause}`, failure])).values(),
];

function attackOf(stage: Stage, { attack }: PhaseResults): Pick<RehearsalResult, 'attack'> {
  if (!attack) return {};
  const { proof, actions, refusals } = attack;
  return { attack: { proved: proof ? provedLines(proof) : [], actions, refusals: stage.refusals - refusals } };
}

type FinalState = Omit<RehearsalResult, 'ok' | 'phases' | 'permissions' | 'attack' | 'failure'>;

/** The copies, reports, alarms and messages at the end; an emulator that broke down may not be able to list them. */
async function finalState(stage: Stage, { alarms: raised, attack }: PhaseResults): Promise<FinalState> {
  const observed = {
    ...(raised && { alarms: raised.alarms, messages: raised.messages.map(({ subject }) => subject) }),
    refusals: attack?.refusals ?? stage.refusals,
  };
  try {
    const copies = await vaultCopies(stage);
    return {
      vaultCopies: copies.map(({ arn, sourceArn, kmsKeyArn, status }) => ({ arn, sourceArn, kmsKeyArn, status })),
      coverage: await coverageReports(stage),
      untouched: await untouchedAccounts(stage),
      ...observed,
    };
  } catch {
    return { vaultCopies: [], coverage: [], untouched: [], ...observed };
  }
}
