import type { AccountId } from '../../src/contract/ids';
import type { Change, EnrollmentRegistry, RegistryEntry } from './ports/registry';

const MAX_CHANGES = 20;

/** The history of an entry after these changes, the newest first. */
export const historyWith = (
  changes: readonly Change[],
  entry: Pick<RegistryEntry, 'history'> | undefined,
): readonly Change[] => [...changes, ...(entry?.history ?? [])].slice(0, MAX_CHANGES);

/** Writes every entry. Resolves to the failures, by account. */
export async function tryToWriteEntries(
  entries: readonly RegistryEntry[],
  registry: Pick<EnrollmentRegistry, 'change'>,
): Promise<ReadonlyMap<AccountId, unknown>> {
  const failed = new Map<AccountId, unknown>();
  const write = (entry: RegistryEntry) =>
    registry.change(entry).catch((error: unknown) => void failed.set(entry.account, error));
  await Promise.all(entries.map(write));
  return failed;
}

/** Writes every entry, and then throws the first failure. */
export async function writeEntries(
  entries: readonly RegistryEntry[],
  registry: Pick<EnrollmentRegistry, 'change'>,
): Promise<void> {
  throwFirst(await tryToWriteEntries(entries, registry));
}

/** Throws the first failure, if there is one. */
export function throwFirst(failed: ReadonlyMap<AccountId, unknown>): void {
  for (const error of failed.values()) throw error;
}
