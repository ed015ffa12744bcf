import type { Evidence } from '../../lambda/_kit/ports/evidence';

/** The vault's reports, in memory. */
export class InMemoryEvidence implements Evidence {
  private readonly texts = new Map<string, string>();

  async read(name: string): Promise<string | undefined> {
    return this.texts.get(name);
  }

  async replace(name: string, text: string): Promise<void> {
    this.texts.set(name, text);
  }

  async keep(name: string, text: string): Promise<void> {
    this.texts.set(name, text);
  }
}
