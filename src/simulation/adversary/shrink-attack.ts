import { fewer } from '../shrink';
import { type AttackScenario, CALM, withAccounts } from './attack-scenario';
import type { Move } from './attacks/attack';
import { judge } from './judge';
import type { Seams } from './seams';
import { moveLine, type Strategy } from './search';
import { ATTACK_INVARIANTS, type AttackViolation } from './watch';

/** The smallest world and attack found that still break the same invariant. */
export interface SmallestAttack {
  readonly scenario: AttackScenario;
  readonly strategy: Strategy;
  readonly breach: AttackViolation;
  /** Worlds that were played to find it. */
  readonly played: number;
}

/** Makes an attack smaller while it breaks the same invariant: fewer moves, calm weather, fewer accounts, less force. */
export async function shrinkAttack(
  scenario: AttackScenario,
  strategy: Strategy,
  broken: AttackViolation,
  { seams, budget = 30 }: { readonly seams?: Seams; readonly budget?: number } = {},
): Promise<SmallestAttack> {
  let best: SmallestAttack = { scenario, strategy, breach: broken, played: 0 };
  let played = 0;
  const accept = async (smaller: Partial<Pick<SmallestAttack, 'scenario' | 'strategy'>>): Promise<boolean> => {
    const next = { ...best, ...smaller };
    if (played >= budget || next.strategy.length === 0) return false;
    played += 2;
    const { breaches } = await judge(next.scenario, next.strategy, seams);
    const breach = breaches.find(({ invariant }) => invariant === broken.invariant);
    if (breach) best = { ...next, breach };
    return breach !== undefined;
  };
  await fewer(strategy, (moves) => accept({ strategy: moves }));
  if (Object.values(scenario.weather).some((value) => value > 0))
    await accept({ scenario: { ...best.scenario, weather: CALM } });
  const [first, ...rest] = best.scenario.accounts;
  const others = rest.filter((account) => !scenario.owned.includes(account));
  const mine = scenario.owned.length > 0 ? scenario.owned : first ? [first] : [];
  await fewer(others, (kept) =>
    kept.length === 0 ? Promise.resolve(false) : accept({ scenario: withAccounts(best.scenario, [...mine, ...kept]) }),
  );
  await weaker(best.strategy, (moves) => accept({ strategy: moves }));
  return { ...best, played };
}

/** Halves the force of all moves while the invariant still breaks. */
async function weaker(strategy: Strategy, accept: (strategy: Strategy) => Promise<boolean>): Promise<void> {
  const half = (move: Move): Move => ({ ...move, force: Math.max(1, Math.floor(move.force / 2)) });
  let now = strategy;
  while (now.some(({ force }) => force > 1) && (await accept(now.map(half)))) now = now.map(half);
}

/** A broken invariant as text: its sentence, the world, and the attack that breaks it. */
export function attackText({ scenario, strategy, breach, played }: SmallestAttack): string {
  const { seed, accounts, owned, databases, config } = scenario;
  return [
    `Broken: ${breach.invariant}: ${ATTACK_INVARIANTS[breach.invariant]}`,
    `  ${breach.at} ${breach.what}`,
    `The smallest attack found that still breaks it (seed ${seed}; ${played} worlds played):`,
    `  ${accounts.length} accounts, ${databases.length} databases, room for ${config.vault.manualSnapshotQuota} manual snapshots; ${owned.length > 0 ? `the adversary owns ${owned.join(', ')}` : 'the adversary owns the management account'}`,
    ...strategy.map((move) => `  ${moveLine(move)}`),
  ].join('\n');
}
