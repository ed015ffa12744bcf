interface Entry<T> {
  readonly at: number;
  readonly order: number;
  readonly what: T;
}

const before = <T>(a: Entry<T>, b: Entry<T>): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** Events, the earliest first; of two at one time, the one that was added first (a binary heap). */
export class EventQueue<T> {
  private readonly heap: Entry<T>[] = [];
  private puts = 0;

  /** Adds an event at a time. */
  put(at: number, what: T): void {
    this.puts += 1;
    this.heap.push({ at, order: this.puts, what });
    let child = this.heap.length - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.swapIfBefore(child, parent)) break;
      child = parent;
    }
  }

  /** The time of the next event; infinity without one. */
  get nextAt(): number {
    return this.heap[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  /** Removes and returns the next event. */
  take(): T | undefined {
    const first = this.heap[0];
    const last = this.heap.pop();
    if (!first || !last) return undefined;
    if (this.heap.length > 0) {
      this.heap[0] = last;
      this.sink();
    }
    return first.what;
  }

  private sink(): void {
    for (let parent = 0; ; ) {
      const [left, right] = [2 * parent + 1, 2 * parent + 2];
      const [a, b] = [this.heap[left], this.heap[right]];
      if (!a) return;
      const child = b && before(b, a) ? right : left;
      if (!this.swapIfBefore(child, parent)) return;
      parent = child;
    }
  }

  private swapIfBefore(child: number, parent: number): boolean {
    const [low, high] = [this.heap[child], this.heap[parent]];
    if (!low || !high || !before(low, high)) return false;
    this.heap[child] = high;
    this.heap[parent] = low;
    return true;
  }
}
