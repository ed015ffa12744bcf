import { type AccountClients, clientsOf, type ProbeClients, type Side } from './clients';
import { type Kind, removeCreated } from './created';
import type { Entry, Journal } from './journal';
import type { Scope } from './probe';

/** How a run passes its time: by waiting, or by moving an emulator's clock. */
export type Pause = (seconds: number) => Promise<void>;

/** The first look follows soon, later ones at greater distance. */
const FIRST_PAUSE_SECONDS = 1;
const GROWTH = 1.5;
const MAX_PAUSE_SECONDS = 30;

/** Looks until there is something, for so many minutes of pauses. */
export async function lookWithin<Seen>(
  pause: Pause,
  minutes: number,
  look: () => Promise<Seen | undefined>,
): Promise<Seen | undefined> {
  let [waited, next] = [0, FIRST_PAUSE_SECONDS];
  for (;;) {
    const seen = await look();
    if (seen !== undefined || waited >= minutes * 60) return seen;
    await pause(next);
    waited += next;
    next = Math.min(next * GROWTH, MAX_PAUSE_SECONDS);
  }
}

/** What a run creates with, and cleans up after itself. */
export class RunScope implements Scope {
  private readonly made = new Map<string, Promise<unknown>>();
  private readonly shared = new Set<Entry>();
  private sharing = 0;
  private readonly stopped: Promise<void>;

  constructor(
    readonly run: string,
    private readonly clients: ProbeClients,
    private readonly journal: Journal,
    private readonly waiting: { readonly pause: Pause; readonly signal?: AbortSignal },
  ) {
    this.stopped = new Promise((resolve) => waiting.signal?.addEventListener('abort', () => resolve(), { once: true }));
  }

  get tags(): Array<{ Key: string; Value: string }> {
    return [{ Key: 'checkvalve-probe', Value: this.run }];
  }

  name(what: string): string {
    return `checkvalve-probe-${this.run}-${what}`;
  }

  async create<Made>(
    side: Side,
    kind: Kind,
    id: string,
    make: (account: AccountClients) => Promise<Made>,
  ): Promise<Made> {
    this.waiting.signal?.throwIfAborted();
    const entry = { side, kind, id };
    this.journal.add(entry);
    if (this.sharing > 0) this.shared.add(entry);
    return make(clientsOf(this.clients, side));
  }

  async once<Made>(what: string, make: () => Promise<Made>): Promise<Made> {
    const known = this.made.get(what);
    if (known) return known as Promise<Made>;
    this.sharing += 1;
    const making = make().finally(() => {
      this.sharing -= 1;
    });
    this.made.set(what, making);
    return making;
  }

  within<Seen>(minutes: number, look: () => Promise<Seen | undefined>): Promise<Seen | undefined> {
    return lookWithin((seconds) => this.pause(seconds), minutes, look);
  }

  async pause(seconds: number): Promise<void> {
    const { pause, signal } = this.waiting;
    signal?.throwIfAborted();
    await Promise.race([pause(seconds), this.stopped]);
    signal?.throwIfAborted();
  }

  /** Deletes what the last probe has created for itself alone. */
  cleanUpOwn(): Promise<readonly Error[]> {
    return cleanUp(
      this.clients,
      this.journal,
      this.waiting.pause,
      this.journal.created.filter((entry) => !this.shared.has(entry)),
    );
  }
}

/** Deletes entries of the journal, the last one first: what stands on another resource goes before it. */
export async function cleanUp(
  clients: ProbeClients,
  journal: Journal,
  pause: Pause,
  entries: readonly Entry[] = journal.created,
): Promise<readonly Error[]> {
  const faults: Error[] = [];
  for (const entry of [...entries].reverse()) {
    try {
      await removeCreated(clientsOf(clients, entry.side), entry.kind, entry.id, (minutes, look) =>
        lookWithin(pause, minutes, look),
      );
      journal.strike(entry);
    } catch (error) {
      faults.push(error instanceof Error ? error : new Error(String(error)));
    }
  }
  return faults;
}
