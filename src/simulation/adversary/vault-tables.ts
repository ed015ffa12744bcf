import type { RegistryEntry, RegistryReading } from '../../../lambda/_kit/ports/registry';
import type { SourcesKnown } from '../../../lambda/_kit/ports/sources';
import type { Decision } from '../../contract/decisions';
import { InMemoryRegistry } from '../registry-in-memory';

/** The registry of the management account: an administrator of that account can write anything into it. */
export class ManagedRegistry extends InMemoryRegistry {
  /** Why the vault cannot parse some items, one sentence each. */
  readonly unreadable: string[] = [];
  sweptAt: Date | undefined;

  override async read(): Promise<RegistryReading> {
    return { entries: await this.entries(), unreadable: [...this.unreadable], sweptAt: this.sweptAt };
  }
}

/** The vault's own table of sources, with the decisions of operators. */
export class SourcesTable extends InMemoryRegistry {
  readonly decided: Decision[] = [];
  /** Receives every account that the vault stops following, or starts following. */
  onLeft: (account: string) => void = () => {};
  onEntered: (account: string) => void = () => {};

  override async put(entry: RegistryEntry): Promise<void> {
    const before = this.of(entry.account)?.state;
    await super.put(entry);
    const [was, is] = [before !== undefined && before !== 'left', entry.state !== 'left'];
    if (was && !is) this.onLeft(entry.account);
    if (!was && is) this.onEntered(entry.account);
  }

  override async known(): Promise<SourcesKnown> {
    return { entries: await this.entries(), decisions: [...this.decided] };
  }
}
