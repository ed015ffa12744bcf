import type { AccountId } from '../../contract/ids';
import { STRANGER } from '../scenario';
import type { AttackScenario } from './attack-scenario';
import { attackOf } from './attacks/all';
import type { Move } from './attacks/attack';

/** The account of a move: one that the adversary owns, or the stranger. The management account has no source account; the first source stands for it. */
export function actingAccount({ owned, accounts }: AttackScenario, { attack, account }: Move): AccountId {
  const id = owned[account % Math.max(1, owned.length)] ?? accounts[0];
  if (!id) throw new RangeError('a scenario has accounts');
  return attackOf(attack).by === 'stranger' ? STRANGER : id;
}
