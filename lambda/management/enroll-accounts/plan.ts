import type { AccountId, Region } from '../../../src/contract/ids';
import type { Member } from '../../_kit/ports/organization';
import type { RegistryEntry } from '../../_kit/ports/registry';
import type { StackInstance } from '../../_kit/ports/stack-instances';

/** The rules of enrolment, as the configuration has them. */
export interface EnrolmentSettings {
  /** The root: the ancestor under which instances are made. */
  readonly rootId: string;
  readonly managementAccount: AccountId;
  readonly vaultAccount: AccountId;
  /** Units whose members, at any depth, may be enrolled. */
  readonly targetUnits: readonly string[];
  readonly tag: { readonly key: string; readonly value: string };
  readonly regions: readonly Region[];
  readonly exemptions: readonly { readonly account: string; readonly reason: string; readonly until: string }[];
}

/** A member with its tags; tags are read only where they can matter. */
export interface JudgedMember extends Member {
  readonly tags?: ReadonlyMap<string, string>;
}

/** What enroll-accounts looks at: complete listings, or nothing. */
export interface EnrolmentFacts {
  readonly settings: EnrolmentSettings;
  readonly members: readonly JudgedMember[];
  readonly instances: readonly StackInstance[];
  readonly registry: readonly RegistryEntry[];
  readonly now: Date;
}

/** What is to become of one account, and why, in words. */
export interface Verdict {
  readonly account: AccountId;
  readonly verdict: 'enrol' | 'keep' | 'leaving' | 'skip' | 'near miss';
  readonly reason: string;
}

/** One thing to do. */
export type EnrolmentAction =
  | { readonly do: 'create-instances'; readonly accounts: readonly AccountId[]; readonly regions: readonly Region[] }
  | { readonly do: 'register'; readonly entry: RegistryEntry };

/** What must happen, and the verdict on every account. */
export interface EnrolmentPlan {
  readonly actions: readonly EnrolmentAction[];
  readonly verdicts: readonly Verdict[];
}

/** Why an account is out whatever its tags say; undefined when its tags decide. */
export function outWithoutTags(member: Member, settings: EnrolmentSettings, now: Date): string | undefined {
  if (member.id === settings.managementAccount) return 'the management account: StackSets never deploy there';
  if (member.id === settings.vaultAccount) return 'the vault';
  if (member.state !== 'ACTIVE') return `its state is ${member.state}`;
  if (!member.units.some((unit) => settings.targetUnits.includes(unit))) return 'outside the target units';
  const today = now.toISOString().slice(0, 10);
  const exemption = settings.exemptions.find(({ account, until }) => account === member.id && today <= until);
  return exemption && `exempt until ${exemption.until}: ${exemption.reason}`;
}

/** Judges one account: exact match only; what merely looks like the tag is reported, never guessed. */
function judge(member: JudgedMember, { settings, now }: EnrolmentFacts, has: boolean): Verdict {
  const { key, value } = settings.tag;
  const account = member.id;
  const outside = (reason: string): Verdict => ({ account, verdict: has ? 'leaving' : 'skip', reason });
  const out = outWithoutTags(member, settings, now);
  if (out) return outside(out);
  if (member.tags?.get(key) === value) {
    return has
      ? { account, verdict: 'keep', reason: `tagged ${key}=${value}` }
      : { account, verdict: 'enrol', reason: `tagged ${key}=${value}` };
  }
  const near = [...(member.tags ?? [])].find(([name, text]) => alike(name, key) && alike(text, value));
  if (near && !has) return { account, verdict: 'near miss', reason: `tagged ${near.join('=')}, not ${key}=${value}` };
  return outside(`not tagged ${key}=${value}`);
}

const alike = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase();

/** Decides who gets the tooling. Only called with complete listings. Pure. */
export function plan(facts: EnrolmentFacts): EnrolmentPlan {
  const { settings, registry, now } = facts;
  const regionsOf = new Map<AccountId, Set<Region>>();
  for (const { account, region } of facts.instances) {
    regionsOf.set(account, (regionsOf.get(account) ?? new Set()).add(region));
  }
  const known = new Map(registry.map((entry) => [entry.account, entry]));
  const present = new Set(facts.members.map(({ id }) => id));
  const verdicts = facts.members.map((member) => judge(member, facts, regionsOf.has(member.id)));
  for (const { account, state } of registry) {
    if (!present.has(account) && state !== 'left') {
      verdicts.push({ account, verdict: 'leaving', reason: 'no longer in the organization' });
    }
  }

  const lacking = verdicts
    .filter(({ account, verdict }) => {
      const regions = regionsOf.get(account);
      return verdict === 'enrol' || (verdict === 'keep' && settings.regions.some((at) => !regions?.has(at)));
    })
    .map(({ account }) => account)
    .sort();
  const actions: EnrolmentAction[] = [];
  if (lacking.length > 0) actions.push({ do: 'create-instances', accounts: lacking, regions: settings.regions });
  // Written after the instances were ordered: the vault follows what is, not what is meant to be.
  for (const verdict of verdicts) {
    const entry = entryFor(verdict, known.get(verdict.account), settings.regions, now);
    if (entry) actions.push({ do: 'register', entry });
  }
  return { actions, verdicts };
}

/** The registry's new entry for an account; undefined when nothing changed. */
function entryFor(
  { account, verdict, reason }: Verdict,
  held: RegistryEntry | undefined,
  regions: readonly Region[],
  now: Date,
): RegistryEntry | undefined {
  if (verdict === 'skip' || verdict === 'near miss') return undefined;
  const state = verdict === 'leaving' ? 'leaving' : 'enrolled';
  if (held && held.state === state && (state === 'leaving' || held.regions.join() === regions.join())) return undefined;
  const since = held?.state === state ? held.since : now.toISOString();
  return { account, state, regions: state === 'leaving' ? (held?.regions ?? regions) : regions, since, reason };
}
