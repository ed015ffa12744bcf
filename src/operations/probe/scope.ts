import { type AccountClients, clientsOf, type ProbeClients, type Side } from './clients';
import { type CreatedKind, removeCreated } from './created';
import type { Entry, ProbeJournal } from './journal';
import type { Scope } from './probe';

/** How a run waits: in real time, or by moving the clock of an emulator. */
export type Pause = (seconds: number) => Promise<void>;

/** The first pause between two polls; later pauses are longer. */
const FIRST_PAUSE_SECONDS = 1;
const GROWTH = 1.5;
const MAX_PAUSE_SECONDS = 30;

/** Polls until there is a result, for the given minutes of pauses. */
export async function pollWithin<Found>(
  pause: Pause,
  minutes: number,
  observe: () => Promise<Found | undefined>,
): Promise<Found | undefined> {
  let [waited, next] = [0, FIRST_PAUSE_SECONDS];
  for (;;) {
    const found = await observe();
    if (found !== undefined || waited >= minutes * 60) return found;
    await pause(next);
    waited += next;
    next = Math.min(next * GROWTH, MAX_PAUSE_SECONDS);
  }
}

/** The scope of a run, which also cleans up. */
export class RunScope implements Scope {
  private readonly made = new Map<string, Promise<unknown>>();
  private readonly shared = new Set<Entry>();
  private sharing = 0;
  private readonly stopped: Promise<void>;

  constructor(
    readonly run: string,
    private readonly clients: ProbeClients,
    private readonly journal: ProbeJournal,
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
    kind: CreatedKind,
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

  within<Found>(minutes: number, observe: () => Promise<Found | undefined>): Promise<Found | undefined> {
    return pollWithin((seconds) => this.pause(seconds), minutes, observe);
  }

  async pause(seconds: number): Promise<void> {
    const { pause, signal } = this.waiting;
    signal?.throwIfAborted();
    await Promise.race([pause(seconds), this.stopped]);
    signal?.throwIfAborted();
  }

  /** Deletes the resources that only the last probe uses. */
  cleanUpOwn(): Promise<readonly Error[]> {
    return cleanUp(
      this.clients,
      this.journal,
      this.waiting.pause,
      this.journal.created.filter((entry) => !this.shared.has(entry)),
    );
  }
}

/** Deletes entries of the journal, the last one first: a resource is deleted before those that it depends on. */
export async function cleanUp(
  clients: ProbeClients,
  journal: ProbeJournal,
  pause: Pause,
  entries: readonly Entry[] = journal.created,
): Promise<readonly Error[]> {
  const faults: Error[] = [];
  for (const entry of [...entries].reverse()) {
    try {
      await removeCreated(clientsOf(clients, entry.side), entry.kind, entry.id, (minutes, observe) =>
        pollWithin(pause, minutes, observe),
      );
      journal.remove(entry);
    } catch (error) {
      faults.push(error instanceof Error ? error : new Error(String(error)));
    }
  }
  return faults;
}
