import type { RegistryAccess, RegistryReading } from '../../_kit/ports/registry';
import type { Sources } from '../../_kit/ports/sources';
import type { Subscriptions } from '../../_kit/ports/subscriptions';
import type { FollowFacts } from './plan';

/** What follow-sources is told by its stack. */
export type FollowSettings = Pick<FollowFacts, 'maxNewAccountsPerDay' | 'region'>;

/** What follow-sources touches. */
export interface FollowPorts {
  /** The management account's registry, read through its access role. */
  readonly registry: RegistryAccess;
  /** What the vault has accepted of it. */
  readonly sources: Sources;
  readonly subscriptions: Subscriptions;
}

/** What was seen. */
interface Observed extends Omit<RegistryReading, 'entries'> {
  readonly facts: FollowFacts;
  /** When the registry was last read and had something in it, ISO 8601. */
  readonly lastRead?: string;
  /** Why the registry could not be read: then it changes nothing, and the accepted accounts are followed on. */
  readonly unread?: unknown;
}

/** Reads both tables whole. */
export async function observe(ports: FollowPorts, settings: FollowSettings, now: Date): Promise<Observed> {
  const [{ entries: registry, ...reading }, { entries, decisions, lastRead }] = await Promise.all([
    ports.registry.read().catch((unread: unknown) => ({ entries: [], unreadable: [], unread })),
    ports.sources.known(),
  ]);
  return { facts: { ...settings, registry, accepted: entries, decisions, now }, lastRead, ...reading };
}
