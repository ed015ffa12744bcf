import { type JournalStore, memoryStore } from '../../../../src/operations/probe/journal';

/** A store that also collects every created resource. */
export function watched(): { store: JournalStore; ever: Set<string> } {
  const [inner, ever] = [memoryStore(), new Set<string>()];
  const write: JournalStore['write'] = (record) => {
    for (const { side, kind, id } of record.created) ever.add(`${side} ${kind} ${id}`);
    inner.write(record);
  };
  return { store: { ...inner, write }, ever };
}
