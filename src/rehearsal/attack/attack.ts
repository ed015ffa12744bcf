import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { TAGS } from '../../contract/names';
import { evaluate } from '../../trust/evaluator/evaluate';
import type { PolicyBook } from '../../trust/policy-book';
import { vaultCopies } from '../evidence';
import type { Finding } from '../judge';
import type { AttackRow } from '../result';
import type { Stage } from '../stage';
import { EXAMPLE, type World, type WorldDatabase } from '../world';
import { type Attempt, attackersOf, attempts } from './attempts';
import { deeds } from './mischief';
import { NOBODYS } from './poisoned-registry';
import { ADDED } from './unasked-shares';

const HOUR_SECONDS = 3600;
const ROUNDS = 2;

/** What the attackers knew before, and what came of it all. */
export interface Attack {
  readonly rows: readonly AttackRow[];
  readonly before: ReadonlyMap<string, string>;
  readonly followed: number;
  /** Calls and deliveries that had been refused before. */
  readonly refusals: number;
}

/** The database whose account attacks. */
const victimOf = ({ databases }: World): WorldDatabase => {
  const found = databases.find(({ kind }) => kind === 'instance');
  if (!found) throw new Error('the world has no instance');
  return found;
};

/** The vault's copies, by ARN, with all that they say. */
async function copiesOf(stage: Stage): Promise<ReadonlyMap<string, string>> {
  const copies = await vaultCopies(stage);
  return new Map(copies.map(({ arn, seen }) => [arn, JSON.stringify([...seen.tags].sort())]));
}

/** Accounts that the vault follows. */
async function followed({ emulator, world }: Stage, region: string): Promise<number> {
  const client = new DynamoDBClient(emulator.client(world.vault, region));
  let count = 0;
  for await (const { Items = [] } of paginateScan({ client }, { TableName: 'checkvalve-sources' }))
    count += Items.length;
  return count;
}

/** A try at a door, as the deployed policies answer it. */
function tried(book: PolicyBook, vault: string, { attacker, what, action, resource }: Attempt): AttackRow {
  const { principal, identityPolicies, name } = attacker;
  const { decision, because } = evaluate({
    principal,
    action,
    resource,
    resourceAccount: vault,
    context: { 'aws:SecureTransport': 'true' },
    identityPolicies,
    // A role's policy says who may take it, and nothing of who may change it.
    resourcePolicy: (action.startsWith('iam:') ? undefined : book.resourcePolicy(resource)) ?? null,
  });
  const why = because.map(({ why: text }) => text).join('; ');
  return { who: name, what: `${what} ${resource}`, door: true, refused: decision !== 'Allowed', because: why };
}

/**
 * Tries every door of the vault as everybody who might want to, and does all that an attacker is free to do where he
 * rules; then lets everything take its course for a few hours.
 */
export async function attack(stage: Stage, fire: (stage: Stage, step: string) => Promise<void>): Promise<Attack> {
  const { world, pump } = stage;
  const victim = victimOf(world);
  const before = await copiesOf(stage);
  const count = await followed(stage, victim.region);
  const { refusals } = stage;
  const book = (await stage.options.policies?.()) ?? undefined;
  const rows: AttackRow[] = [];
  if (book) {
    const made = book.things.filter(({ account }) => account === world.vault).map(({ arn }) => arn);
    const resources = [...new Set(made), ...before.keys()];
    const attackers = attackersOf(book, victim.account, world.management, EXAMPLE.untagged);
    rows.push(...attempts(attackers, resources).map((attempt) => tried(book, world.vault, attempt)));
  }
  const heard: string[] = [];
  stage.overhear = ({ logs }) => heard.push(logs);
  const done = deeds(stage, victim);
  for (const { do: commit } of done) await commit();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const step of ['follow-sources', 'import-copies', 'export-snapshots']) await fire(stage, step);
    await pump.pass(HOUR_SECONDS);
  }
  stage.overhear = undefined;
  const logs = heard.join('');
  for (const { who, what, comesTo, log } of done) {
    const told = log === undefined || logs.includes(log);
    const because = told ? comesTo : `the vault’s log should say “${log}”, and does not`;
    rows.push({ who, what, door: false, refused: told, because });
  }
  // Accounts that nobody has cannot be followed: the step says so, and goes on with the others.
  stage.excuse(({ cause }) => cause.includes('follow-sources') && cause.includes(NOBODYS));
  return { rows, before, followed: count, refusals };
}

/** Nothing was let in, nothing forged was imported, nothing changed, nothing went. */
export async function judgeAttack(stage: Stage, { rows, before, followed: was }: Attack): Promise<Finding[]> {
  const { world, config } = stage;
  const victim = victimOf(world);
  const findings: Finding[] = [];
  const blame = (cause: string) => findings.push({ account: world.vault, cause });
  for (const { who, what, refused, because } of rows) if (!refused) blame(`${who}: ${what}: ${because}`);
  const after = await copiesOf(stage);
  for (const [arn, tags] of before) {
    if (!after.has(arn)) blame(`the attack took ${arn} away`);
    else if (after.get(arn) !== tags) blame(`the attack changed the tags of ${arn}`);
  }
  const added = [...after].filter(([arn]) => !before.has(arn));
  for (const [arn, tags] of added) {
    const said = new Map<string, string>(JSON.parse(tags));
    if (said.get(TAGS.exportCopy)?.endsWith(`:${ADDED}`) !== true) blame(`the attack put ${arn} into the vault`);
    if (said.get(TAGS.database) !== victim.arn) blame(`${arn} is filed as a copy of ${said.get(TAGS.database)}`);
    if (new Date(said.get(TAGS.importedAt) ?? '').getUTCFullYear() < 2020) blame(`${arn} believes the source’s time`);
  }
  if (added.length !== 1) blame(`the attack added ${added.length} copies; one is what a source may add`);
  const now = await followed(stage, victim.region);
  if (now < was) blame(`the vault follows ${now} accounts and no longer ${was}`);
  if (now - was > config.limits.additionsADay) blame(`${now - was} accounts were accepted in a day`);
  return findings;
}
