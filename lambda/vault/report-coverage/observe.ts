import { exportKeysIn } from '../../../src/contract/coverage';
import { decidedOf } from '../../../src/contract/decisions';
import type { AccountId } from '../../../src/contract/ids';
import { AccountAnswers } from '../../_kit/account-answers';
import { latestReport } from '../../_kit/latest-report';
import type { CoverageAccessRoles } from '../../_kit/ports/coverage-access';
import type { Evidence } from '../../_kit/ports/evidence';
import type { Log } from '../../_kit/ports/log';
import type { Registry, RegistryEntry } from '../../_kit/ports/registry';
import type { SnapshotLists } from '../../_kit/ports/snapshots';
import type { Sources, SourcesKnown } from '../../_kit/ports/sources';
import { failure } from '../../_kit/runtime/each';
import { inParallel } from '../../_kit/runtime/in-parallel';
import { TimeBudget } from '../../_kit/runtime/time-budget';
import {
  type AccountPart,
  type AccountParts,
  accountsWithFindings,
  MAX_PART_AGE,
  partOf,
  readParts,
  restOf,
} from './account-parts';
import type { CoverageFacts, CoverageSettings, ObservedAccount } from './facts';
import { missedBackupsSince } from './missed-backups';
import { type AccountRun, observeAccount } from './observe-account';
import { regionsOfRun } from './uncovered-regions';

/** What report-coverage reads. */
export interface CoverageReadPorts {
  /** The management account's registry, through its access role: accounts that the vault has not accepted yet. */
  readonly registry: Pick<Registry, 'entries'>;
  /** The accounts that the vault has accepted. */
  readonly sources: Pick<Sources, 'known'>;
  /** The vault's own snapshots. */
  readonly snapshots: SnapshotLists;
  readonly accessRoles: CoverageAccessRoles;
  readonly evidence: Pick<Evidence, 'read'>;
}

/** The facts, and how the accounts answered. */
export interface CoverageObservation {
  readonly facts: CoverageFacts;
  readonly answers: AccountAnswers;
}

/** Access roles in use at the same time: a run must read a thousand accounts. */
const MAX_AT_A_TIME = 20;
/** How long all accounts may take: a run has fifteen minutes. */
const MAX_ALL_MS = 600_000;
/** Accounts that wait to be accepted and that a run reads: a principal that fills the registry must not stop a run. */
const MAX_WAITING = 500;
/** Accounts after which the parts are written: a run that ends early leaves what it has read. */
const CHECKPOINT = 200;

/**
 * Reads the registry, the accepted accounts, the vault, the report before, and every account through its access role: those that
 * were read longest ago first. An account for which no time is left is reported as it was seen last.
 * @param checkpoint receives the parts now and then, and at the end
 */
export async function observe(
  ports: CoverageReadPorts,
  { rules, region }: CoverageSettings,
  now: Date,
  log: Log,
  checkpoint: (parts: AccountParts) => Promise<void> = async () => {},
): Promise<CoverageObservation> {
  const [sources, registry, own, before, parts] = await Promise.all([
    ports.sources.known(),
    registryEntries(ports.registry, log),
    ports.snapshots.manual(),
    latestReport(ports.evidence, log),
    readParts(ports.evidence, log),
  ]);
  const exportKeys = exportKeysIn(before);
  const answers = new AccountAnswers('Listing the databases');
  const time = new TimeBudget(MAX_ALL_MS);
  const regions = regionsOfRun(rules.uncoveredRegions ?? [], now);
  const run = { region, regions, missedSince: missedBackupsSince(before, now), log, answers, time };
  const known = knownAccounts(sources, registry.entries);
  const read = new AccountReader(known, parts, checkpoint, now);
  const seen = lastSeen(before);
  const findings = accountsWithFindings(before);
  const accounts = await inParallel(read.inOrder, MAX_AT_A_TIME, async (one): Promise<ObservedAccount> => {
    const { entry, state } = one;
    const base = baseOf(one);
    if (!isRequested(one, region)) return { ...base, observed: { access: 'not-requested' } };
    const { account } = entry;
    const rest = findings.has(account) ? undefined : restOf(parts.get(account), now);
    const settings = { ...run, state, rest, exportKey: exportKeys.get(account) };
    const { at, observed } = await read.read(one, ports.accessRoles, settings, seen.get(account) ?? base.since);
    return { ...base, ...(at !== now && { seenAt: at }), observed };
  });
  await checkpoint(read.parts);
  const { decisions } = sources;
  const facts = { rules, region, accounts, own, before, decisions, registryUnread: registry.unread, now };
  return { facts, answers };
}

/** What the vault's own tables say of an account. */
const baseOf = ({ entry, state }: KnownAccount): Omit<ObservedAccount, 'observed'> => ({
  account: entry.account,
  state,
  since: new Date(Number.isNaN(Date.parse(entry.since)) ? 0 : entry.since),
  leavingSince: state === 'enrolled' || state === 'leaving' ? entry.leavingSince : undefined,
});

/** When a report last saw each account: for an account without a part, as after an upgrade. */
const lastSeen = (before: CoverageFacts['before']): ReadonlyMap<AccountId, Date> =>
  new Map(
    (before?.accounts ?? [])
      .filter(({ access }) => access === 'granted')
      .map(({ account, seenAt }) => [account, new Date(seenAt ?? before?.at ?? 0)]),
  );

/** Whether a run needs to read an account. */
const isRequested = ({ entry, state, isPassedOver }: KnownAccount, region: CoverageFacts['region']): boolean =>
  !isPassedOver && state !== 'left' && state !== 'evicted' && entry.regions.includes(region);

/** Reads accounts in the order of their parts, and collects the new parts. */
class AccountReader {
  readonly inOrder: readonly KnownAccount[];
  /** The parts of the accounts that are known, as far as they were read. */
  readonly parts: Map<AccountId, AccountPart>;
  private unwritten = 0;

  constructor(
    known: readonly KnownAccount[],
    before: AccountParts,
    private readonly checkpoint: (parts: AccountParts) => Promise<void>,
    private readonly now: Date,
  ) {
    const partsOfKnown = known.flatMap(({ entry: { account } }) => {
      const part = before.get(account);
      return part ? [[account, part] as const] : [];
    });
    this.parts = new Map(partsOfKnown);
    // Accounts that did not answer come last among those of the same run: they cost the time of others.
    const rank = ({ entry }: KnownAccount): readonly [number, number] => {
      const part = before.get(entry.account);
      return [part?.at.getTime() ?? 0, part?.observed.access === 'unknown' ? 1 : 0];
    };
    const ranked = known.map((one) => ({ one, rank: rank(one) }));
    this.inOrder = ranked.sort((a, b) => a.rank[0] - b.rank[0] || a.rank[1] - b.rank[1]).map(({ one }) => one);
  }

  /** What an account answers now; without time for it, what it answered last, unless that is too old. */
  async read(
    { entry }: KnownAccount,
    accessRoles: CoverageAccessRoles,
    settings: AccountRun,
    seenBefore: Date,
  ): Promise<AccountPart> {
    const read = await observeAccount(accessRoles, entry, settings);
    if (!read) return this.lastPart(entry.account, seenBefore);
    const { observed, isWhole } = read;
    const wholeAt = isWhole ? this.now : (this.parts.get(entry.account)?.wholeAt ?? this.now);
    this.parts.set(entry.account, partOf(observed, this.now, wholeAt));
    this.unwritten += 1;
    if (this.unwritten % CHECKPOINT === 0) await this.checkpoint(this.parts);
    return { at: this.now, wholeAt, observed };
  }

  private lastPart(account: AccountId, seenBefore: Date): AccountPart {
    const part = this.parts.get(account);
    if (part && this.now.getTime() - part.at.getTime() <= MAX_PART_AGE) return part;
    const at = part?.at ?? seenBefore;
    return {
      at,
      wholeAt: at,
      observed: { access: 'unknown', because: `not read since ${at.toISOString()}`, isPostponed: true },
    };
  }
}

/** A registry that cannot be read hides only the accounts that the vault has not accepted yet. */
async function registryEntries(registry: CoverageReadPorts['registry'], log: Log) {
  try {
    return { entries: await registry.entries() };
  } catch (error) {
    log('registry.unreadable', { because: failure(error) });
    return { entries: [], unread: failure(error) };
  }
}

interface KnownAccount {
  readonly entry: RegistryEntry;
  readonly state: ObservedAccount['state'];
  /** So many accounts wait that this run does not read it. */
  readonly isPassedOver?: boolean;
}

/** The accounts that the vault has accepted, evicted ones marked as such, and those of the registry that wait to be accepted. */
function knownAccounts(
  { entries, decisions }: SourcesKnown,
  registry: readonly RegistryEntry[],
): readonly KnownAccount[] {
  const evicted = decidedOf(decisions, 'evicted');
  const accepted = new Set<string>([...entries.map(({ account }) => account), ...evicted]);
  const waiting = registry.filter(({ account, state }) => !accepted.has(account) && state !== 'left');
  return [
    ...entries.map((entry): KnownAccount => ({ entry, state: evicted.has(entry.account) ? 'evicted' : entry.state })),
    ...waiting.map((entry, at): KnownAccount => ({ entry, state: 'waiting', isPassedOver: at >= MAX_WAITING })),
  ];
}
