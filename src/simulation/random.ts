/** Pseudo-random numbers that are the same each time: a seed and a label name a stream, so that leaving one part of a world
 * out changes no other part. */
export class Random {
  private state: number;

  constructor(seed: number, label: string) {
    // FNV-1a over both.
    let hash = 0x811c9dc5;
    for (const character of `${seed} ${label}`) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
    this.state = hash;
  }

  /** From 0, included, to 1, not included. Mulberry32: small, fast, and good enough to choose faults with. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number, both ends included. */
  int(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of them. @throws RangeError when there is none. */
  pick<T>(items: readonly T[]): T {
    const item = items[this.int(0, items.length - 1)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  }

  /** Heavy-tailed: most are near `least`, a few are many times as large, none is above `most` (Pareto). */
  heavyTailed(least: number, most: number, shape = 1.1): number {
    return Math.min(most, Math.round(least / (1 - this.next()) ** (1 / shape)));
  }
}
