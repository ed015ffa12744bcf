import type { AccountClients, ProbeClients, Side } from './clients';
import type { Kind } from './created';

/** A question to AWS that its documentation leaves open: a small program that asks. */
export interface Probe {
  readonly id: string;
  /** The rows of the ledger (src/assumptions/assumptions.ts) that the answer decides. */
  readonly assumptions: readonly string[];
  /** It takes the management account of the organization that the source sandbox is in. */
  readonly needsManagement?: true;
  /** What it creates, for a person who is about to pay for it. */
  readonly creates: string;
  /** What it costs at the most, alone and with everything that others would share with it, in US dollars. */
  readonly maxCostUsd: number;
  /** The answer that the ledger expects. */
  readonly assumed: string;
  /** Asks, and resolves to the id of the answer. It rejects when it could not ask. */
  ask(clients: ProbeClients, scope: Scope): Promise<string>;
}

/** What a probe creates with: nothing exists that the journal does not know. */
export interface Scope {
  /** Different in each run. */
  readonly run: string;
  /** `checkvalve-probe-RUN-WHAT` */
  name(what: string): string;
  /** The tags of everything that is created. */
  readonly tags: Array<{ Key: string; Value: string }>;
  /** Creates a resource of that id once the journal has it. */
  create<Made>(side: Side, kind: Kind, id: string, make: (account: AccountClients) => Promise<Made>): Promise<Made>;
  /** Makes what several probes use; it stays until the end of the run. */
  once<Made>(what: string, make: () => Promise<Made>): Promise<Made>;
  /** Looks until there is something; undefined when there is nothing within so many minutes. */
  within<Seen>(minutes: number, look: () => Promise<Seen | undefined>): Promise<Seen | undefined>;
  /** Lets time go by. */
  pause(seconds: number): Promise<void>;
}
