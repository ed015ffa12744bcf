import { SECONDS_PER_HOUR } from '../../contract/durations';
import type { Proof } from '../../trust/proof/prove';
import type { ActionRow, CheckFailure } from '../result';
import type { Stage } from '../stage';
import type { World, WorldDatabase } from '../world';
import { type AttackAction, AttackLogs } from './attack-action';
import { type CopyStates, changesOf, checkAddedCopy, copyStates } from './copy-states';
import { allowedCauses, proveDeployed } from './deployed-proof';
import { forgedMessages } from './forged-messages';
import { endings, forgedRegistry, INVENTED } from './forged-registry';
import { checkKnownAccounts, followedOf, type KnownAccounts, knownIn, maxEnded } from './known-accounts';
import { ADDED, unrequestedShares } from './unrequested-shares';

const HOURS = 2;

/** What the attackers did, and the state of the vault before and after. */
export interface AttackResult {
  /** What the prover found in the deployed templates; undefined where no policies are deployed. */
  readonly proof: Proof | undefined;
  readonly actions: readonly ActionRow[];
  readonly before: { readonly copies: CopyStates; readonly known: KnownAccounts };
  /** The accounts that the vault knew after every action except the last, which may end some. */
  readonly known: KnownAccounts;
  /** Calls and deliveries that were refused before the attack. */
  readonly refusals: number;
}

/** The database whose account attacks. */
const attackedFrom = ({ databases }: World): WorldDatabase => {
  const found = databases.find(({ kind }) => kind === 'instance');
  if (!found) throw new Error('the world has no instance');
  return found;
};

/** Performs actions, and lets the steps run for so many hours. */
async function perform(stage: Stage, actions: readonly AttackAction[], hours: number): Promise<ActionRow[]> {
  const invocations = await stage.recorded(async () => {
    for (const { act } of actions) await act();
    for (let hour = 0; hour < hours; hour += 1) {
      for (const step of ['follow-sources', 'import-copies', 'export-snapshots']) await stage.fire(step);
      await stage.pump.pass(SECONDS_PER_HOUR);
    }
  });
  // The vault cannot subscribe to accounts that do not exist: follow-sources fails for them, and serves the others.
  stage.removeExpected(({ cause }) => cause.includes('follow-sources') && cause.includes(INVENTED));
  const logs = new AttackLogs(invocations);
  const rows: ActionRow[] = [];
  for (const { attacker, action, outcome, verify } of actions) {
    const difference = await verify(logs);
    rows.push({ attacker, action, outcome: difference ?? outcome, isAsExpected: difference === undefined });
  }
  return rows;
}

/**
 * Asks the prover about every access to the vault, and performs every action that the attackers' own accounts allow; then
 * lets the steps run for a few hours.
 */
export async function attack(stage: Stage): Promise<AttackResult> {
  const database = attackedFrom(stage.world);
  const { region } = database;
  const { refusals } = stage;
  const before = { copies: await copyStates(stage), known: await knownIn(stage, region) };
  const templates = await stage.options.templates?.();
  const proof = templates && (await proveDeployed(stage, templates));
  const first = [
    ...forgedMessages(stage, database, before.copies),
    ...unrequestedShares(stage, database, before.copies),
    ...forgedRegistry(stage, database, before.known),
  ];
  const actions = await perform(stage, first, HOURS);
  const known = await knownIn(stage, region);
  for (const last of endings(stage, database, known)) {
    for (const row of await perform(stage, last, 1)) actions.push(row);
  }
  return { proof, actions, before, known, refusals };
}

/** The deployed policies refuse every access, every action has its outcome, and each copy and account is as before. */
export async function checkAttack(
  stage: Stage,
  { proof, actions, before, known }: AttackResult,
): Promise<CheckFailure[]> {
  const { world, config } = stage;
  const { region, arn } = attackedFrom(world);
  const mayAdd = config.limits.maxNewAccountsPerDay;
  const mayEnd = maxEnded(followedOf(known, region).length);
  const after = await copyStates(stage);
  const causes = [
    ...(proof ? allowedCauses(proof) : []),
    ...actions
      .filter(({ isAsExpected }) => !isAsExpected)
      .map(({ attacker, action, outcome }) => `${attacker} ${action}: ${outcome}`),
    ...changesOf(before.copies, after),
    ...checkAddedCopy(before.copies, after, ADDED, arn),
    ...checkKnownAccounts(before.known, known, { region, mayEnd: 0, mayAdd }),
    ...checkKnownAccounts(known, await knownIn(stage, region), { region, mayEnd, mayAdd: 0 }),
  ];
  return causes.map((cause) => ({ account: world.vault, cause }));
}
