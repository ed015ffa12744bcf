import type { Registry, RegistryAccess, RegistryEntry, RegistryReading } from '../../lambda/_kit/ports/registry';
import type { Sources, SourcesKnown } from '../../lambda/_kit/ports/sources';
import type { Decision } from '../contract/decisions';
import type { AccountId } from '../contract/ids';

/** A table of accounts, in memory. */
export class InMemoryRegistry implements Registry, RegistryAccess, Sources {
  /** The decisions of the vault's operators. */
  decisions: readonly Decision[] = [];
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
    return { entries: await this.entries(), decisions: this.decisions };
  }

  async noteReading(): Promise<void> {}

  /** An operator confirms the time. */
  confirmTime(now: Date): void {
    this.decisions = [
      ...this.decisions.filter(({ kind }) => kind !== 'clock'),
      { kind: 'clock', subject: 'vault', by: 'operator', at: now.toISOString() },
    ];
  }

  /** The entry of an account. */
  of(account: string): RegistryEntry | undefined {
    return this.held.get(account as AccountId);
  }
}
