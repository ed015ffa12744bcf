import type { RegistryDoor, RegistryReading } from '../../_kit/ports/registry';
import type { Sources } from '../../_kit/ports/sources';
import type { Subscriptions } from '../../_kit/ports/subscriptions';
import type { FollowFacts } from './plan';

/** What follow-sources is told by its stack. */
export type FollowSettings = Pick<FollowFacts, 'additionsADay' | 'region'>;

/** What follow-sources touches. */
export interface FollowPorts {
  /** The management account's registry, read through its door. */
  readonly registry: RegistryDoor;
  /** What the vault has accepted of it. */
  readonly sources: Sources;
  readonly subscriptions: Subscriptions;
}

/** Reads both tables whole; a registry that cannot be read is an error, and changes nothing. */
export async function observe(
  ports: FollowPorts,
  settings: FollowSettings,
  now: Date,
): Promise<{ readonly facts: FollowFacts; readonly lastRead?: string } & Omit<RegistryReading, 'entries'>> {
  const [{ entries: registry, ...reading }, { entries, decisions, lastRead }] = await Promise.all([
    ports.registry.read(),
    ports.sources.known(),
  ]);
  return { facts: { ...settings, registry, accepted: entries, decisions, now }, lastRead, ...reading };
}
