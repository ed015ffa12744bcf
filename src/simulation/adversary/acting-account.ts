import type { AccountId } from '../../contract/ids';
import { STRANGER } from '../scenario';
import type { AttackScenario } from './attack-scenario';
import { attackOf } from './attacks/all';
import type { Move } from './attacks/attack';

/** The account that a move acts from: one that the adversary owns, or one outside. Management acts from none of the sources; what
 * stands here for it is the first. */
export function actingAccount({ owned, accounts }: AttackScenario, { attack, account }: Move): AccountId {
  const id = owned[account % Math.max(1, owned.length)] ?? accounts[0];
  if (!id) throw new RangeError('a scenario has accounts');
  return attackOf(attack).by === 'stranger' ? STRANGER : id;
}
