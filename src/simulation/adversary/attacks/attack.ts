import type { Random } from '../../random';
import type { AttackerAccount } from '../attacker-account';

/** What the adversary owns: accounts of sources, or the management account with its registry. */
export type Player = 'account' | 'management';

/** One attack in a strategy. Times in hours since the attack begins. */
export interface Move {
  readonly attack: string;
  /** Index of the adversary's account, modulo their number. */
  readonly account: number;
  readonly from: number;
  readonly hours: number;
  /** From 1 to 10. */
  readonly force: number;
  /** Index of the attack's variant, modulo their number. */
  readonly variant: number;
}

/** When an attack acts: every six hours while its move lasts. */
export interface Turn {
  readonly force: number;
  readonly variant: string;
  /** Counts the turns of this move, from 0. */
  readonly turn: number;
  readonly random: Random;
}

/** A kind of attack: small, named, with parameters. */
export interface Attack {
  readonly name: string;
  readonly sentence: string;
  /** `stranger`: an account outside the organization, which either player may use. */
  readonly by: Player | 'stranger';
  readonly variants: readonly string[];
  /** Whether an alarm must name the account although no other account is harmed. */
  readonly isReported: boolean | ((turn: Pick<Turn, 'force' | 'variant'>) => boolean);
  act(attacker: AttackerAccount, turn: Turn): void | Promise<void>;
  /** The attack ends: undoes what it changed in policies, plans and the registry. */
  end?(attacker: AttackerAccount): void | Promise<void>;
}

/** Hours between two turns of an attack. */
export const HOURS_PER_TURN = 6;
