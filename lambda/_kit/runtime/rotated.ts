import { MINUTE } from '../../../src/contract/durations';
/** The items, beginning with another one in each run: when slow accounts use up the time, not always the same ones are left out. */
export function rotated<T>(all: readonly T[], now: Date): readonly T[] {
  const first = all.length === 0 ? 0 : Math.floor(now.getTime() / MINUTE) % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}
