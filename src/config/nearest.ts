/** How many letters must be changed, added or left out to make one word of another. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, swap));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Words that a misspelt one may have been meant for, the nearest first: within three letters, and half of its own. */
export const nearest = (meant: string, known: readonly string[]): readonly string[] =>
  known
    .map((word) => ({ word, off: editDistance(word, meant) }))
    .filter(({ off }) => off <= Math.min(3, Math.floor(meant.length / 2)))
    .sort((a, b) => a.off - b.off)
    .map(({ word }) => word);
