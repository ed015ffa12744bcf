import type { AccountClients, ProbeClients, Side } from './clients';
import type { CreatedKind } from './created';

/** A small program that asks AWS a question which its documentation leaves open. */
export interface Probe {
  readonly id: string;
  /** The rows of the ledger (src/assumptions/assumptions.ts) that the answer decides. */
  readonly assumptions: readonly string[];
  /** It needs the management account of the source sandbox’s organization. */
  readonly needsManagement?: true;
  /** The resources that it creates, shown to the operator before the run. */
  readonly creates: string;
  /** Its maximum cost in US dollars, with all resources that it could share with other probes. */
  readonly maxCostUsd: number;
  /** The answer that the ledger expects. */
  readonly assumed: string;
  /** Asks AWS and resolves to the id of the answer; rejects when it cannot ask. */
  ask(clients: ProbeClients, scope: Scope): Promise<string>;
}

/** The functions with which a probe creates resources: each is in the journal before it exists. */
export interface Scope {
  /** Different in each run. */
  readonly run: string;
  /** `checkvalve-probe-RUN-WHAT` */
  name(what: string): string;
  /** The tags of all created resources. */
  readonly tags: Array<{ Key: string; Value: string }>;
  /** Writes the resource to the journal, then creates it. */
  create<Made>(
    side: Side,
    kind: CreatedKind,
    id: string,
    make: (account: AccountClients) => Promise<Made>,
  ): Promise<Made>;
  /** Creates once what several probes use; it exists until the end of the run. */
  once<Made>(what: string, make: () => Promise<Made>): Promise<Made>;
  /** Polls until there is a result; undefined when there is none within the minutes. */
  within<Found>(minutes: number, observe: () => Promise<Found | undefined>): Promise<Found | undefined>;
  /** Waits. */
  pause(seconds: number): Promise<void>;
}
