import type { RegistryEntry, RegistryReading } from '../../../lambda/_kit/ports/registry';
import type { SourcesKnown } from '../../../lambda/_kit/ports/sources';
import type { Decision } from '../../contract/decisions';
import { InMemoryRegistry } from '../registry-in-memory';

/** The management account's registry: the owner of that account can write anything into it. */
export class ManagedRegistry extends InMemoryRegistry {
  /** Items that no reader understands, as the reader says it. */
  readonly unreadable: string[] = [];
  sweptAt: Date | undefined;

  override async read(): Promise<RegistryReading> {
    return { entries: await this.entries(), unreadable: [...this.unreadable], sweptAt: this.sweptAt };
  }
}

/** The vault's own table of sources, with what people decided. */
export class SourcesTable extends InMemoryRegistry {
  readonly decided: Decision[] = [];
  /** Told of every account that the vault stops to follow, or begins to. */
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
