import type { RegistryAccess, RegistryReading } from '../../_kit/ports/registry';
import type { Sources } from '../../_kit/ports/sources';
import type { Subscriptions } from '../../_kit/ports/subscriptions';
import type { FollowFacts, FollowSettings } from './facts';

/** What follow-sources reads and writes. */
export interface FollowPorts {
  /** The management account's registry, through its access role. */
  readonly registry: RegistryAccess;
  /** The accounts that the vault has accepted. */
  readonly sources: Sources;
  readonly subscriptions: Subscriptions;
}

/** The facts, and how well the registry could be read. */
export interface FollowObservation extends Omit<RegistryReading, 'entries'> {
  readonly facts: FollowFacts;
  /** When the registry was last read and had entries, ISO 8601. */
  readonly lastRead?: string;
  /** Why the registry could not be read: then it changes nothing, and the vault continues to follow the accepted accounts. */
  readonly unread?: unknown;
}

/** Reads both tables whole. */
export async function observe(ports: FollowPorts, settings: FollowSettings, now: Date): Promise<FollowObservation> {
  const [{ entries: registry, ...reading }, { entries, decisions, lastRead }] = await Promise.all([
    ports.registry.read().catch((unread: unknown) => ({ entries: [], unreadable: [], unread })),
    ports.sources.known(),
  ]);
  return { facts: { ...settings, registry, accepted: entries, decisions, now }, lastRead, ...reading };
}
