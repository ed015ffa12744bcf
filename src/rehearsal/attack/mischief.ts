import type { Stage } from '../stage';
import type { WorldDatabase } from '../world';
import type { Deed } from './deed';
import { forgedMessages } from './forged-messages';
import { poisonedRegistry } from './poisoned-registry';
import { unaskedShares } from './unasked-shares';

/** Everything that attackers do in accounts of their own, where nobody refuses it, in this order. */
export const deeds = (stage: Stage, victim: WorldDatabase): readonly Deed[] => [
  ...forgedMessages(stage, victim),
  ...unaskedShares(stage, victim),
  ...poisonedRegistry(stage, victim),
];
