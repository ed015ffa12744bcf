import { MINUTE } from '../../../src/contract/durations';
/** Another one comes first in each run: where slow accounts use up the time, it is not always the same that are left out. */
export function rotated<T>(all: readonly T[], now: Date): readonly T[] {
  const first = all.length === 0 ? 0 : Math.floor(now.getTime() / MINUTE) % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}
