import { type AttackScenario, makeAttackScenario } from './attack-scenario';
import type { Seams } from './seams';
import { search } from './search';
import { type SmallestAttack, shrinkAttack } from './shrink-attack';

/** The result of the search in the world of one seed. */
export interface AdversaryRow {
  readonly seed: number;
  readonly player: 'accounts' | 'management';
  readonly accounts: number;
  readonly owned: number;
  readonly databases: number;
  /** The vault's quota of manual snapshots: the smallest that `config check` accepts, times the room. */
  readonly quota: number;
  /** Strategies that were played, and how often each attack was part of one. */
  readonly tried: number;
  readonly attacks: Readonly<Record<string, number>>;
  /** The worst delay of another account's newest copy. */
  readonly worstSlipHours: number;
  readonly maxPlacesUsed: number;
  /** Strategies that broke an invariant, and which invariants. */
  readonly breaking: number;
  readonly broken: readonly string[];
  readonly seconds: number;
}

/** What to play. */
export interface AdversaryOrder {
  readonly seeds: readonly number[];
  /** Strategies for each seed. */
  readonly budget: number;
  readonly seams?: Seams;
  readonly progress?: (line: string) => void;
  /** Receives the smallest attack found for the first invariant that breaks in a seed. */
  readonly onBroken?: (smallest: SmallestAttack) => void;
}

/** In the world of each third seed the adversary owns the management account, else some accounts. */
export function attackScenarioOf(seed: number): AttackScenario {
  const scenario = makeAttackScenario(seed);
  return seed % 3 === 0 ? { ...scenario, owned: [] } : scenario;
}

/** Searches for harmful strategies in the world of each seed. */
export async function attackSeeds(order: AdversaryOrder): Promise<readonly AdversaryRow[]> {
  const rows: AdversaryRow[] = [];
  for (const seed of order.seeds) rows.push(await attackSeed(seed, order));
  return rows;
}

async function attackSeed(seed: number, order: AdversaryOrder): Promise<AdversaryRow> {
  const { budget, seams, progress = () => {}, onBroken } = order;
  const scenario = attackScenarioOf(seed);
  const started = performance.now();
  // A world of 200 accounts takes many times as long as one of eight.
  const strategies = scenario.accounts.length > 24 ? Math.ceil(budget / 5) : budget;
  const result = await search(scenario, {
    budget: strategies,
    seams,
    progress: (line) => progress(`seed ${seed}, ${line}`),
  });
  const [first] = result.breaking;
  const [breach] = first?.verdict.breaches ?? [];
  if (first && breach && onBroken) onBroken(await shrinkAttack(scenario, first.strategy, breach, { seams }));
  const { accounts, owned, databases, config } = scenario;
  return {
    seed,
    player: owned.length === 0 ? 'management' : 'accounts',
    accounts: accounts.length,
    owned: owned.length,
    databases: databases.length,
    quota: config.vault.manualSnapshotQuota ?? config.limits.manualSnapshotQuota,
    tried: result.tried,
    attacks: result.attacks,
    worstSlipHours: Math.round(result.worstSlipHours),
    maxPlacesUsed: result.maxPlacesUsed,
    breaking: result.breaking.length,
    broken: [...new Set(result.breaking.flatMap(({ verdict }) => verdict.breaches.map(({ invariant }) => invariant)))],
    seconds: Math.round((performance.now() - started) / 1000),
  };
}
