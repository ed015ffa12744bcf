import type { Registry, RegistryDoor, RegistryEntry, RegistryReading } from '../../../lambda/_kit/ports/registry';
import type { Sources, SourcesKnown } from '../../../lambda/_kit/ports/sources';
import type { AccountId } from '../../contract/ids';

/** A table of accounts, in memory. */
export class InMemoryRegistry implements Registry, RegistryDoor, Sources {
  private readonly held = new Map<AccountId, RegistryEntry>();

  async read(): Promise<RegistryReading> {
    return { entries: await this.entries(), unreadable: [] };
  }

  async entries(): Promise<readonly RegistryEntry[]> {
    return [...this.held.values()];
  }

  async put(entry: RegistryEntry): Promise<void> {
    this.held.set(entry.account, entry);
  }

  async known(): Promise<SourcesKnown> {
    return { entries: await this.entries(), decisions: [] };
  }

  async noteReading(): Promise<void> {}

  /** What is held of an account. */
  of(account: string): RegistryEntry | undefined {
    return this.held.get(account as AccountId);
  }
}
