/** Does work for each item, so many at a time: the next begins as soon as one ends, so that a slow one holds up no batch. The
 * results are in the order of the items. */
export async function inParallel<T, R>(
  items: readonly T[],
  atATime: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const done: R[] = new Array(items.length);
  const waiting = items.entries();
  const lane = async (): Promise<void> => {
    for (const [at, item] of waiting) done[at] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atATime, items.length) }, lane));
  return done;
}
