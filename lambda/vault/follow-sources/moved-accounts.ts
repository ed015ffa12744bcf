import { MAIN_CELL } from '../../../src/contract/cells';
import { DAY } from '../../../src/contract/durations';
import type { Region } from '../../../src/contract/ids';
import type { RegistryEntry } from '../../_kit/ports/registry';

/** An operator of the vault may confirm the exit of an account that moves to another cell so many days before it is recorded. */
const MOVE_CONFIRMED_DAYS = 7;

/** Whether the registry says that an account belongs to another cell. An entry from before there were cells belongs to the only
 * cell, and to the vault that follows it: nothing that the vault protects ends because a name is missing. */
export const isOfOtherCell = ({ cell }: RegistryEntry, own: string, isFollowed: boolean): boolean =>
  cell === undefined ? own !== MAIN_CELL && !isFollowed : cell !== own;

/** Whether an operator of the vault confirmed the exit of an account that moved: at most so many days before it, or after it. */
export const isMoveConfirmed = (decidedAt: number, exit: Date): boolean =>
  decidedAt >= exit.getTime() - MOVE_CONFIRMED_DAYS * DAY;

/** Whether an operator of the vault confirmed the exit of an account that left. */
export const isExitConfirmed = ({ since, cell }: RegistryEntry, decidedAt: number): boolean =>
  cell === undefined ? decidedAt >= Date.parse(since) : isMoveConfirmed(decidedAt, new Date(since));

/** For the vault of a cell, an account has left once it belongs to another one. */
export const movedFrom = ({ cell, ...listed }: RegistryEntry): RegistryEntry => ({
  ...listed,
  state: 'left',
  reason: `moved to the cell ${cell ?? 'of another vault'}`,
  ...(cell !== undefined && { cell }),
});

/** For the vault of a Region, an account has left once it no longer uses that Region. */
export function entryFor(region: Region, listed: RegistryEntry, held: RegistryEntry | undefined): RegistryEntry {
  const usedRegion = held !== undefined && (held.state === 'left' || held.regions.includes(region));
  const { cell: _, ...entry } = listed;
  return usedRegion && !listed.regions.includes(region) ? { ...entry, state: 'left' } : entry;
}
