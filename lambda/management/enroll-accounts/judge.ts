import { DAY } from '../../../src/contract/durations';
import type { EnrollmentSettings } from '../../../src/contract/enrollment-settings';
import type { AccountId, Region } from '../../../src/contract/ids';

/** What Organizations says of a member. */
export interface Membership {
  /** `ACTIVE`, `SUSPENDED`, … as Organizations says it. */
  readonly state: string;
  /** Ids of the root and of every unit above the account. */
  readonly units: readonly string[];
}

/** All that a verdict on one account rests on. */
export interface AccountFacts {
  readonly account: AccountId;
  /** Undefined: Organizations says that it is no member. A member that could not be read is no fact at all. */
  readonly member: Membership | undefined;
  /** Left out where {@link outWithoutTags} decides without them. */
  readonly tags?: ReadonlyMap<string, string>;
  /** Regions in which the tooling stands. */
  readonly instances: readonly Region[];
  /** What the registry holds. */
  readonly held?: {
    readonly state: 'enrolled' | 'leaving' | 'left';
    readonly since: string;
    /** Left by leaving the organization: its instances are still to be dropped. */
    readonly departed?: boolean;
  };
  /** Regions in which nothing is tried for now: quarantined, or not enabled in the account. */
  readonly closed?: readonly Region[];
}

/** What is to become of one account, and why, in words. */
export interface Verdict {
  readonly account: AccountId;
  readonly verdict: 'enroll' | 'keep' | 'leaving' | 'withdraw' | 'skip' | 'near miss';
  readonly reason: string;
  /** With `leaving`: the day after which it is withdrawn, `YYYY-MM-DD`. */
  readonly due?: string;
  /** With `withdraw`: the stacks stay, because nothing can reach into the account. */
  readonly retain?: boolean;
}

const day = (time: number): string => new Date(time).toISOString().slice(0, 10);
const alike = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase();

/** Why an account is out whatever its tags say; undefined when its tags decide. */
export function outWithoutTags(
  account: AccountId,
  member: Membership | undefined,
  settings: EnrollmentSettings,
  now: Date,
): string | undefined {
  if (account === settings.managementAccount) {
    return 'the management account: StackSets never deploy there, so protect its databases separately';
  }
  if (account === settings.vaultAccount) return 'the vault';
  if (!member) return 'no longer in the organization';
  if (member.state !== 'ACTIVE') return `its state is ${member.state}`;
  const excluded = member.units.find((unit) => settings.excludedUnits.includes(unit));
  if (excluded) return `in the excluded unit ${excluded}`;
  if (!member.units.some((unit) => settings.targetUnits.includes(unit))) return 'outside the target units';
  const exemption = settings.exemptions.find((one) => one.account === account && day(now.getTime()) <= one.until);
  return exemption && `exempt until ${exemption.until}: ${exemption.reason}`;
}

/** What the tags say: whether they match, and why or why not. */
function readTags(tags: ReadonlyMap<string, string>, { key, values, match }: EnrollmentSettings['tag']) {
  const matches = (name: string, value: string): boolean =>
    match === 'exact'
      ? name === key && values.includes(value)
      : alike(name, key) && values.some((v) => alike(v, value));
  const wanted = values.map((value) => `${key}=${value}`).join(' or ');
  const found = [...tags].find(([name, value]) => matches(name, value));
  if (found) return { matches: true, reason: `tagged ${found.join('=')}` };
  const near = [...tags].find(([name, value]) => alike(name, key) && values.some((v) => alike(v, value)));
  if (near) return { matches: false, near: true, reason: `tagged ${near.join('=')}, not ${wanted}` };
  return { matches: false, reason: `not tagged ${wanted}` };
}

/**
 * Judges one account. Exact match unless configured otherwise; what merely looks like the tag is reported, never guessed.
 * Pure: the same facts give the same verdict, whoever asks.
 */
export function judge(facts: AccountFacts, settings: EnrollmentSettings, now: Date): Verdict {
  const { account, member, instances, closed = [] } = facts;
  const out = outWithoutTags(account, member, settings, now);
  const { matches, near, reason }: ReturnType<typeof readTags> = out
    ? { matches: false, reason: out }
    : readTags(facts.tags ?? new Map(), settings.tag);
  if (matches) {
    const missing = settings.regions.filter((at) => !instances.includes(at) && !closed.includes(at));
    return { account, verdict: missing.length > 0 ? 'enroll' : 'keep', reason };
  }
  const has = instances.length > 0 || (facts.held && (facts.held.state !== 'left' || facts.held.departed));
  if (!has) return { account, verdict: near ? 'near miss' : 'skip', reason };
  const due = graceOver(facts, settings, now);
  if (now.getTime() < due) return { account, verdict: 'leaving', reason, due: day(due) };
  return { account, verdict: 'withdraw', reason, retain: member?.state !== 'ACTIVE' };
}

/** When the grace of an account that is not wanted any more is over, in milliseconds. */
function graceOver({ held }: AccountFacts, { graceDays }: EnrollmentSettings, now: Date): number {
  // Withdrawn once already: what stands there still is what a failed deletion left over.
  if (held?.state === 'left' && !held.departed) return Date.parse(held.since);
  const since = held && held.state !== 'enrolled' ? Date.parse(held.since) : now.getTime();
  return since + graceDays * DAY;
}

/** Whether so many withdrawals at once look like a mistake: a person is asked. One account alone never does. */
export const isMassExit = (due: number, enrolled: number, { accounts, percent }: EnrollmentSettings['massExit']) =>
  due > 1 && (due > accounts || due * 100 > enrolled * percent);
