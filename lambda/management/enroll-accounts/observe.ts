import type { EnrollmentSettings } from '../../../src/contract/enrollment-settings';
import type { AccountId, Region } from '../../../src/contract/ids';
import type { Alerts } from '../../_kit/ports/alerts';
import type { Member, Organization } from '../../_kit/ports/organization';
import type { EnrollmentRegistry, RegistryEntry } from '../../_kit/ports/registry';
import type { StackInstances } from '../../_kit/ports/stack-instances';
import type { StepQueue } from '../../_kit/ports/step-queue';
import { failure } from '../../_kit/runtime/each';
import { type AccountFacts, judge, outWithoutTags } from './judge';

/** What enroll-accounts touches. */
export interface EnrollmentPorts {
  readonly organization: Organization;
  readonly stackInstances: StackInstances;
  readonly registry: EnrollmentRegistry;
  readonly alerts: Alerts;
  readonly queue: StepQueue;
  /** Holds the reads of accounts, of tags and of instances to their rates. */
  readonly pace: { readonly accounts: Turns; readonly tags: Turns; readonly instances: Turns };
}

interface Turns {
  turn(): Promise<void>;
}

/** An account with all that is known of it. */
export interface ObservedAccount extends AccountFacts {
  readonly entry?: RegistryEntry;
}

/** What was seen, and which accounts could not be: on those nothing is decided. */
export interface Observed {
  readonly accounts: readonly ObservedAccount[];
  readonly unread: readonly { readonly account: AccountId; readonly because: string }[];
}

/** Where to look: an account, and what a listing already said of it. */
export interface Sight {
  readonly account: AccountId;
  readonly member?: Member;
}

/** Regions of an entry in which nothing is tried for now. */
export function closedRegions({ rollout = {} }: RegistryEntry, now: Date): readonly Region[] {
  const closed = Object.entries(rollout).filter(([, one]) => one?.until && Date.parse(one.until) > now.getTime());
  return closed.map(([at]) => at as Region);
}

/** Looks at these accounts: a few calls each, and a tag is read only where it can change the verdict. */
export async function observe(
  sights: readonly Sight[],
  ports: EnrollmentPorts,
  settings: EnrollmentSettings,
  now: Date,
): Promise<Observed> {
  const accounts: ObservedAccount[] = [];
  const unread: { account: AccountId; because: string }[] = [];
  const entries = await ports.registry.of(sights.map(({ account }) => account));
  for (const sight of sights) {
    try {
      accounts.push(await observeOne(sight, entries.get(sight.account), ports, settings, now));
    } catch (error) {
      unread.push({ account: sight.account, because: failure(error) });
    }
  }
  return { accounts, unread };
}

async function observeOne(
  { account, member: listed }: Sight,
  entry: RegistryEntry | undefined,
  { organization, stackInstances, pace }: EnrollmentPorts,
  settings: EnrollmentSettings,
  now: Date,
): Promise<ObservedAccount> {
  if (!listed) await pace.accounts.turn();
  const member = listed ?? (await organization.member(account));
  const out = outWithoutTags(account, member, settings, now);
  if (!out) await pace.tags.turn();
  const tags = out ? undefined : await organization.tags(account);
  const facts = { account, member, tags, held: entry, closed: entry && closedRegions(entry, now) };
  // Where neither the registry nor the tag speaks for it there is nothing to find: a stranger is found by the listing.
  const known = entry && (entry.state !== 'left' || entry.departed);
  const mayStand = !listed || known || judge({ ...facts, instances: [] }, settings, now).verdict === 'enroll';
  if (mayStand) await pace.instances.turn();
  const instances = mayStand ? await stackInstances.ofAccount(account) : [];
  return { ...facts, entry, instances: instances.map(({ region }) => region) };
}
