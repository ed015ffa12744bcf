import type { Random } from '../../random';
import type { AttackerAccount } from '../attacker-account';

/** Whom an attack needs: an account of a source, or the management account with its registry. */
export type Player = 'account' | 'management';

/** One attack in a strategy. Times in hours since the attack begins. */
export interface Move {
  readonly attack: string;
  /** Which of the adversary's accounts, counted round. */
  readonly account: number;
  readonly from: number;
  readonly hours: number;
  /** How hard, from 1 to 10. */
  readonly force: number;
  /** Which of the attack's variants, counted round. */
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
  readonly says: string;
  /** `stranger`: an account outside, which either player may use. */
  readonly by: Player | 'stranger';
  readonly variants: readonly string[];
  /** Whether an alarm must name the account although no other account is harmed. */
  readonly isReported: boolean | ((turn: Pick<Turn, 'force' | 'variant'>) => boolean);
  act(attacker: AttackerAccount, turn: Turn): void | Promise<void>;
  /** The attack ends: what it did to policies, plans and the registry is undone. */
  end?(attacker: AttackerAccount): void | Promise<void>;
}

/** Between two turns of an attack. */
export const HOURS_PER_TURN = 6;
