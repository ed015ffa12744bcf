import type { Registry, RegistryEntry } from '../../../lambda/_kit/ports/registry';
import type { AccountId } from '../../contract/ids';

/** A table of accounts, in memory. */
export class InMemoryRegistry implements Registry {
  private readonly held = new Map<AccountId, RegistryEntry>();

  async entries(): Promise<readonly RegistryEntry[]> {
    return [...this.held.values()];
  }

  async put(entry: RegistryEntry): Promise<void> {
    this.held.set(entry.account, entry);
  }

  /** What is held of an account. */
  of(account: string): RegistryEntry | undefined {
    return this.held.get(account as AccountId);
  }
}
