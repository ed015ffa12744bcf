import type { Stage } from '../stage';
import type { WorldDatabase } from '../world';
import type { Deed } from './deed';
import type { KnownAccounts } from './followed';
import { forgedMessages } from './forged-messages';
import { endings, poisonedRegistry } from './poisoned-registry';
import type { CopyStates } from './standing-copies';
import { unaskedShares } from './unasked-shares';

/** How things stood before anybody attacked. */
export interface Before {
  readonly known: KnownAccounts;
  readonly copies: CopyStates;
}

/** Everything that attackers do in accounts of their own, where nobody refuses it, in this order. It ends nothing. */
export const deeds = (stage: Stage, victim: WorldDatabase, { known, copies }: Before): readonly Deed[] => [
  ...forgedMessages(stage, victim, copies),
  ...unaskedShares(stage, victim, copies),
  ...poisonedRegistry(stage, victim, known),
];

/** What they do when nothing else is left to do: it may end something. Each list is done before the next one begins. */
export const lastDeeds = endings;
