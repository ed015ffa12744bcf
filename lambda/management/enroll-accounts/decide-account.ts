import { DAY } from '../../../src/contract/durations';
import type { EnrollmentSettings } from '../../../src/contract/enrollment-settings';
import type { AccountId } from '../../../src/contract/ids';
import { cellOf, isStranded } from './cells';
import type { AccountFacts, Membership } from './facts';

/** The decision on one account, and its reason in a sentence. */
export interface AccountDecision {
  readonly account: AccountId;
  readonly decision: 'enroll' | 'keep' | 'leaving' | 'withdraw' | 'skip' | 'near-miss' | 'no-room' | 'stranded';
  readonly reason: string;
  /** With `leaving`: the day after which the account is withdrawn, `YYYY-MM-DD`. */
  readonly due?: string;
  /** With `withdraw`: the stacks are retained, because StackSets cannot reach the account. */
  readonly retain?: boolean;
}

const day = (time: number): string => new Date(time).toISOString().slice(0, 10);
const isSimilar = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase();

/** Why an account is not enrolled, whatever its tags are; undefined when its tags decide. */
export function reasonWithoutTags(
  account: AccountId,
  member: Membership | undefined,
  settings: EnrollmentSettings,
  now: Date,
): string | undefined {
  if (account === settings.managementAccount) {
    return 'the management account: StackSets never deploy there, so protect its databases separately';
  }
  const vaultOf = settings.cells.find(({ vaultAccount }) => account === vaultAccount);
  if (vaultOf) return settings.cells.length === 1 ? 'the vault' : `the vault of the cell ${vaultOf.name}`;
  if (!member) return 'no longer in the organization';
  if (member.state !== 'ACTIVE') return `its state is ${member.state}`;
  const excluded = member.units.find((unit) => settings.excludedUnits.includes(unit));
  if (excluded) return `in the excluded unit ${excluded}`;
  if (!member.units.some((unit) => settings.targetUnits.includes(unit))) return 'outside the target units';
  const exemption = settings.exemptions.find((one) => one.account === account && day(now.getTime()) <= one.until);
  return exemption && `exempt until ${exemption.until}: ${exemption.reason}`;
}

/** Whether the tags match the configured tag, and the reason. */
function matchTags(tags: ReadonlyMap<string, string>, { key, values, match }: EnrollmentSettings['tag']) {
  const similar = (name: string, value: string): boolean =>
    isSimilar(name, key) && values.some((wanted) => isSimilar(value, wanted));
  const matches = (name: string, value: string): boolean =>
    match === 'exact' ? name === key && values.includes(value) : similar(name, value);
  const wanted = values.map((value) => `${key}=${value}`).join(' or ');
  const found = [...tags].find(([name, value]) => matches(name, value));
  if (found) return { matches: true, reason: `tagged ${found.join('=')}` };
  const nearMiss = [...tags].find(([name, value]) => similar(name, value));
  if (nearMiss) return { matches: false, nearMiss: true, reason: `tagged ${nearMiss.join('=')}, not ${wanted}` };
  return { matches: false, reason: `not tagged ${wanted}` };
}

/**
 * Decides on one account. The match is exact unless it is configured otherwise; a tag that is only similar is reported as a
 * near miss and never matches. Pure.
 */
export function decideAccount(facts: AccountFacts, settings: EnrollmentSettings, now: Date): AccountDecision {
  const { account, member, instances, closed = [], held } = facts;
  if (held && isStranded(held, settings.cells)) {
    const reason = `its cell ${cellOf(held, settings.cells)} is not in the configuration: nothing is changed`;
    return { account, decision: 'stranded', reason };
  }
  const excluded = reasonWithoutTags(account, member, settings, now);
  const { matches, nearMiss, reason }: ReturnType<typeof matchTags> = excluded
    ? { matches: false, reason: excluded }
    : matchTags(facts.tags ?? new Map(), settings.tag);
  if (matches) {
    const missing = settings.regions.filter((at) => !instances.includes(at) && !closed.includes(at));
    return { account, decision: missing.length > 0 ? 'enroll' : 'keep', reason };
  }
  const isKnown = instances.length > 0 || (facts.held && (facts.held.state !== 'left' || facts.held.departed));
  if (!isKnown) return { account, decision: nearMiss ? 'near-miss' : 'skip', reason };
  const due = endOfGrace(facts, settings, now);
  if (now.getTime() < due) return { account, decision: 'leaving', reason, due: day(due) };
  return { account, decision: 'withdraw', reason, retain: member?.state !== 'ACTIVE' };
}

/** When the grace period of an account that is to be withdrawn ends, in milliseconds since the epoch. */
function endOfGrace({ held }: AccountFacts, { graceDays }: EnrollmentSettings, now: Date): number {
  // It was withdrawn before: an instance that is left over from a failed deletion gets no second grace period.
  if (held?.state === 'left' && !held.departed) return Date.parse(held.since);
  const since = held && held.state !== 'enrolled' ? Date.parse(held.since) : now.getTime();
  return since + graceDays * DAY;
}

/** Whether so many withdrawals at once look like a mistake, which an operator has to confirm. One account never does. */
export const isMassExit = (due: number, enrolled: number, { accounts, percent }: EnrollmentSettings['massExit']) =>
  due > 1 && (due > accounts || due * 100 > enrolled * percent);
