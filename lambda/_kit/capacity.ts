/**
 * What a plan may still use: each name is a count of something limited, such as `slot:instance`. A plan reserves what an action
 * uses and releases what an action frees. Only these two change anything.
 */
export class Capacity<Name extends string> {
  private readonly reserved = new Map<Name, number>();

  /** `free` says how many there are of a name before the plan begins. */
  constructor(private readonly free: (name: Name) => number) {}

  /** How many are left; less than 0 where more are used than the limit allows. */
  left(name: Name): number {
    return this.free(name) - (this.reserved.get(name) ?? 0);
  }

  /** Whether at least one is left. */
  has(name: Name): boolean {
    return this.left(name) >= 1;
  }

  /** Uses one of each name. */
  reserve(names: readonly Name[]): void {
    for (const name of names) this.reserved.set(name, (this.reserved.get(name) ?? 0) + 1);
  }

  /** Frees one of each name. */
  release(names: readonly Name[]): void {
    for (const name of names) this.reserved.set(name, (this.reserved.get(name) ?? 0) - 1);
  }
}
