import { evaluate } from '../../policy-evaluator/evaluate';
import type { PolicyBook } from '../../trust/policy-book';
import type { CheckFailure } from '../checks/check-flow';
import type { AttackRow } from '../result';
import type { Stage } from '../stage';
import { EXAMPLE, type World, type WorldDatabase } from '../world';
import { type Attempt, attackersOf, attempts, topicAttempts } from './attempts';
import { type Deed, Heard } from './deed';
import { checkKnownAccounts, followedOf, type KnownAccounts, knownIn, maxEnded } from './followed';
import { type Before, deeds, lastDeeds } from './mischief';
import { NOBODYS, otherOf } from './poisoned-registry';
import { changesOf, checkAddedCopy, copiesOf } from './standing-copies';
import { ADDED } from './unasked-shares';

const HOUR_SECONDS = 3600;
const HOURS = 2;
type Fire = (stage: Stage, step: string) => Promise<void>;

/** What the attackers knew before, and what came of it all. */
export interface Attack {
  readonly rows: readonly AttackRow[];
  readonly before: Before;
  /** What the vault knew when all was done but the last deeds, which may end something. */
  readonly known: KnownAccounts;
  /** Calls and deliveries that had been refused before. */
  readonly refusals: number;
}

/** The database whose account attacks. */
const victimOf = ({ databases }: World): WorldDatabase => {
  const found = databases.find(({ kind }) => kind === 'instance');
  if (!found) throw new Error('the world has no instance');
  return found;
};

/** A try at an access role, as the deployed policies answer it. */
function tried(book: PolicyBook, vault: string, { attacker, what, action, resource, context }: Attempt): AttackRow {
  const { principal, identityPolicies, name } = attacker;
  const { decision, because } = evaluate({
    principal,
    action,
    resource,
    // The ARN of a bucket names no account.
    resourceAccount: resource.split(':')[4] || vault,
    context: { 'aws:SecureTransport': 'true', ...context },
    identityPolicies,
    // A role's policy says who may take it, and nothing of who may change it.
    resourcePolicy: (action.startsWith('iam:') ? undefined : book.resourcePolicy(resource)) ?? null,
  });
  const why = because.map(({ why: text }) => text).join('; ');
  return { who: name, what: `${what} ${resource}`, againstVault: true, refused: decision !== 'Allowed', because: why };
}

/** Every try at the vault's access roles, and at the bell of another source. */
function againstVaults(book: PolicyBook, { world }: Stage, copies: Iterable<string>, other: string): AttackRow[] {
  const victim = victimOf(world);
  const made = book.things.filter(({ account }) => account === world.vault).map(({ arn }) => arn);
  const attackers = attackersOf(book, victim.account, world.management, EXAMPLE.missingTag);
  return [
    ...attempts(attackers, [...new Set(made), ...copies]),
    ...topicAttempts(attackers, { source: other, vault: world.vault, region: victim.region }),
  ].map((attempt) => tried(book, world.vault, attempt));
}

/** Does these deeds, and lets everything take its course for so many hours. */
async function commit(stage: Stage, fire: Fire, done: readonly Deed[], hours: number): Promise<AttackRow[]> {
  const heard = new Heard();
  stage.overhear = (invocation) => heard.add(invocation);
  for (const deed of done) await deed.do();
  for (let hour = 0; hour < hours; hour += 1) {
    for (const step of ['follow-sources', 'import-copies', 'export-snapshots']) await fire(stage, step);
    await stage.pump.pass(HOUR_SECONDS);
  }
  stage.overhear = undefined;
  // Accounts that nobody has cannot be followed: the step says so, and goes on with the others.
  stage.excuse(({ cause }) => cause.includes('follow-sources') && cause.includes(NOBODYS));
  const rows: AttackRow[] = [];
  for (const { who, what, comesTo, verify } of done) {
    const otherwise = await verify(heard);
    rows.push({ who, what, againstVault: false, refused: otherwise === undefined, because: otherwise ?? comesTo });
  }
  return rows;
}

/**
 * Tries every access role of the vault as everybody who might want to, and does all that an attacker is free to do where he
 * rules; then lets everything take its course for a few hours.
 */
export async function attack(stage: Stage, fire: Fire): Promise<Attack> {
  const victim = victimOf(stage.world);
  const before: Before = { copies: await copiesOf(stage), known: await knownIn(stage, victim.region) };
  const { refusals } = stage;
  const book = await stage.options.policies?.();
  const rows = book ? againstVaults(book, stage, before.copies.keys(), otherOf(stage, victim)) : [];
  for (const one of await commit(stage, fire, deeds(stage, victim, before), HOURS)) rows.push(one);
  const known = await knownIn(stage, victim.region);
  for (const some of lastDeeds(stage, victim, known)) {
    for (const row of await commit(stage, fire, some, 1)) rows.push(row);
  }
  return { rows, before, known, refusals };
}

/** Nothing was let in, nothing forged was imported, nothing changed, nothing went. */
export async function checkAttack(stage: Stage, { rows, before, known }: Attack): Promise<CheckFailure[]> {
  const { world, config } = stage;
  const { region, arn } = victimOf(world);
  const mayAdd = config.limits.maxNewAccountsPerDay;
  const mayEnd = maxEnded(followedOf(known, region).length);
  const after = await copiesOf(stage);
  const causes = [
    ...rows.filter(({ refused }) => !refused).map(({ who, what, because }) => `${who}: ${what}: ${because}`),
    ...changesOf(before.copies, after),
    ...checkAddedCopy(before.copies, after, ADDED, arn),
    ...checkKnownAccounts(before.known, known, { region, mayEnd: 0, mayAdd }),
    ...checkKnownAccounts(known, await knownIn(stage, region), { region, mayEnd, mayAdd: 0 }),
  ];
  return causes.map((cause) => ({ account: world.vault, cause }));
}
