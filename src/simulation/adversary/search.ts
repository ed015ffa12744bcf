import { Random } from '../random';
import type { AttackScenario } from './attack-scenario';
import { ATTACKS, attackOf } from './attacks/all';
import { type Attack, HOURS_PER_TURN, type Move, type Player } from './attacks/attack';
import { type AttackVerdict, judge } from './judge';
import type { Seams } from './seams';

/** A sequence of attacks. */
export type Strategy = readonly Move[];

/** One strategy that was played. */
export interface Tried {
  readonly strategy: Strategy;
  readonly verdict: AttackVerdict;
}

/** The result of a search. */
export interface SearchResult {
  readonly tried: number;
  readonly worst: Tried;
  /** Over all strategies. */
  readonly worstSlipHours: number;
  readonly maxPlacesUsed: number;
  /** The strategies that broke an invariant, the most harmful first. */
  readonly breaking: readonly Tried[];
  /** How often each attack was tried. */
  readonly attacks: Readonly<Record<string, number>>;
}

/** How long to search, and when to stop. */
export interface SearchOptions {
  readonly budget: number;
  readonly seams?: Seams;
  /** Ends with the first strategy for which this returns true. */
  readonly until?: (tried: Tried) => boolean;
  readonly progress?: (line: string) => void;
}

const MAX_MOVES = 4;

const attacksOf = (player: Player): readonly Attack[] => ATTACKS.filter(({ by }) => by === player || by === 'stranger');

function randomMove(scenario: AttackScenario, player: Player, random: Random): Move {
  const hours = scenario.days.attack * 24;
  const from = random.int(0, 3) * HOURS_PER_TURN;
  return {
    attack: random.pick(attacksOf(player)).name,
    account: random.int(0, 9),
    from,
    hours: random.chance(0.7) ? hours - from : random.int(1, 8) * HOURS_PER_TURN,
    force: random.int(1, 10),
    variant: random.int(0, 9),
  };
}

/** Changes one thing about a strategy: adds a move, removes one, or changes a figure of one. */
function mutate(strategy: Strategy, scenario: AttackScenario, player: Player, random: Random): Strategy {
  const at = random.int(0, strategy.length - 1);
  const chosen = strategy[at];
  const kind = random.int(0, 5);
  if (!chosen || (kind === 0 && strategy.length < MAX_MOVES))
    return [...strategy, randomMove(scenario, player, random)];
  if (kind === 1 && strategy.length > 1) return strategy.filter((_, place) => place !== at);
  const changes: Partial<Move>[] = [
    { variant: random.int(0, 9) },
    { force: Math.min(10, chosen.force + random.int(1, 4)) },
    { hours: scenario.days.attack * 24 - chosen.from },
    { ...randomMove(scenario, player, random) },
  ];
  const change = random.pick(changes);
  return strategy.map((move, place) => (place === at ? { ...move, ...change } : move));
}

/** Each attack alone, with the greatest force: first one variant of each, then the others, in the order of the seed. */
function openings(scenario: AttackScenario, player: Player, random: Random): Strategy[] {
  const hours = scenario.days.attack * 24;
  const all = attacksOf(player).flatMap(({ name, variants }) => {
    const first = random.int(0, variants.length - 1);
    return variants.map((_, variant) => {
      const move: Move = { attack: name, account: 0, from: 0, hours, force: 10, variant };
      return { strategy: [move], rank: (variant === first ? 0 : 1) + random.next() };
    });
  });
  return all.sort((a, b) => a.rank - b.rank).map(({ strategy }) => strategy);
}

/**
 * Searches for the most harmful strategy: half of the budget goes to strategies of the seed, half to changes of the most
 * harmful strategy so far. The same scenario and budget find the same.
 */
export async function search(scenario: AttackScenario, options: SearchOptions): Promise<SearchResult> {
  const { budget, seams, until, progress = () => {} } = options;
  const player: Player = scenario.owned.length === 0 ? 'management' : 'account';
  const random = new Random(scenario.seed, 'strategies');
  const first = openings(scenario, player, random);
  const attacks: Record<string, number> = {};
  const breaking: Tried[] = [];
  let worst: Tried | undefined;
  let [worstSlipHours, maxPlacesUsed] = [0, 0];
  let tried = 0;
  for (; tried < budget; tried += 1) {
    const opening = first[tried / 2];
    const strategy =
      tried % 2 === 0 && opening
        ? opening
        : worst && random.chance(0.7)
          ? mutate(worst.strategy, scenario, player, random)
          : Array.from({ length: random.int(1, 3) }, () => randomMove(scenario, player, random));
    for (const { attack } of strategy) attacks[attack] = (attacks[attack] ?? 0) + 1;
    const one: Tried = { strategy, verdict: await judge(scenario, strategy, seams) };
    worstSlipHours = Math.max(worstSlipHours, one.verdict.slipHours);
    maxPlacesUsed = Math.max(maxPlacesUsed, one.verdict.placesUsed);
    if (one.verdict.breaches.length > 0) breaking.push(one);
    if (!worst || one.verdict.harm > worst.verdict.harm) {
      worst = one;
      progress(`strategy ${tried + 1}: harm ${one.verdict.harm.toFixed(1)}: ${strategy.map(moveLine).join('; ')}`);
    }
    if (until?.(one)) {
      tried += 1;
      break;
    }
  }
  if (!worst) throw new RangeError('a search needs a budget');
  breaking.sort((a, b) => b.verdict.harm - a.verdict.harm);
  return { tried, worst, worstSlipHours, maxPlacesUsed, breaking, attacks };
}

/** A move as a line of a report. */
export function moveLine({ attack, account, from, hours, force, variant }: Move): string {
  const { variants, sentence } = attackOf(attack);
  const which = variants[variant % variants.length];
  return `hour ${from} for ${hours} h, account ${account}: ${attack} (${which}), force ${force}: ${sentence}`;
}
